"""Check that every row of a text table has as many cells as the first."""

from __future__ import annotations

import csv
import io
import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise.exceptions import DataFileError

CHUNK = 16 << 20
_QUOTE, _END, _RETURN = ord('"'), ord("\n"), ord("\r")


@dataclass(frozen=True)
class Expected:
    """What every row must look like: its number of cells, and how they are written."""

    name: str
    width: int
    delimiter: str
    comment: str | None
    skip_lines: int


def check_widths(data: bytes | mmap.mmap, expected: Expected) -> int:
    """Raise DataFileError for the first row that is too short or too long.

    Returns
    -------
    int
        Number of blank lines, which are no rows.
    """
    if data.find(b'"') >= 0:
        return 0 if _are_plain(data, expected) else _check_quoted(data, expected)
    line = 0
    blank = 0
    for chunk in _chunks(data, lambda chunk: chunk.rfind(b"\n") + 1):
        n_lines, n_blank = _check_chunk(chunk, line, expected)
        line += n_lines
        blank += n_blank
    return blank


def _chunks(
    data: bytes | mmap.mmap, end_of: Callable[[bytes], int], start: int = 0
) -> Iterator[bytes]:
    """Yield the data in chunks; ``end_of`` says where the last whole line of one ends, or 0."""
    while start < len(data):
        chunk = data[start : start + CHUNK]
        end = end_of(chunk)
        while end == 0 and start + len(chunk) < len(data):  # a line longer than the chunk
            chunk = data[start : start + 2 * len(chunk)]
            end = end_of(chunk)
        taken = end if end and start + len(chunk) < len(data) else len(chunk)
        yield chunk[:taken]
        start += taken


def _are_plain(data: bytes | mmap.mmap, expected: Expected) -> bool:
    """Say whether quotes stand around whole cells, and all lines have as many, none blank.

    Nothing is said of what differs: the csv module is asked then, which takes much longer.
    """
    if expected.comment is not None or expected.width < 2 or not expected.delimiter.isascii():
        return False

    def end_of(chunk: bytes) -> int:
        values = np.frombuffer(chunk, dtype=np.uint8)
        lines = _outside(np.flatnonzero(values == _END), np.flatnonzero(values == _QUOTE))
        return int(lines[-1]) + 1 if len(lines) else 0

    start = 0
    for _ in range(expected.skip_lines):
        start = data.find(b"\n", start) + 1
    if b"\r" in data[:start].replace(b"\r\n", b"\n"):
        return False
    return all(_is_plain(chunk, expected) for chunk in _chunks(data, end_of, start))


def _is_plain(chunk: bytes, expected: Expected) -> bool:
    """Say the same of some whole lines."""
    delimiter = ord(expected.delimiter)
    edges = np.array([delimiter, _END, _QUOTE], dtype=np.uint8)
    ended = chunk if chunk.endswith(b"\n") else chunk + b"\n"
    values = np.frombuffer(b"\n" + ended, dtype=np.uint8)
    quotes, returns = np.flatnonzero(values == _QUOTE), np.flatnonzero(values == _RETURN)
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing) or not np.isin(values[opening - 1], edges).all():
        return False
    if not np.isin(values[closing + 1], np.append(edges, np.uint8(_RETURN))).all():
        return False
    if (values[_outside(returns, quotes) + 1] != _END).any():
        return False
    lines = _outside(np.flatnonzero(values == _END), quotes)
    delimiters = _outside(np.flatnonzero(values == delimiter), quotes)
    counts = np.diff(np.searchsorted(delimiters, lines))
    return bool((counts == expected.width - 1).all())


def _outside(places: NDArray[np.intp], quotes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those of some places that no quotes stand around."""
    found: NDArray[np.intp] = places[np.searchsorted(quotes, places) % 2 == 0]
    return found


def _check_chunk(chunk: bytes, first_line: int, expected: Expected) -> tuple[int, int]:
    """Count delimiters between line ends; return how many lines there are, and blank ones."""
    if not chunk.endswith(b"\n"):
        chunk += b"\n"
    values = np.frombuffer(chunk, dtype=np.uint8)
    ends = np.flatnonzero(values == ord("\n"))
    delimiters = np.flatnonzero(values == ord(expected.delimiter))
    upto = np.searchsorted(delimiters, ends)
    counts = np.diff(upto, prepend=0) + 1
    unusual = np.flatnonzero(counts != expected.width)
    blank = 0
    for i in unusual:
        line = first_line + int(i) + 1
        text = chunk[(ends[i - 1] + 1 if i else 0) : ends[i]]
        comment = expected.comment is not None and text.startswith(expected.comment.encode())
        if line <= expected.skip_lines or comment:
            continue
        if not text.strip():
            blank += 1
            continue
        raise DataFileError(_ragged(expected, line, line, int(counts[i])))
    return len(ends), blank


def _check_quoted(data: bytes | mmap.mmap, expected: Expected) -> int:
    """Split with the csv module: slower, but it knows quotes."""
    rows = csv_rows(data, expected)
    return sum(not row for row in rows)


def csv_rows(data: bytes | mmap.mmap, expected: Expected) -> list[list[str]]:
    """Return all rows as text; blank lines are empty rows.

    The last resort for files whose quotes only the csv module accepts.
    """
    stream = io.TextIOWrapper(io.BytesIO(data[:]), encoding="utf-8", errors="replace", newline="")
    for _ in range(expected.skip_lines):
        stream.readline()
    lines = (
        "\n" if expected.comment is not None and line.startswith(expected.comment) else line
        for line in stream
    )
    reader = csv.reader(lines, delimiter=expected.delimiter, strict=True)
    rows: list[list[str]] = []
    begin = expected.skip_lines + 1
    try:
        for row in reader:
            end = expected.skip_lines + reader.line_num
            blank = not any(cell.strip() for cell in row) and len(row) <= 1
            if not blank and len(row) != expected.width:
                raise DataFileError(_ragged(expected, begin, end, len(row)))
            rows.append([] if blank else row)
            begin = end + 1
    except csv.Error as error:
        raise DataFileError(
            f"{expected.name}, line {begin}: the quotes do not close or stand in the wrong place "
            f'({error}); a quoted cell begins and ends with ", and a quote inside it is written ""'
        ) from None
    return rows


def _ragged(expected: Expected, begin: int, end: int, found: int) -> str:
    """Say which line has the wrong number of cells."""
    cells = "1 cell" if found == 1 else f"{found} cells"
    hint = "fix the line, or pass delimiter=... if another one separates the cells"
    if expected.width == 1:
        hint = "if this is a table, pass delimiter=..., as none was found that fits every line"
    if end > begin:
        hint = f"a quote that opens on line {begin} closes only on line {end}: close it earlier"
    return (
        f"{expected.name}, line {begin}: {cells} found where the table has "
        f"{expected.width} column{'s' if expected.width > 1 else ''}; {hint}"
    )
