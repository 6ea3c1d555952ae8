"""Reader of CSV and its relatives: any delimiter, encoding, decimal mark and header."""

from __future__ import annotations

import io
import mmap
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._cells.columns import narrowed
from kwise._cells.missing import MISSING
from kwise._cells.numbers import Mark, NumberFormat
from kwise._column_names import distinct_names
from kwise._memory import shortage
from kwise.exceptions import DataFileError
from kwise.io.blanks import collapse_blanks
from kwise.io.cells import CellType
from kwise.io.dialect import Dialect, find_dialect
from kwise.io.encoding import END_OF_FILE, to_utf8
from kwise.io.footnotes import without_footnotes
from kwise.io.leading_zeros import has_leading_zeros
from kwise.io.letters import holds_alone, holds_letter
from kwise.io.options import ReadOptions
from kwise.io.quoting import plainly_quoted
from kwise.io.ruled import NOTE, without_rules
from kwise.io.sources import Source
from kwise.io.table import RawTable
from kwise.io.widths import Expected, check_widths, csv_rows

SAMPLE_BYTES = 1 << 18
SAMPLE_LINES = 20
MAX_SAMPLE_BYTES = 32 << 20
_LARGE = 64 << 20  # what is smaller is simply read
MARKS = (b"'", b'"', b"\\")  # of cells that may be quoted in other ways
# Errors of polars about the content of a file.
PARSE_ERRORS = (
    pl.exceptions.ComputeError,
    pl.exceptions.SchemaError,
    pl.exceptions.NoDataError,
    pl.exceptions.ShapeError,
    pl.exceptions.InvalidOperationError,
    pl.exceptions.PanicException,
)
# Words for "no value" that are read as numbers where nobody says what they are.
_NUMERIC_WORDS = tuple(word for word in MISSING if word.lower().lstrip("-") == "nan")
_IN_ALL = "n"  # a letter of each
DTYPES: dict[CellType, type[pl.DataType]] = {
    "whole": pl.Float64,  # narrowed to Int64 once every cell is known to be whole
    "number": pl.Float64,
    "missing": pl.Float64,
    "boolean": pl.Boolean,
    "undecided": pl.String,  # read once all cells of the column are known
    "written": pl.String,
    "text": pl.String,
}


@dataclass(frozen=True, eq=False)
class _Text:
    """A text table in UTF-8, with what is known of it."""

    data: bytes | mmap.mmap
    source: Source
    dialect: Dialect
    names: list[str]
    options: ReadOptions

    @property
    def expected(self) -> Expected:
        """What every row must look like."""
        dialect = self.dialect
        return Expected(
            self.source.name, len(self.names), dialect.delimiter, dialect.comment,
            dialect.skip_lines,
        )  # fmt: skip


def read(source: Source, options: ReadOptions) -> RawTable:
    """Read a text table; return its cells and the sentences that say how it was read."""
    data, notes = to_utf8(source.data, options.encoding, name=source.name)
    warnings: tuple[str, ...] = ()
    printed = without_rules(data) if options.delimiter in (None, "|") else None
    if printed is None:
        data, options, more = _normalize(data, options)
    else:
        data, warnings = printed
        options, more = replace(options, delimiter="|"), (NOTE,)
    dialect = find_dialect(_head(data), options, name=source.name)
    data, below = without_footnotes(data, dialect)
    if dialect.delimiter == " ":
        data = collapse_blanks(data)
    names, renamed = distinct_names(dialect.names)
    text = _Text(data, source, dialect, names, options)
    _refuse_too_large(text)
    options.progress(f"reading {source.name}", 0, 1)
    frame, blank = _parse(text)
    options.progress(f"reading {source.name}", 1, 1)
    frame, repeated = _without_headers(frame, dialect.names)
    nothing = [names[j] for j, name in enumerate(dialect.names)
               if not name.strip() and frame[:, j].is_null().all()]  # fmt: skip
    if 0 < len(nothing) < frame.width:
        frame = frame.drop(nothing)
        renamed = tuple(each for each in renamed if not any(name in each for name in nothing))
    frame, empty = _without_empty_rows(frame, text)
    notes = (*notes, *more, *dialect.notes, *renamed, *below, *blank, *repeated, *empty)
    comma: Mark = "," if dialect.delimiter == ";" else "."
    plain, point = NumberFormat(), NumberFormat(".")
    formats = {
        name: point if dtype == pl.Float64 else plain
        for name, dtype in frame.schema.items()
        if dtype.is_numeric()
    }
    return RawTable(frame, notes, comma, loose=True, formats=formats, warnings=warnings)


