"""Reader of workbooks: Excel (.xlsx) and OpenDocument (.ods)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from kwise._cells.columns import narrowed
from kwise._cells.missing import MISSING
from kwise._column_names import distinct_names
from kwise._optional import require
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.footnotes import rows_kept
from kwise.io.header import find_header
from kwise.io.preamble import rows_above, types_of
from kwise.io.sheet_size import refuse_stray_cells
from kwise.io.table import RawTable

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

    from kwise.io.options import ReadOptions
    from kwise.io.sources import Source

Cell: TypeAlias = object  # float, str, bool, date, datetime, time or timedelta
Rows: TypeAlias = list[list[Cell]]
MISSING_CELLS = frozenset(MISSING)
LOOKED_AT = 100  # rows that the header, and below which notes, are found from


def read(source: Source, options: ReadOptions) -> RawTable:
    """Read one sheet of a workbook."""
    calamine = require("python_calamine", extra="report")
    options.progress(f"reading {source.name}", 0, 1)
    refuse_stray_cells(source.data, name=source.name)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data[:]))
        title, rows = _chosen(workbook, options.sheet, source.name)
    except calamine.CalamineError as error:
        raise DataFileError(
            f"{source.name}: the workbook is damaged, locked or cut off ({error})"
        ) from error
    options.progress(f"reading {source.name}", 1, 1)
    raw = _framed(rows, options, f"{source.name}, sheet {title!r}")
    others = [each for each in workbook.sheet_names if each != title]
    which = f"sheet {title!r} was read"
    if others:
        which += f"; others: {', '.join(map(repr, others))} (sheet=... reads them)"
    return RawTable(raw.frame, (which, *raw.notes), loose=True)


def _chosen(workbook: CalamineWorkbook, sheet: str | int | None, name: str) -> tuple[str, Rows]:
    """Return the sheet to read, by name: the one asked for, or the first visible table."""
    names = workbook.sheet_names
    if not names:
        raise DataFileError(f"{name}: the workbook has no sheets")
    if sheet is not None:
        title = _asked(names, sheet, name)
        rows = _filled_rows(workbook, title)
        if not rows:
            raise DataFileError(f"{name}: sheet {title!r} holds no cells")
        return title, rows
    hidden = {
        each.name for each in workbook.sheets_metadata if not str(each.visible).endswith("Visible")
    }
    ordered = [each for each in names if each not in hidden] + [
        each for each in names if each in hidden
    ]
    found = {}
    for title in ordered:
        found[title] = _filled_rows(workbook, title)
        if _is_table(found[title]) and not _are_facts(found[title]):
            return title, found[title]
    tables = (each for each in ordered if _is_table(found[each]))
    title = next(tables, next((each for each in ordered if found[each]), ordered[0]))
    if not found[title]:
        raise DataFileError(f"{name}: sheet {title!r} holds no cells, nor does any other")
    return title, found[title]


def _asked(names: list[str], sheet: str | int, name: str) -> str:
    """Return the name of the sheet that was asked for by its name, or its number from 1."""
    if isinstance(sheet, str) and sheet not in names and sheet.isdigit():
        sheet = int(sheet)
    if isinstance(sheet, int):
        if not 1 <= sheet <= len(names):
            raise ValueError(f"{name}: sheet={sheet} is out of range; there are {len(names)} "
                             f"sheets, counted from 1 ({', '.join(names)})")  # fmt: skip
        return names[sheet - 1]
    if sheet not in names:
        raise ValueError(f"{name}: " + unknown_name(sheet, names, what="sheet"))
    return sheet


def _is_table(rows: Rows) -> bool:
    """Say whether cells are a table rather than a cover: rows and columns, some of numbers."""
    body = rows[1 : LOOKED_AT + 1]
    full = [row for row in body if sum(not _is_blank(cell) for cell in row) > 1]
    if len(full) < 2:
        numbers = sum(isinstance(row[0], (int, float)) for row in body if row)
        return len(rows[0]) == 1 and numbers >= 2 if rows else False
    return True


def _are_facts(rows: Rows) -> bool:
    """Say whether cells tell of a file, name by name: Author, X; Year, 2023."""
    if len(rows) > LOOKED_AT or len(rows[0]) != 2:
        return False
    second = [row[1] for row in rows if not _is_blank(row[1])]
    n_words = sum(isinstance(cell, str) for cell in second[1:])
    named = [row[0] for row in rows]
    distinct = len(set(map(str, named))) == len(named)
    return distinct and all(isinstance(cell, str) for cell in named) and 0 < n_words < len(second)


def _filled_rows(workbook: CalamineWorkbook, title: str) -> Rows:
    """Return the rows of a sheet that hold a cell, without columns that hold none."""
    cells = workbook.get_sheet_by_name(title).to_python(skip_empty_area=True)
    rows: Rows = [list(row) for row in cells if not all(map(_is_blank, row))]
    if not rows:
        return rows
    kept = [j for j in range(len(rows[0])) if any(not _is_blank(row[j]) for row in rows)]
    return rows if len(kept) == len(rows[0]) else [[row[j] for j in kept] for row in rows]


def _framed(rows: Rows, options: ReadOptions, name: str) -> RawTable:
    """Find where the table begins and ends and its header, then give every column its type."""
    rows = rows[options.skip_lines or 0 :]
    text = [[_text(cell) or "" for cell in row] for row in rows[:LOOKED_AT]]
    if not text:
        raise DataFileError(f"{name}: no row is left below the {options.skip_lines} that it skips")
    settled = options.skip_lines is not None or options.header is False
    first = 0 if settled else rows_above(text, len(text[0]))
    header = find_header(text[first:], options.header)
    names, renamed = distinct_names(header.names)
    body = rows[first + header.n_rows :]
    types = types_of(text[first + header.n_rows :], len(names))
    tail = [[(_text(cell) or "").strip() for cell in row] for row in body[-LOOKED_AT:]]
    n_below = len(tail) - rows_kept(tail, types) if len(names) > 1 else 0
    notes = (*_left_out(text[:first], "above"), *_left_out(tail[len(tail) - n_below :], "below"))
    body = body[: len(body) - n_below][: options.n_rows]
    if not body:
        raise DataFileError(
            f"{name}: there is a header ({', '.join(names[:5])[:150]}) and no row below"
        )
    columns = [_column([row[j] for row in body]).alias(title) for j, title in enumerate(names)]
    return RawTable(pl.DataFrame(columns), (*notes, *header.notes, *renamed))


def _left_out(rows: Sequence[Sequence[str]], where: str) -> tuple[str, ...]:
    """Say which rows around the table were left out."""
    if not rows:
        return ()
    shown = " / ".join(" ".join(filter(None, row)) for row in rows)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    said = f"1 row {where} the table was" if len(rows) == 1 else (
        f"{len(rows)} rows {where} the table were"
    )  # fmt: skip
    return (f"{said} left out: {shown!r}",)


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
    return pl.Series("cells", [_text(cell) for cell in kept], dtype=pl.String)


def _is_missing(cell: Cell) -> bool:
    """Say whether a cell holds no value."""
    return cell is None or (isinstance(cell, str) and cell.strip() in MISSING_CELLS)


def _is_blank(cell: Cell) -> bool:
    """Say whether a cell holds nothing at all, not even a word for a missing value."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _text(cell: Cell) -> str | None:
    """Return a cell as it would stand in a text table."""
    if cell is None:
        return None
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15
    return str(int(cell)) if whole and isinstance(cell, float) else str(cell)
