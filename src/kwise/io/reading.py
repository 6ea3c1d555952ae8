"""``read_table``: any table in, one record out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from kwise._column_names import distinct_names
from kwise._frames import to_frame
from kwise._optional import require
from kwise._progress import AnyProgress, silent, with_bar
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.options import ReadOptions
from kwise.io.table import RawTable, Table

if TYPE_CHECKING:
    import polars as pl
    from narwhals.typing import IntoFrame

    from kwise._cells.numbers import NumberFormat
    from kwise.io.sources import Source

# Suffix -> the module and the function that read it. Names, not functions: readers import
# polars, which a base install of kwise does without. Text is the reader of last resort.
READERS: Mapping[str, str] = MappingProxyType(
    {
        ".csv": "kwise.io.delimited:read",
        ".tsv": "kwise.io.delimited:read",
        ".tab": "kwise.io.delimited:read",
        ".txt": "kwise.io.delimited:read",
        ".data": "kwise.io.delimited:read",
        ".dat": "kwise.io.delimited:read",
        ".parquet": "kwise.io.parquet:read",
        ".pq": "kwise.io.parquet:read",
        ".arrow": "kwise.io.arrow:read",
        ".feather": "kwise.io.arrow:read",
        ".ipc": "kwise.io.arrow:read",
        ".npy": "kwise.io.arrays:read_npy",
        ".npz": "kwise.io.arrays:read_npz",
        ".xlsx": "kwise.io.workbook:read",
        ".xlsm": "kwise.io.workbook:read",
        ".ods": "kwise.io.workbook:read",
        ".jsonl": "kwise.io.json_lines:read",
        ".ndjson": "kwise.io.json_lines:read",
        ".json": "kwise.io.json_lines:read",
    }
)


# Records in a file whose name does not say what it is, such as standard input.
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.)*(?:"\s*:|$)')


@with_bar
def read_table(  # noqa: PLR0913 - one argument for each thing that detection may get wrong
    source: str | Path | BinaryIO | IntoFrame | NDArray[np.generic] | Table,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    header: str | bool | int = "auto",
    skip_lines: int | None = None,
    decimal: str | None = None,
    comment: str | None = None,
    sheet: str | int | None = None,
    key: str | None = None,
    transpose: bool = False,
    n_rows: int | None = None,
    progress: AnyProgress = silent,
    formats: Mapping[str, NumberFormat] | None = None,
) -> Table:
    """Read a table from a file, from standard input, a data frame or an array.

    What a text file does not say about itself is found out from its first rows, and every
    such decision is a sentence in ``notes``.

    Parameters
    ----------
    source : path, "-", binary stream, data frame or array
        A file by its path; a folder, or a pattern such as ``parts/*.parquet``, of files that make
        one table; "-" for standard input; or a table in memory. The format follows from the
        suffix and from the first bytes. Files may be compressed (``.gz``, ``.zst``,
        ``.bz2``, ``.xz``) or stand in a ``.zip`` or ``.tar`` archive.
    delimiter : str, optional
        One character, "tab" or "whitespace" (any run of blanks). Found out by default.
    encoding : str, optional
        A name that Python knows, such as "latin-1". Found out by default.
    header : "auto", bool or int, default="auto"
        Whether the first row names the columns, or how many rows do. Without a header the
        columns are named "column 1", "column 2" and so on.
    skip_lines : int, optional
        So many lines above the table are left out; by default, a title and notes are.
    decimal : "." or ",", optional
        Decimal mark. Found out by default, for each column from all of its cells.
    comment : str, optional
        Lines that begin so are left out; "#" by default if the first line begins with it.
    sheet : str or int, optional
        Name, or number from 1, of the sheet of a workbook; by default the first visible one
        that holds a table.
    key : str, optional
        Which array of an ``.npz`` file, or which member of an archive.
    transpose : bool, default=False
        Make rows of columns, for tables that hold their samples in columns.
    n_rows : int, optional
        Read at most so many rows, before transposing.
    progress : bool, "bar" or callable, default=False
        Called as reading goes on.
    formats : mapping of str to NumberFormat, optional
        How columns wrote their numbers when a model was fitted: cells of these columns that are
        no plain numbers stay text, which the model reads in the same way.

    Returns
    -------
    Table
        The frame, a short name, the path, the notes and the warnings.

    Raises
    ------
    DataFileError
        If the file is missing, empty, damaged, ragged or no table; the message says where.
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise import read_table
    >>> table = read_table(np.eye(2))
    >>> table.frame.columns
    ['column 1', 'column 2']
    """
    assert callable(progress)  # as with_bar has it
    options = ReadOptions(delimiter, encoding, header, skip_lines, decimal, comment, sheet, key,
                          n_rows, progress, formats or {})  # fmt: skip
    require("polars", extra="report")
    if isinstance(source, Table):
        table = source
    elif isinstance(source, (str, Path)) or hasattr(source, "read"):
        table = _read_file(cast("str | Path | BinaryIO", source), options)
    else:
        table = _read_memory(source, options)
    return _oriented(table, transpose)


def read_part(source: BinaryIO, options: ReadOptions, *, transpose: bool = False) -> Table:
    """Read a part of a table as the whole is read, but for rows that sum up others."""
    return _oriented(_read_file(source, replace(options, totals=False)), transpose)


def _read_file(source: str | Path | BinaryIO, options: ReadOptions) -> Table:
    """Read a file or a stream with the reader of its format; of several files make one table."""
    from kwise.io.many import files_of, stacked

    is_path = isinstance(source, (str, Path)) and str(source) != "-"
    path = str(source) if is_path else None
    files = files_of(path) if path is not None else None
    if path is None or files is None:
        label, raw = _read_raw(source, options)
        known = _known([] if path is None else [path])
        return _finished(Table(raw.frame, label, path, raw.notes, files=known), raw, options)
    parts = []
    for i, file in enumerate(files):
        options.progress(f"reading {path}", i, len(files))
        parts.append(_read_raw(file, replace(options, progress=silent))[1])
    raw = stacked(parts, files, path)
    folder = Path(path) if Path(path).is_dir() else Path(path).absolute().parent
    name = folder.name or "tables"
    return _finished(Table(raw.frame, name, path, raw.notes, files=_known(files)), raw, options)


def _known(files: Iterable[str | Path]) -> tuple[str, ...]:
    """Return files by names that hold wherever the process goes."""
    return tuple(str(Path(file).expanduser().absolute()) for file in files)


def _read_raw(source: str | Path | BinaryIO, options: ReadOptions) -> tuple[str, RawTable]:
    """Read one file; return a short name, and its cells, whose names are distinct."""
    from kwise.io.sources import open_source

    name = getattr(source, "name", "a stream") if hasattr(source, "read") else source
    try:
        opened = open_source(source, options)
        suffix = _format(opened)
        module, _, function = READERS[suffix].partition(":")
        raw: RawTable = getattr(import_module(module), function)(opened, options)
    except MemoryError as error:
        raise MemoryError(f"{name}: it takes more memory than is free to read it") from error
    if raw.frame.width == 0 or raw.frame.height == 0:
        raise DataFileError(
            f"{opened.name}: the table has no {'rows' if raw.frame.width else 'columns'}"
        )
    names, renamed = distinct_names(raw.frame.columns)
    raw.frame.columns = names
    return opened.label, replace(raw, notes=(*opened.notes, *raw.notes, *renamed))


def _finished(table: Table, raw: RawTable, options: ReadOptions) -> Table:
    """Give columns names and types, and leave out rows that sum up the others."""
    from kwise._cells.columns import typed_frame
    from kwise.io.totals import without_totals

    frame = raw.frame.head(options.n_rows) if options.n_rows else raw.frame
    typed = typed_frame(
        frame,
        decimal=options.decimal,
        default=raw.comma,
        formats=options.formats,
        as_text=raw.as_text,
    )
    left_out: tuple[str, ...] = ()
    frame = typed.frame
    if raw.loose and options.totals:
        frame, left_out = without_totals(frame, options.formats or {})
    return replace(
        table,
        frame=frame,
        notes=(*table.notes, *typed.notes, *left_out),
        warnings=(*table.warnings, *raw.warnings, *typed.warnings),
        formats={**raw.formats, **typed.formats},
    )


def _format(opened: Source) -> str:
    """Return the format: as the first bytes say, else the suffix, else text."""
    from kwise.io.signatures import identify

    kind = identify(opened.data)
    if kind is not None and kind in READERS:
        return kind
    if opened.suffix in READERS:
        return opened.suffix
    if _JSON.match(opened.data[:64]):
        return ".json"
    if opened.data[:4] == b"\xff\xff\xff\xff":
        return ".arrow"
    if kind == ".zip":
        raise ValueError(
            f"{opened.name}: " + unknown_name(opened.suffix, READERS, what="file format")
        )
    return ".csv"


def _read_memory(source: object, options: ReadOptions) -> Table:
    """Take over a data frame or an array."""
    name = "array" if isinstance(source, np.ndarray) else "data frame"
    frame, notes = to_frame(source)
    if frame.width == 0 or frame.height == 0:
        raise DataFileError(f"{name}: the table is empty, {frame.height} x {frame.width}")
    names, renamed = distinct_names(frame.columns)
    frame = frame.rename(dict(zip(frame.columns, names)))  # a copy: the caller's keeps its names
    return _finished(Table(frame, name, None, (*notes, *renamed)), RawTable(frame), options)


def _oriented(table: Table, transpose: bool) -> Table:
    """Turn the table if asked; otherwise say if it seems to lie the wrong way."""
    from kwise.io.orientation import orientation_hint, transposed

    if not transpose:
        return replace(table, notes=(*table.notes, *orientation_hint(table.frame)))
    frame: pl.DataFrame
    frame, notes = transposed(table.frame, name=table.path or table.name)
    return replace(table, frame=frame, notes=(*table.notes, *notes), truth=None)
