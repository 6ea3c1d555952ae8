"""Tables in parts of so many rows, for files that are larger than memory and pipes without end."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from kwise.exceptions import DataFileError
from kwise.io.dialect import find_dialect
from kwise.io.encoding import find_encoding, to_utf8
from kwise.io.options import ReadOptions
from kwise.io.reading import READERS, read_part, read_table
from kwise.io.ruled import without_rules
from kwise.io.totals import RunningTotals

if TYPE_CHECKING:
    from kwise._cells.numbers import NumberFormat
    from kwise.io.table import Table

__all__ = ["ROWS_AT_ONCE", "table_parts"]

ROWS_AT_ONCE = 50_000
_OPENERS: Mapping[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_WIDE: Mapping[bytes, str] = {
    b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip
_WIDE_NAMES = ("utf-16", "utf16", "utf-32", "utf32")
_TEXT = "kwise.io.delimited:read"


def table_parts(
    source: str,
    *,
    formats: Mapping[str, NumberFormat],
    rows_at_once: int = ROWS_AT_ONCE,
    **options: Any,
) -> Iterator[Table]:
    """Yield a table in parts, each read as ``read_table`` reads the whole.

    Parameters
    ----------
    source : str
        A text table (``.gz``, ``.bz2`` or ``.xz`` too), a Parquet file, or "-" for text from
        standard input, whose parts are yielded as they come.
    formats : mapping of str to NumberFormat
        How a model's table wrote its numbers.
    rows_at_once : int, default=50000
        Rows of a part.
    **options
        Of ``read_table``.

    Raises
    ------
    DataFileError
        If the format cannot be read in parts, or a part is damaged.
    """
    path = Path(source)
    if path.suffix.lower() in (".parquet", ".pq"):
        yield from _parquet_parts(path, formats, rows_at_once)
        return
    endings = [each.lower() for each in path.suffixes if each.lower() not in _OPENERS]
    if source != "-" and endings and READERS.get(endings[-1], _TEXT) != _TEXT:
        raise DataFileError(
            f"{source}: {endings[-1]} files are read whole; streams are text tables, Parquet files "
            "and standard input"
        )
    with _opened(source) as file:
        yield from _text_parts(file, source, formats, rows_at_once, options)


def _parquet_parts(
    path: Path, formats: Mapping[str, NumberFormat], rows_at_once: int
) -> Iterator[Table]:
    """Yield slices of a Parquet file."""
    import polars as pl

    first = 0
    while True:
        try:
            part = pl.scan_parquet(path).slice(first, rows_at_once).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise DataFileError(f"{path}: {str(error).partition(chr(10))[0]}") from error
        if part.height or first == 0:
            yield replace(read_table(part, formats=formats), name=path.name)
        first += part.height
        if part.height < rows_at_once:
            return


@contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    """Open a file, unpacked, or standard input."""
    if source == "-":
        yield sys.stdin.buffer
        return
    path = Path(source)
    opener = _OPENERS.get(path.suffix.lower())
    try:
        file = opener(path, "rb") if opener is not None else path.open("rb")
    except OSError as error:
        raise DataFileError(f"{source}: {error.strerror}") from error
    with file:
        yield file


def _text_parts(
    file: IO[bytes],
    name: str,
    formats: Mapping[str, NumberFormat],
    rows_at_once: int,
    options: dict[str, Any],
) -> Iterator[Table]:
    """Yield parts of a text table: its lines above the first row before each."""
    file, options = _in_utf8(file, options, name)
    block = _lines(file, rows_at_once)
    if not block:
        raise DataFileError(f"{name}: the file is empty")
    if without_rules(to_utf8(block, options.get("encoding"), name=name)[0]) is not None:
        # What programs print is small, and its rules need to be seen together.
        whole = read_table(io.BytesIO(block + file.read()), formats=formats, **options)
        yield from _slices(replace(whole, name=name), rows_at_once)
        return
    text = str(bytes(to_utf8(block, options.get("encoding"), name=name)[0]), "utf-8", "replace")
    dialect = find_dialect(text, _detected(options), name=name)
    head = b"".join(io.BytesIO(block).readlines()[: dialect.skip_lines])
    told = {**options, "delimiter": options.get("delimiter") or dialect.delimiter}
    columns: list[str] | None = None
    totals = RunningTotals(formats)
    first = 1
    while block:
        try:
            part = _part(block, len(head), formats, told)
        except (DataFileError, ValueError) as error:
            where = f" (counted from row {first:,} of the stream)" if first > 1 else ""
            raise DataFileError(f"{name}: {error}{where}") from error
        if part is None:
            return
        columns = columns or part.frame.columns
        if part.frame.columns != columns:
            raise DataFileError(
                f"{name}: from row {first:,} on the columns are {part.frame.columns[:5]}, and were "
                f"{columns[:5]} before; pass header= or delimiter="
            )
        frame, left_out = totals.without(part.frame)
        yield replace(part, name=name, frame=frame, notes=(*part.notes, *left_out))
        if first == 1 and told.get("encoding") is None:
            told["encoding"] = find_encoding(block, name=name)  # the same for what follows
        first += part.frame.height
        block = _lines(file, rows_at_once)
        block = head + block if block.strip() else b""


def _part(
    block: bytes, n_head: int, formats: Mapping[str, NumberFormat], told: dict[str, Any]
) -> Table | None:
    """Read one block; lines at its end that are no rows may be footnotes. None: nothing else."""
    options = replace(_detected(told), formats=formats)
    transpose = bool(told.get("transpose"))
    try:
        return read_part(io.BytesIO(block), options, transpose=transpose)
    except DataFileError:
        mark = str(told["delimiter"]).encode()
        lines = block[n_head:].splitlines(keepends=True)
        n = len(lines)
        while n and mark not in lines[n - 1]:
            n -= 1
        if mark == b" " or n == len(lines) or b'"' in b"".join(lines[n:]):
            raise
        if not b"".join(lines[:n]).strip() and n_head:
            return None
        whole = io.BytesIO(block[:n_head] + b"".join(lines[:n]))
        return read_part(whole, options, transpose=transpose)


def _slices(table: Table, rows_at_once: int) -> Iterator[Table]:
    """Cut a table that was read whole."""
    for first in range(0, max(1, table.frame.height), rows_at_once):
        yield replace(table, frame=table.frame.slice(first, rows_at_once))


def _in_utf8(
    file: IO[bytes], options: dict[str, Any], name: str
) -> tuple[IO[bytes], dict[str, Any]]:
    """Return a file whose lines end at single bytes: UTF-16 and UTF-32 are written as UTF-8."""
    head = bytes(getattr(file, "peek", lambda _: b"")(4)[:4])
    marked = next((codec for mark, codec in _WIDE.items() if head.startswith(mark)), None)
    encoding = options.get("encoding") or marked
    if encoding is None or not str(encoding).lower().replace("_", "-").startswith(_WIDE_NAMES):
        return file, options
    try:
        decoder = codecs.getincrementaldecoder(str(encoding))()
    except LookupError:
        return file, options  # the reader says what is wrong
    return cast("IO[bytes]", _Reencoded(file, decoder, name)), {**options, "encoding": "utf-8"}


class _Reencoded:
    """Lines of a file in another encoding, as UTF-8."""

    def __init__(self, file: IO[bytes], decoder: codecs.IncrementalDecoder, name: str) -> None:
        self._file, self._decoder, self._name = file, decoder, name
        self._rest, self._ended = "", False

    def readline(self) -> bytes:
        """Return the next line."""
        while "\n" not in self._rest and not self._ended:
            chunk = getattr(self._file, "read1", self._file.read)(1 << 16)
            self._ended = not chunk
            try:
                self._rest += self._decoder.decode(chunk, self._ended)
            except UnicodeError as error:
                raise DataFileError(f"{self._name}: {error}") from error
        line, end, self._rest = self._rest.partition("\n")
        return (line + end).encode()

    def read(self) -> bytes:
        """Return all that is left."""
        return b"".join(iter(self.readline, b""))


def _detected(options: dict[str, Any]) -> ReadOptions:
    """Return what the caller settled of how the text is written."""
    names = ("delimiter", "encoding", "header", "skip_lines", "decimal", "comment", "n_rows")
    return ReadOptions(**{name: options[name] for name in names if options.get(name) is not None})


def _lines(file: IO[bytes], n: int) -> bytes:
    """Return the next lines, more where a quoted cell goes on over the end of a line."""
    found: list[bytes] = []
    quotes = 0
    while len(found) < n or quotes % 2:
        line = file.readline()
        if not line:
            break
        quotes += line.count(b'"')
        found.append(line)
    return b"".join(found)
