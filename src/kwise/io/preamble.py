"""Where a table begins: titles and notes above it, and lines of units below its header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kwise._cells.missing import AMONG_NUMBERS
from kwise.io.cells import NUMBERS, CellType, cell_type, column_type

MOST_ABOVE = 50  # rows above a table
MOST_UNITS = 3  # rows between the header and the first row of cells
LOOKED_AT = 50  # rows that tell what a column holds
MOST_COLUMNS = 200  # that tell whether a row is one of cells
_RULE = re.compile(r":?(?:-{3,}|={3,}):?")  # between the names and the rows of a Markdown table
_UNIT = re.compile(
    r"[\[(<{].*[\])>}]|%|[a-zA-Z\u00b5\u00b0\u20ac$\u00a3]{1,5}([/^*.][a-zA-Z\u00b50-9^-]{1,5})*[\u00b2\u00b30-9]?"
)


def rows_above(rows: Sequence[Sequence[str]], width: int, breaks: Sequence[int] = ()) -> int:
    """Return how many rows stand above a table, such as a title and notes.

    ``breaks`` holds the places of rows that a blank line precedes.
    """
    places = range(min(len(rows), MOST_ABOVE + 1))
    first = next((i for i in places if _belongs(rows, i, width)), 0)
    if first and first < len(rows) - 1 and _names_without_row_name(rows, first, width):
        first -= 1
    for place in breaks:
        # A block of its own above a blank line, and names below it.
        early = first < place <= min(MOST_ABOVE, len(rows) - 2) and len(rows[place]) == width
        if early and names_columns(rows[place:]) and not holds_numbers(rows[first:place]):
            first = place
    return first


def _belongs(rows: Sequence[Sequence[str]], i: int, width: int) -> bool:
    """Say whether a row can be part of the table: as wide, and no title in its first cell alone."""
    row = rows[i]
    if len(row) != width:
        return False
    filled = [j for j, cell in enumerate(row) if cell.strip()]
    if width == 1 or len(filled) > 1 or filled not in ([], [0]):
        return True
    return width == 2 and bool(filled) and not names_columns(rows[i + 1 :])


def _names_without_row_name(rows: Sequence[Sequence[str]], first: int, width: int) -> bool:
    """Say whether the row above the first wide one is a header that names no row names."""
    above = rows[first - 1]
    wordy = all(cell_type(cell) in ("text", "whole") for cell in above)
    return len(above) == width - 1 > 0 and wordy and not names_columns(rows[first:])


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether a row holds words only, over columns of which some hold numbers."""
    if not rows or not all(cell_type(cell) == "text" for cell in rows[0]):
        return False
    width = len(rows[0])
    body = [row for row in rows[1:] if len(row) == width]  # a note may stand below
    return any(each in NUMBERS for each in types_of(body, width))


def holds_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether rows are cells of a table rather than notes: a column of three numbers."""
    width = max((len(row) for row in rows), default=0)
    return len(rows) >= 3 and any(each in NUMBERS for each in types_of(rows[1:], width))


def types_of(rows: Sequence[Sequence[str]], width: int) -> list[CellType]:
    """Return the type of each column."""
    body = rows[:LOOKED_AT]
    return [column_type(cell_type(row[j]) for row in body if j < len(row)) for j in range(width)]


def rows_of_units(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows below the header hold units or remarks instead of cells."""
    rows = [row[:MOST_COLUMNS] for row in rows[: LOOKED_AT + MOST_UNITS]]
    for n in range(min(MOST_UNITS, len(rows) - 2), 0, -1):
        width = len(rows[n])
        numbers = [j for j, each in enumerate(types_of(rows[n + 1 :], width)) if each in NUMBERS]
        if numbers and all(
            _are_remarks(row, numbers) or _numbers_columns(row) for row in rows[1 : n + 1]
        ):
            return n
    return 0


def _numbers_columns(row: Sequence[str]) -> bool:
    """Say whether cells number the columns, (1), (2), (3) ..., as tables in print do."""
    found = [re.fullmatch(r"[(\[]([0-9]+)[)\]]", cell.strip()) for cell in row if cell.strip()]
    numbers = [int(each[1]) for each in found if each is not None]
    return len(found) > 2 and numbers == list(range(1, len(found) + 1))


def _are_remarks(row: Sequence[str], numbers: Sequence[int]) -> bool:
    """Say whether cells above numbers are words, or a rule; a lone one must look like a unit."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if filled and all(_RULE.fullmatch(cell) for cell in filled):
        return True
    cells = [row[j].strip() for j in numbers if j < len(row)]
    words = [cell for cell in cells if cell_type(cell) == "text"]
    words = [cell for cell in words if cell.lower() not in AMONG_NUMBERS]
    blank = sum(cell_type(cell) == "missing" for cell in cells)
    if not words or len(words) + blank < len(cells):
        return False
    units = all(_UNIT.fullmatch(word) for word in words)
    return units if len(words) == 1 else units or blank == 0