def _normalize(
    data: bytes | mmap.mmap, options: ReadOptions
) -> tuple[bytes | mmap.mmap, ReadOptions, tuple[str, ...]]:
    """Turn lone carriage returns into line ends, and obey Excel's ``sep=`` line."""
    if data[-1:] == END_OF_FILE:
        data = data[:-1]
    head = data[:SAMPLE_BYTES]
    if b"\r" in head and b"\n" not in head:
        data = data[:].replace(b"\r", b"\n")
        head = data[:SAMPLE_BYTES]
    first = head.split(b"\n", 1)[0].strip()
    if len(first) == 5 and first.lower().startswith(b"sep="):
        delimiter = options.delimiter or first[4:].decode()
        data = b"\n" + data[:].split(b"\n", 1)[-1]  # a blank line keeps the line numbers true
        options = replace(options, delimiter=delimiter)
        return data, options, ("the first line, sep=, names the delimiter",)
    lines = [line for line in head.splitlines()[:SAMPLE_LINES] if line.strip()]
    if any(mark in line for line in lines for mark in MARKS):
        again = plainly_quoted(data, lines)
        if again is not None:
            return again[0], options, (again[1],)
    return data, options, ()


def _head(data: bytes | mmap.mmap) -> str:
    """Return the first lines, whole: at least 20 of them, or all."""
    size = SAMPLE_BYTES
    head = data[:size]
    while size < min(len(data), MAX_SAMPLE_BYTES) and head.count(b"\n") < SAMPLE_LINES:
        size *= 2
        head = data[:size]
    if size < len(data) and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    return head.decode("utf-8", errors="replace")


def _refuse_too_large(text: _Text) -> None:
    """Raise if the cells would not fit: polars ends the process where it gets no memory."""
    if len(text.data) < _LARGE:
        return
    head = text.data[:SAMPLE_BYTES]
    n_rows = len(text.data) * head.count(b"\n") // len(head)
    if text.options.n_rows:
        n_rows = min(n_rows, text.options.n_rows)
    missing = shortage(8 * n_rows * len(text.names))
    if missing:
        raise DataFileError(
            f"{text.source.name}: some {n_rows:,} rows of {len(text.names):,} columns do not fit: "
            f"{missing}"
        )


def _parse(text: _Text) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Parse with the sampled types; with text alone where they do not hold further down."""
    types = dict(zip(text.names, (_dtype(text, j) for j in range(len(text.names)))))
    if _lone_quote(text):
        return _parse_as_text(text)
    try:
        frame = _read_csv(text, types)
        again = _misread(text, frame, types)
        if again:
            frame = _read_csv(text, {**types, **dict.fromkeys(again, pl.String)})
    except PARSE_ERRORS:
        return _parse_as_text(text)
    blank: tuple[str, ...] = ()
    # A row that is too short leaves its last cell missing: only then do widths need a check.
    if frame.height and frame[:, -1].null_count():
        frame, blank = _without_blank_lines(frame, check_widths(text.data, text.expected))
    _refuse_no_rows(frame, text)
    whole = [name for name in _all_whole(text) if name not in again]
    return narrowed(frame, whole), blank


def _dtype(text: _Text, j: int) -> type[pl.DataType]:
    """Return the type to read a column with: text, where a number may be more than it looks."""
    found = text.dialect.types[j]
    told = text.options.formats.get(text.names[j])
    commas = text.options.decimal == "," or (told is not None and told.decimal == ",")
    return pl.String if commas and found == "number" else DTYPES[found]


def _all_whole(text: _Text) -> list[str]:
    """Return the columns that hold whole numbers, or nothing, in the sample."""
    found = zip(text.names, text.dialect.types)
    return [name for name, each in found if each in ("whole", "missing")]


def _misread(text: _Text, frame: pl.DataFrame, types: dict[str, type[pl.DataType]]) -> list[str]:
    """Return the columns that held whole numbers in the sample, and hold something else below.

    These are codes such as 00501, and cells such as 5.060, which may be over a thousand.
    """
    whole = [name for name in _all_whole(text) if types[name] != pl.String]
    if not whole:
        return []
    if has_leading_zeros(text.data, text.dialect.delimiter):
        return whole
    return [name for name in whole if _may_be_thousands(frame[name].drop_nulls().to_numpy())]


def _may_be_thousands(cells: NDArray[np.float64]) -> bool:
    """Say whether those numbers that are not whole have three digits behind their point."""
    odd = cells[np.floor(cells) != cells]
    thousands = np.abs(np.round(odd * 1000) - odd * 1000) < 1e-6
    return len(odd) > 0 and bool((thousands & (np.abs(odd) > 1) & (np.abs(odd) < 1000)).all())


def _lone_quote(text: _Text) -> bool:
    """Say whether a cell may be one quote and nothing else, over which polars stumbles."""
    if text.data.find(b'"') < 0:
        return False
    delimiter = text.dialect.delimiter.encode()
    first = text.data[:2] in (b'"' + delimiter, b'"\n', b'"\r')
    if first or text.data[-2:] in (delimiter + b'"', b'\n"'):
        return True
    return holds_alone(text.data, b'"', delimiter[-1:] + b"\n", delimiter[:1] + b"\n\r")


def _parse_as_text(text: _Text) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Parse every cell as text, then find each column's type from all of its cells."""
    n_blank = check_widths(text.data, text.expected)
    try:
        if _lone_quote(text):
            raise pl.exceptions.ComputeError("a cell is one quote")
        frame = _read_csv(text, dict.fromkeys(text.names, pl.String))
    except PARSE_ERRORS:
        rows = [row for row in csv_rows(text.data, text.expected) if row]
        rows = rows[: text.options.n_rows]
        frame = pl.DataFrame(
            rows, schema=dict.fromkeys(text.names, pl.String), orient="row", strict=False
        )
        n_blank = 0
    frame, blank = _without_blank_lines(frame, n_blank)
    _refuse_no_rows(frame, text)
    return frame, blank


