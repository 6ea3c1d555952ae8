"""Tables that polars scans: Parquet, Arrow and CSV files, and lazy frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kwise._optional import require
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows, float_type
from kwise.row_sources.paths import partition_names
from kwise.row_sources.united import said_of, united
from kwise.row_sources.versions import (
    Version,
    changed_since,
    check_still,
    size_and_time,
    unchanged,
    version_of,
)

__all__ = ["FrameRows", "scan_files", "scan_tables"]

# Name's end -> polars' function that scans such files.
SCANNERS = {
    ".parquet": "scan_parquet",
    ".pq": "scan_parquet",
    ".arrow": "scan_ipc",
    ".feather": "scan_ipc",
    ".ipc": "scan_ipc",
    ".csv": "scan_csv",
    ".tsv": "scan_csv",
    ".txt": "scan_csv",
}
# Ends of packed text, which polars unpacks, and those that it does not.
_PACKED, _UNKNOWN_PACKED = (".gz", ".zst", ".zlib"), (".bz2", ".xz", ".zip", ".lz4", ".7z")
# What may stand between cells: the most frequent in a header wins.
_SEPARATORS = ",;\t|"
_BATCH_ROWS = 2**17


class FrameRows(Rows):
    """The rows of a lazy frame: columns of numbers, chosen by name."""

    def __init__(
        self,
        frame: Any,
        columns: Sequence[str] | None,
        name: str,
        files: Sequence[Path | str] = (),
    ) -> None:
        polars = require("polars", extra="report")
        with said_of(name):
            schema = frame.collect_schema()
            n_rows = frame.select(polars.len()).collect().item()
        if n_rows == 0:
            raise DataFileError(f"{name}: there are no rows")
        self.columns = _chosen(schema, columns, name, polars)
        self._frame = frame.select(self.columns)
        self.carried = not files and re.search(r"^\s*DF \[", frame.explain(), re.M) is not None
        self.name, self._files = name, files
        self._described = self._still()
        self.dtype = float_type(
            [
                np.dtype(np.float32 if schema[column] == polars.Float32 else np.float64)
                for column in self.columns
            ]
        )
        self.shape = (n_rows, len(self.columns))

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order."""
        polars = require("polars", extra="report")
        first = 0
        try:
            for frame in self._frames():
                yield self._numbers(frame, first)
                first += frame.height
        except (polars.exceptions.PolarsError, OSError) as error:
            said = f"{self.name}: {_first_line(error)}"
            raise DataFileError(said + changed_since(self._still, self._described)) from None
        if first == len(self):  # another count is told by who counts
            check_still(self.name, self._still, self._described)

    def where(self, row: int) -> str:
        """Say in which file a row is."""
        told = super().where(row)
        first = 0
        for path in self._files if len(self._files) > 1 else ():
            height = scan_tables([Path(path)], self.name).select(_len()).collect().item()
            if row < first + height:
                return f"row {row - first + 1} of {path} ({told} of all)"
            first += height
        return told

    def pieces(self, edges: Sequence[int]) -> Iterator[Callable[[], Floats]]:
        """Yield what reads the rows between edges, wherever their files are seen."""
        if self.carried:
            yield from super().pieces(edges)
            return
        known = {str(path): version_of(Path(path)) for path in self._files}
        held = copy(self)
        held._files = ()  # what reads needs no more of them
        for first, end in pairwise(edges):
            part = copy(held)
            part._frame = self._frame.slice(first, end - first)
            yield partial(_window, part, first, end, known)

    def _frames(self) -> Iterator[Any]:
        """Yield frames of some rows."""
        yield from self._frame.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True)

    def _numbers(self, frame: Any, first: int) -> Floats:
        """Return the cells as numbers; refuse a missing one."""
        polars = require("polars", extra="report")
        missing = frame.null_count()
        for column in frame.columns:
            if missing[column][0]:
                row = first + frame[column].is_null().arg_max()
                raise DataFileError(
                    f"{self.name}: column {column!r} has no value in {self.where(row)}. "
                    "Leave such rows out (a lazy frame: .drop_nulls()), or the column "
                    "(columns=[...])."
                )
        kind = polars.Float32 if self.dtype == np.float32 else polars.Float64
        cells: Floats = frame.cast(kind).to_numpy(order="c")
        return cells

    def _still(self) -> list[object]:
        """Return sizes and times of the files."""
        return [size_and_time(Path(each)) for each in self._files]

    def _versions(self) -> list[object]:
        """Return times, sizes and digests of the files; of a lazy frame, its plan."""
        if not self._files:
            return [self._frame.explain()]
        return [*self._still(), *(version_of(Path(each)) for each in self._files)]


