"""Files of one table that were written apart: in other orders of columns, in other number types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kwise._optional import require
from kwise.exceptions import DataFileError

__all__ = ["said_of", "united"]


def united(scans: list[Any], paths: Sequence[Path], columns: Sequence[str] | None) -> Any:
    """Return the rows of files one after the other, columns by name, numbers in a type for all.

    None if the files are alike, and can be scanned as one. Files without rows say nothing.

    Raises
    ------
    DataFileError
        If a column is not in every file, or holds numbers in one and other things in another.
    """
    polars = require("polars", extra="report")
    schemas = [_schema(scan, path) for scan, path in zip(scans, paths)]
    told = [list(schema.items()) for schema in schemas]
    if all(each == told[0] for each in told):
        return None
    held = [i for i, scan in enumerate(scans) if scan.head(1).collect().height]
    if not held:
        return scans[0]
    names = list(schemas[held[0]]) if columns is None else list(columns)
    _check_names([(paths[i], schemas[i]) for i in held], names, all_of_them=columns is None)
    kinds = {name: _kind(name, [(paths[i], schemas[i][name]) for i in held]) for name in names}
    casts = [polars.col(name).cast(kind) for name, kind in kinds.items()]
    return polars.concat([scans[i].select(casts) for i in held])


@contextmanager
def said_of(name: object) -> Iterator[None]:
    """Let what polars says is wrong be said of a file, without its advice on polars."""
    polars = require("polars", extra="report")
    try:
        yield
    except (polars.exceptions.PolarsError, OSError) as error:
        raise DataFileError(f"{name}: {str(error).partition(chr(10))[0]}") from None


def _schema(scan: Any, path: Path) -> Any:
    """Return the columns of a file, which may be damaged."""
    with said_of(path):
        return scan.collect_schema()


def _check_names(files: list[tuple[Path, Any]], names: list[str], *, all_of_them: bool) -> None:
    """Refuse a file that lacks a column, or has one more where all are to be used."""
    first = files[0][0]
    for path, schema in files:
        for name in names:
            if name not in schema:
                raise DataFileError(
                    f"{path}: there is no column {name!r}, which {first} has. Name the columns "
                    "that all files have: columns=[...]"
                )
        for name in schema if all_of_them else ():
            if name not in names:
                raise DataFileError(
                    f"{path}: there is a column {name!r}, which {first} has not. Name the columns "
                    "that all files have: columns=[...]"
                )


def _kind(name: str, found: list[tuple[Path, Any]]) -> Any:
    """Return the type that holds a column of all files."""
    polars = require("polars", extra="report")
    first, kinds = found[0], {kind for _, kind in found}
    if len(kinds) == 1:
        return first[1]
    if all(kind.is_numeric() or kind in (polars.Boolean, polars.Null) for kind in kinds):
        whole = all(kind.is_integer() for kind in kinds)
        return polars.Int64 if whole else polars.Float64
    path, kind = next(each for each in found if each[1] != first[1])
    raise DataFileError(
        f"{path}: column {name!r} holds {kind}, where {first[0]} holds {first[1]}. Make them one "
        "type, or name the columns to cluster by: columns=[...]"
    )