def _read_csv(text: _Text, types: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """Let polars read the cells, and leave those that are a word for "no value" missing.

    polars compares every cell with every word that it is told, which takes longer than all else.
    A word in a column of numbers ends the reading, unless it reads as a number: at first polars is
    told of these alone, if they may be there, and words among text are looked for afterwards.
    """
    try:
        may_be = holds_letter(text.data, _IN_ALL, _below(text.data, text.dialect.skip_lines))
        frame = _cells_of(text, types, _NUMERIC_WORDS if may_be else ())
    except PARSE_ERRORS:
        if all(each == pl.String for each in types.values()):
            raise
        frame = _cells_of(text, types, MISSING)
    words = pl.Series(MISSING)
    told = [pl.when(~pl.col(name).is_in(words.implode())).then(pl.col(name)).alias(name)
            for name, each in frame.schema.items() if each == pl.String]  # fmt: skip
    return frame.with_columns(told)


def _below(data: bytes | mmap.mmap, n_lines: int) -> int:
    """Return where the line after so many others begins, or 0 where it is not seen."""
    at = 0
    for _ in range(n_lines):
        at = data.find(b"\n", at) + 1
    return at


def _cells_of(
    text: _Text, types: dict[str, type[pl.DataType]], words: Sequence[str]
) -> pl.DataFrame:
    """Let polars read the cells; those that are one of the words are missing."""
    dialect = text.dialect
    return pl.read_csv(
        io.BytesIO(text.data[:]),
        has_header=False,
        separator=dialect.delimiter,
        comment_prefix=dialect.comment,
        skip_lines=dialect.skip_lines,
        schema=types,
        null_values=list(words) or None,
        n_rows=text.options.n_rows,
        raise_if_empty=False,
        glob=False,
    )


def _without_blank_lines(frame: pl.DataFrame, n_blank: int) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out the rows that stand for blank lines."""
    if n_blank == 0:
        return frame, ()
    kept = frame.filter(~pl.all_horizontal(pl.all().is_null()))
    n_left = frame.height - kept.height
    return kept, ((f"{n_left} blank lines were left out",) if n_left else ())


def _without_headers(
    frame: pl.DataFrame, names: Sequence[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out rows that repeat the header, as files that were put together have them."""
    if frame.width < 2 or any(dtype != pl.String for dtype in frame.dtypes):
        return frame, ()
    cells = [pl.nth(j).str.strip_chars().eq_missing(name.strip() or None)
             for j, name in enumerate(names)]  # fmt: skip
    if not frame.select(cells[0].any()).item():
        return frame, ()
    same = frame.select(pl.all_horizontal(cells)).to_series()
    n = int(same.sum())
    if n in (0, frame.height):
        return frame, ()
    said = "1 row that repeats" if n == 1 else f"{n:,} rows that repeat"
    return frame.filter(~same), (f"{said} the header {'was' if n == 1 else 'were'} left out",)


def _without_empty_rows(frame: pl.DataFrame, text: _Text) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out rows that are delimiters and nothing else, as spreadsheets write below a table."""
    if frame.width < 2 or not frame.height or frame[:, -1].null_count() == 0:
        return frame, ()
    filled = frame.select(~pl.all_horizontal(pl.all().is_null())).to_series()
    n_empty = int((~filled).sum())
    bare = rb"(?m)^[ \t]*(?:" + re.escape(text.dialect.delimiter.encode()) + rb"[ \t]*)+\r?$"
    if n_empty == 0 or len(re.findall(bare, text.data)) < n_empty:
        return frame, ()
    said = "1 row without a cell was" if n_empty == 1 else f"{n_empty:,} rows without a cell were"
    return frame.filter(filled), (f"{said} left out",)


def _refuse_no_rows(frame: pl.DataFrame, text: _Text) -> None:
    """Raise if there is a header and nothing else."""
    if frame.height == 0:
        shown = [name if len(name) <= 30 else name[:27] + "..." for name in text.names[:5]]
        more = ", ..." if len(text.names) > 5 else ""
        raise DataFileError(
            f"{text.source.name}: there is a header ({', '.join(shown)}{more}) and no row below it"
        )
