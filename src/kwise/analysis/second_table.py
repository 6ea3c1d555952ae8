"""Columns of a second table, set beside the rows of the first: ``labels.csv:Class``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.reading import read_table
from kwise.preparation.name_words import names_id, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwise.io.table import Table

__all__ = ["with_second_tables"]

# Columns of two names are one key if so many of the other table's cells stand in this one.
SAME_TEXTS = 0.9


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A column of another file, as it was asked for."""

    asked: str
    path: str
    column: str


@dataclass(frozen=True, slots=True)
class _Key:
    """The columns whose cells say which rows belong together."""

    mine: str
    theirs: str

    def __str__(self) -> str:
        return repr(self.mine) if self.mine == self.theirs else f"{self.mine!r} = {self.theirs!r}"


def with_second_tables(
    table: Table, names: Sequence[str], join: str | None = None
) -> tuple[Table, list[str]]:
    """Bring columns of other files into a table.

    Parameters
    ----------
    table : Table
        The rows that are clustered.
    names : sequence of str
        Columns of the table, or FILE:COLUMN.
    join : str, optional
        The column whose cells say which rows belong together, or ``MINE=THEIRS`` where its names
        differ. By default an id that both have, else any column that tells the other table's rows
        apart, else columns of two names that tell apart the rows of both and hold the same texts;
        where there is none, rows belong together by their order, if there are as many.

    Returns
    -------
    tuple of Table and list of str
        The table with the columns at its end and a note on how they came there; and the names,
        each of a column of that table.

    Raises
    ------
    DataFileError
        If the rows of the two tables cannot be matched.
    ValueError
        If a column is unknown.
    """
    found: list[str] = []
    others: dict[str, Table] = {}
    for name in names:
        wanted = _wanted(table, name)
        if wanted is None:
            found.append(name)
            continue
        if wanted.path not in others:
            others[wanted.path] = read_table(wanted.path)
        table, new = _joined(table, others[wanted.path], wanted, join)
        found.append(new)
    return table, found


def _wanted(table: Table, name: str) -> _Wanted | None:
    """Return the file and the column that are meant, unless a column of the table is."""
    if name in table.frame.columns:
        return None
    path, colon, column = name.rpartition(":")
    if not colon or not path or not column:
        return None
    if not Path(path).is_file():
        suffix = Path(path).suffix
        if suffix:
            raise DataFileError(f"{path}: no such file (asked for its column {column!r})")
        return None
    return _Wanted(name, path, column)


def _joined(table: Table, other: Table, wanted: _Wanted, key: str | None) -> tuple[Table, str]:
    """Set one column of another table beside the rows."""
    if wanted.column not in other.frame.columns:
        allowed = other.frame.columns
        raise ValueError(f"{wanted.path}: {unknown_name(wanted.column, allowed, what='column')}")
    name = wanted.column
    if name in table.frame.columns:
        name = f"{name} ({Path(wanted.path).name})"
    if key is not None:
        on: _Key | None = _named_key(table.frame, other.frame, key)
    else:
        on = _key(table.frame, other.frame, wanted.column)
    if on is None:
        cells, how = _by_order(table, other, wanted), "row by row, as no column joins the two"
    else:
        cells, n = _by_key(table, other, wanted, on)
        how = f"by {on}, which {n:,} of {table.frame.height:,} rows have there"
    note = f"{name} comes from {wanted.path}, {how}"
    frame = table.frame.with_columns(cells.alias(name))
    files = (*table.files, *other.files)
    return replace(table, frame=frame, notes=(*table.notes, note), files=files), name


def _named_key(frame: pl.DataFrame, other: pl.DataFrame, asked: str) -> _Key:
    """Return the key that was asked for: one name, or MINE=THEIRS."""
    mine, equals, theirs = asked.partition("=")
    if equals and asked not in frame.columns and mine in frame.columns and theirs in other.columns:
        return _Key(mine, theirs)
    return _Key(asked, asked)


def _key(frame: pl.DataFrame, other: pl.DataFrame, column: str) -> _Key | None:
    """Return the columns that join two tables; the other one tells that table's rows apart."""
    telling = [name for name in other.columns if name != column and _tells_apart(other[name])]
    shared = [
        name
        for name in frame.columns
        if name in telling and _text(frame[name]).is_in(_text(other[name]).implode()).any()
    ]
    named = [name for name in shared if names_id(words_of(name), nearly_distinct=True)]
    best = next(iter([*named, *shared]), None)
    return _same_texts(frame, other, telling) if best is None else _Key(best, best)


def _tells_apart(column: pl.Series) -> bool:
    """Say whether every row has another cell."""
    whole = not column.dtype.is_float() and column.null_count() == 0
    return bool(whole and column.n_unique() == len(column))


def _same_texts(frame: pl.DataFrame, other: pl.DataFrame, telling: list[str]) -> _Key | None:
    """Return columns of two names that tell rows apart by the same texts; numbers may chance to."""
    for theirs in telling:
        if other[theirs].dtype != pl.String:
            continue
        texts = _text(other[theirs])
        for mine in frame.columns:
            if frame[mine].dtype != pl.String or not _tells_apart(frame[mine]):
                continue
            there = texts.is_in(_text(frame[mine]).implode())
            if int(there.sum()) >= SAME_TEXTS * len(texts):
                return _Key(mine, theirs)
    return None


def _by_key(table: Table, other: Table, wanted: _Wanted, key: _Key) -> tuple[pl.Series, int]:
    """Return the other column's cells in the order of the rows, and how many rows have one."""
    for each, name in ((table, key.mine), (other, key.theirs)):
        if name not in each.frame.columns:
            where = each.path or each.name
            told = unknown_name(name, each.frame.columns, what="column to join by")
            raise ValueError(f"{where}: {told} MINE=THEIRS joins columns of two names.")
    keys = _text(other.frame[key.theirs])
    if keys.n_unique() < len(keys):
        twice = keys.filter(keys.is_duplicated())[0]
        raise DataFileError(
            f"{wanted.path}: {twice!r} stands more than once in the key {key.theirs!r}; each "
            "row there needs a key of its own"
        )
    lookup = pl.DataFrame({"key": keys, "cell": other.frame[wanted.column]})
    rows = pl.DataFrame({"key": _text(table.frame[key.mine])})
    joined = rows.join(lookup.with_columns(found=True), on="key", how="left", maintain_order="left")
    n = int(joined["found"].fill_null(value=False).sum())
    if n == 0:
        raise DataFileError(
            f"{wanted.path}: no {key.mine!r} of {table.name} stands there; name another key, or "
            "leave out --join where rows are in the same order"
        )
    return joined["cell"], n


def _by_order(table: Table, other: Table, wanted: _Wanted) -> pl.Series:
    """Return the other column's cells, if there are as many as rows."""
    if other.frame.height != table.frame.height:
        raise DataFileError(
            f"{wanted.path} has {other.frame.height:,} rows and {table.name} has "
            f"{table.frame.height:,}, and no column of both tells its rows apart: name a column "
            "that does by join='...', or bring as many rows in the same order"
        )
    return other.frame[wanted.column]


def _text(column: pl.Series) -> pl.Series:
    """Return cells as text, whole numbers without a point: 7 joins 7.0 and "7"."""
    if column.dtype.is_float() and (column.drop_nulls() == column.drop_nulls().round()).all():
        column = column.cast(pl.Int64, strict=False)
    return column.cast(pl.String, strict=False).str.strip_chars()
