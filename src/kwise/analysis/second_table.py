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


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A column of another file, as it was asked for."""

    asked: str
    path: str
    column: str


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
        The column that both tables have and whose cells say which rows belong together. By
        default an id that both have, else any column that tells the other table's rows apart;
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
    on = key if key is not None else _key(table.frame, other.frame, wanted.column)
    if on is None:
        cells, how = _by_order(table, other, wanted), "row by row, as no column joins the two"
    else:
        cells, n = _by_key(table, other, wanted, on)
        how = f"by {on!r}, which {n:,} of {table.frame.height:,} rows have there"
    note = f"{name} comes from {wanted.path}, {how}"
    frame = table.frame.with_columns(cells.alias(name))
    files = (*table.files, *other.files)
    return replace(table, frame=frame, notes=(*table.notes, note), files=files), name


def _key(frame: pl.DataFrame, other: pl.DataFrame, column: str) -> str | None:
    """Return the column that joins two tables: in both, and another cell in every row there."""
    shared = [
        name
        for name in frame.columns
        if name in other.columns
        and name != column
        and not other[name].dtype.is_float()
        and other[name].null_count() == 0
        and other[name].n_unique() == other.height
        and _text(frame[name]).is_in(_text(other[name]).implode()).any()
    ]
    named = [name for name in shared if names_id(words_of(name), nearly_distinct=True)]
    return next(iter([*named, *shared]), None)


def _by_key(table: Table, other: Table, wanted: _Wanted, key: str) -> tuple[pl.Series, int]:
    """Return the other column's cells in the order of the rows, and how many rows have one."""
    for each in (table, other):
        if key not in each.frame.columns:
            where = each.path or each.name
            raise ValueError(
                f"{where}: {unknown_name(key, each.frame.columns, what='column to join by')}"
            )
    keys = _text(other.frame[key])
    if keys.n_unique() < len(keys):
        twice = keys.filter(keys.is_duplicated())[0]
        raise DataFileError(
            f"{wanted.path}: {twice!r} stands more than once in the key {key!r}; each row there "
            "needs a key of its own"
        )
    lookup = pl.DataFrame({"key": keys, "cell": other.frame[wanted.column]})
    rows = pl.DataFrame({"key": _text(table.frame[key])})
    joined = rows.join(lookup.with_columns(found=True), on="key", how="left", maintain_order="left")
    n = int(joined["found"].fill_null(value=False).sum())
    if n == 0:
        raise DataFileError(
            f"{wanted.path}: no {key!r} of {table.name} stands there; name another key, or leave "
            "out --join where rows are in the same order"
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
