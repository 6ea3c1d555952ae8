"""Whether a workbook can be read: how large its sheets are, and whether an .ods sheet is XML."""

from __future__ import annotations

import io
import mmap
import re
import xml.parsers.expat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from kwise._damages import ARCHIVE_DAMAGES
from kwise.exceptions import DataFileError

CHUNK = 4 << 20
MOST_CELLS = 40_000_000  # in the rectangle of a sheet, before it must be well filled
LEAST_FILLED = 0.02  # share of that rectangle
MOST_BYTES = 8 << 30  # of one sheet's XML
MOST_REPEATED = 10_000  # blank columns, or ten times as many rows, between cells of an .ods sheet
_DAMAGES = (
    *ARCHIVE_DAMAGES, RuntimeError, NotImplementedError, xml.parsers.expat.ExpatError,
)  # fmt: skip
MOST_PACKED = 1032  # bytes that deflate packs in one
LONGEST_COUNT = 64  # bytes of an attribute that lies across two chunks
_COUNT = re.compile(rb'\buniqueCount\s*=\s*["\']\s*\+?([0-9]{4,})')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="([0-9]{5,9})"')
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')


@dataclass
class _Extent:
    """The rectangle that the cells of a sheet lie in, and how many there are."""

    n_cells: int = 0
    n_rows: int = 0
    n_columns: int = 0
    last: str = ""


def refuse_stray_cells(data: bytes | mmap.mmap, *, name: str) -> None:
    """Raise if cells of a sheet lie so far apart that the space between fills memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data[:])) as archive:
            for member in archive.infolist():
                if member.file_size > MOST_BYTES:
                    size = member.file_size / 2**30
                    raise DataFileError(
                        f"{name}: unpacked, {member.filename} takes {size:.0f} GB; save the sheet "
                        "as CSV or Parquet"
                    )
                if member.filename == "content.xml":
                    content = archive.read(member)
                    _check_repeats(content, name)
                    # The reader looks for the end of an element for ever where it has none.
                    xml.parsers.expat.ParserCreate().Parse(content, True)
                if member.filename.lower().endswith("sharedstrings.xml"):
                    _check_counts(archive, member, name)
                if "worksheets/" in member.filename and member.filename.endswith(".xml"):
                    _check(_extent(archive, member), name, member.filename)
    except _DAMAGES as error:
        raise DataFileError(
            f"{name}: the workbook is damaged, locked or cut off ({error})"
        ) from error


def _check_counts(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Raise if a member announces more texts than it has bytes: the reader asks for room first."""
    most = min(member.file_size, member.compress_size * MOST_PACKED)
    before = b""
    with archive.open(member) as file:
        while chunk := file.read(CHUNK):
            for found in _COUNT.finditer(before + chunk):
                if int(found[1][:20]) > most:
                    raise DataFileError(
                        f"{name}: {member.filename} announces {int(found[1][:20]):,} texts, and "
                        f"has {most:,} bytes; the workbook is damaged, save it anew"
                    )
            before = chunk[-LONGEST_COUNT:]


def _check_repeats(content: bytes, name: str) -> None:
    """Raise if a value of an .ods sheet stands behind, or in, very many repeated cells."""
    for found in _REPEATED.finditer(content):
        is_row, count = found[1] == b"rows", int(found[2])
        closing = b"</table:table>" if is_row else b"</table:table-row>"
        end = content.find(closing, found.end())
        begin = content.rfind(b"<", 0, found.start())
        if (
            count >= MOST_REPEATED * (10 if is_row else 1)
            and content.find(b"value-type=", begin, end if end >= 0 else len(content)) >= 0
        ):
            raise DataFileError(
                f"{name}: a cell stands far from the others, behind {count:,} repeated "
                f"{found[1].decode()}; delete it, or save the table as CSV"
            )


def _extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> _Extent:
    """Measure one sheet of an .xlsx file."""
    extent = _Extent()
    for part in _parts(archive, member):
        cells = _CELL.findall(part)
        if not cells:
            continue
        extent.n_cells += len(cells)
        letters = max({column for column, _ in cells}, key=lambda each: (len(each), each))
        row = max(int(row) for _, row in (cells[0], cells[-1]))
        if row > extent.n_rows or _number(letters) > extent.n_columns:
            extent.last = f"{letters.decode()}{row}"
        extent.n_rows = max(extent.n_rows, row)
        extent.n_columns = max(extent.n_columns, _number(letters))
    return extent


def _parts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the text of a member piece by piece, cut between cells."""
    rest = b""
    with archive.open(member) as file:
        while piece := file.read(CHUNK):
            rest += piece
            end = rest.rfind(b"<c ")
            if end > 0:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _number(letters: bytes) -> int:
    """Return the number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _check(extent: _Extent, name: str, sheet: str) -> None:
    """Raise if the rectangle is large and nearly empty."""
    area = extent.n_rows * extent.n_columns
    if area > MOST_CELLS and extent.n_cells < LEAST_FILLED * area:
        raise DataFileError(
            f"{name}, {sheet.rpartition('/')[2]}: {extent.n_cells:,} cells lie in a rectangle of "
            f"{extent.n_rows:,} x {extent.n_columns:,}, as one stands far from the others "
            f"(near {extent.last}); delete it, or save the table as CSV"
        )