def _len() -> Any:
    """Return the count of rows, as polars asks for it."""
    return require("polars", extra="report").len()


def _window(rows: FrameRows, first: int, end: int, known: dict[str, Version]) -> Floats:
    """Return the rows of a lazy frame, which are those between two numbers of all."""
    for path, version in known.items():
        unchanged(Path(path), version)
    with said_of(rows.name):
        frame = rows._frame.collect()
    if frame.height != end - first:
        raise DataFileError(
            f"{rows.name}: {frame.height:,} rows came where {end - first:,} were counted before. "
            "The files have changed since; begin anew."
        )
    return rows._numbers(frame, first)


def scan_files(paths: list[Path], columns: Sequence[str] | None, name: str) -> FrameRows:
    """Describe the columns of numbers of files of one kind, in the order of their names."""
    with said_of(name):
        return FrameRows(scan_tables(paths, name, columns), columns, name, paths)


def _first_line(error: Exception) -> str:
    """Return what polars says is wrong, without its advice on polars."""
    return str(error).partition("\n")[0]


def scan_tables(paths: list[Path], name: str, columns: Sequence[str] | None = None) -> Any:
    """Scan files of one kind as one lazy frame; ``columns`` alone must be alike."""
    kinds = {_kind(path) for path in paths}
    scanners = {SCANNERS[kind] for kind in kinds if kind in SCANNERS}
    if len(scanners) != 1 or not kinds <= SCANNERS.keys():
        packed = " (unpack what is packed otherwise first)" if kinds & {*_UNKNOWN_PACKED} else ""
        raise DataFileError(
            f"{name}: found files ending in {', '.join(sorted(kinds)) or 'nothing'}; pass files "
            f"of one kind: .npy, {', '.join(SCANNERS)}, or text that ends in "
            f"{' or '.join(_PACKED)} after that{packed}"
        )
    _check_names(paths, name)
    polars = require("polars", extra="report")
    scanner = scanners.pop()
    scan = partial(_scan, getattr(polars, scanner), name, scanner == "scan_csv")
    apart = None
    if len(paths) > 1:
        known = None if columns is None else [str(column) for column in columns]
        apart = united([scan([path]) for path in paths], paths, known)
    return scan(paths) if apart is None else apart


def _check_names(paths: list[Path], name: str) -> None:
    """Refuse names that polars cannot be given: a path is bytes, and it takes text."""
    if any(_is_no_text(str(path)) for path in paths):
        raise DataFileError(
            f"{name}: a name of a file or folder is not UTF-8, and rows in parts are read by "
            "polars, which takes no other. Rename it, or read the table whole (no --engine)."
        )


def _is_no_text(path: str) -> bool:
    """Whether a path holds bytes that are not UTF-8."""
    return any("\ud800" <= letter <= "\udfff" for letter in path)


def _scan(scanner: Any, name: str, is_text: bool, paths: list[Path]) -> Any:
    """Scan files that are alike; folders below the given one may name a column, and its value."""
    if is_text:
        return scanner([str(path) for path in paths], separator=_separator(paths[0]))
    below, above = partition_names(name, paths)
    frame = scanner([str(path) for path in paths], hive_partitioning=bool(below))
    return frame.drop(above, strict=False) if below and above else frame


def _kind(path: Path) -> str:
    """Return how a name ends, that of what is packed included."""
    ends = [end.lower() for end in path.suffixes[-2:]]
    packed = len(ends) == 2 and ends[1] in _PACKED and SCANNERS.get(ends[0]) == "scan_csv"
    return ends[0] if packed else "".join(ends[-1:])


def _separator(path: Path) -> str:
    """Return what stands between the names of a header."""
    if ".tsv" in path.suffixes:
        return "\t"
    if path.suffix.lower() in _PACKED:
        return ","
    with path.open("rb") as file:
        line = file.readline(65_536).decode("utf-8", "replace")
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_SEPARATORS, key=bare.count)


def _chosen(schema: Any, columns: Sequence[str] | None, name: str, polars: Any) -> tuple[str, ...]:
    """Return the columns to read: those named, or all; refuse what is no number."""
    if isinstance(columns, str):
        columns = [columns]
    names = list(schema.names())
    for column in columns or ():
        if column not in names:
            raise ValueError(f"{name}: {unknown_name(str(column), names, what='column')}")
    chosen = names if columns is None else list(columns)
    for column in chosen:
        kind = schema[column]
        if not (kind.is_numeric() or kind == polars.Boolean):
            numbers = [each for each in names if schema[each].is_numeric()]
            raise DataFileError(
                f"{name}: column {column!r} holds {kind}, no numbers. Name the columns to cluster "
                f"by: columns={numbers[:6]!r}"
            )
    return tuple(chosen)
