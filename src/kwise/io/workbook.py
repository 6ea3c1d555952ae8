"""Reader of workbooks: Excel (.xlsx) and OpenDocument (.ods)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from kwise._column_names import distinct_names
from kwise._optional import require
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.cells import MISSING
from kwise.io.header import find_header
from kwise.io.narrowing import narrowed, typed

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    from kwise.io.options import ReadOptions
    from kwise.io.sources import Source

Cell: TypeAlias = object  # float, str, bool, date, datetime, time or timedelta
MISSING_CELLS = frozenset(MISSING)
HEADER_ROWS = 50  # rows that the header is found from


def read(source: Source, options: ReadOptions) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read one sheet of a workbook."""
    calamine = require("python_calamine", extra="report")
    options.progress(f"reading {source.name}", 0, 1)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data[:]))
        title = _chosen(workbook, options.sheet, source.name)
        cells = workbook.get_sheet_by_name(title).to_python(skip_empty_area=True)
    except calamine.CalamineError as error:
        raise DataFileError(
            f"{source.name}: the workbook is damaged, locked or cut off ({error})"
        ) from error
    options.progress(f"reading {source.name}", 1, 1)
    rows, above = _table_rows(cells)
    if not rows:
        raise DataFileError(f"{source.name}: sheet {title!r} holds no cells")
    frame, notes = _framed(rows, options, f"{source.name}, sheet {title!r}")
    others = [each for each in workbook.sheet_names if each != title]
    which = f"sheet {title!r} was read"
    if others:
        which += f"; others: {', '.join(others)} (sheet=... reads them)"
    return frame, (which, *above, *notes)


def _chosen(workbook: CalamineWorkbook, sheet: str | int | None, name: str) -> str:
    """Return the name of the sheet to read."""
    names = workbook.sheet_names
    if not names:
        raise DataFileError(f"{name}: the workbook has no sheets")
    if sheet is None:
        return names[0]
    if isinstance(sheet, int):
        if not 1 <= sheet <= len(names):
            raise ValueError(f"{name}: sheet={sheet} is out of range; there are {len(names)} "
                             f"sheets, counted from 1 ({', '.join(names)})")  # fmt: skip
        return names[sheet - 1]
    if sheet not in names:
        raise ValueError(f"{name}: " + unknown_name(sheet, names, what="sheet"))
    return sheet


def _table_rows(cells: Sequence[Sequence[Cell]]) -> tuple[list[list[Cell]], tuple[str, ...]]:
    """Leave out empty rows, and titles above the table (rows with one cell)."""
    rows = [list(row) for row in cells if any(not _is_missing(cell) for cell in row)]
    first = 0
    if rows and len(rows[0]) > 1:
        while first < len(rows) - 1 and sum(not _is_missing(cell) for cell in rows[first]) == 1:
            first += 1
    note = f"{first} rows above the table, with one cell each, were left out"
    return rows[first:], ((note,) if first else ())


def _framed(
    rows: list[list[Cell]], options: ReadOptions, name: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Find the header, then give every column its type."""
    text = [[_text(cell) or "" for cell in row] for row in rows[:HEADER_ROWS]]
    header = find_header(text, [], None, options.header, ",", ".")
    names, renamed = distinct_names(header.names)
    body = rows[header.n_rows :][: options.n_rows]
    if not body:
        raise DataFileError(
            f"{name}: there is a header ({', '.join(names[:5])[:150]}) and no row below"
        )
    columns = [_column([row[j] for row in body]).alias(title) for j, title in enumerate(names)]
    return pl.DataFrame(columns), (*header.notes, *renamed)


def _column(cells: list[Cell]) -> pl.Series:
    """Make a column of cells: of numbers, truth values, dates or else text."""
    present = [cell for cell in cells if not _is_missing(cell)]
    kept = [None if _is_missing(cell) else cell for cell in cells]
    if all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in present):
        numbers = pl.Series("cells", kept, dtype=pl.Float64, strict=False)
        return narrowed(numbers.to_frame(), ["cells"]).to_series()
    if all(isinstance(cell, bool) for cell in present):
        return pl.Series("cells", kept, dtype=pl.Boolean)
    if all(isinstance(cell, dt.date) for cell in present):
        return pl.Series("cells", kept, dtype=pl.Datetime, strict=False)
    text = pl.Series("cells", [_text(cell) for cell in kept], dtype=pl.String)
    return typed(text.to_frame()).to_series()


def _is_missing(cell: Cell) -> bool:
    """Say whether a cell holds no value."""
    return cell is None or (isinstance(cell, str) and cell.strip() in MISSING_CELLS)


def _text(cell: Cell) -> str | None:
    """Return a cell as it would stand in a text table."""
    if cell is None:
        return None
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15
    return str(int(cell)) if whole and isinstance(cell, float) else str(cell)
