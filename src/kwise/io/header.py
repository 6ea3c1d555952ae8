"""Find the header of a text table: the names of its columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kwise.io.cells import NUMBERS, CellType, cell_type, column_type
from kwise.io.delimiter import usual_width
from kwise.io.preamble import MOST_COLUMNS, rows_of_units, types_of


@dataclass(frozen=True)
class Header:
    """The names of the columns, and how many rows of the sample they take."""

    names: tuple[str, ...]
    n_rows: int
    notes: tuple[str, ...]


def find_header(
    rows: list[list[str]], wanted: str | bool | int, above: tuple[str, ...] = ()
) -> Header:
    """Return the names of the columns: from the first rows, from ``above`` them, or numbered.

    ``above`` are names that a comment before the first row offers.
    """
    if not isinstance(wanted, str) and wanted > 1:
        return _joined(rows, min(wanted, len(rows) - 1))
    if wanted == "auto" and _has_two_lines(rows):
        return _joined(rows, 2)
    if (wanted != "auto" and wanted) or (wanted == "auto" and _is_header(rows)):
        return _named(rows, units=wanted == "auto")
    width = usual_width(rows)
    if wanted == "auto" and len(above) == width > 1:
        return Header(above, 0, ("the last comment above the first row names the columns",))
    names = tuple(f"column {j + 1}" for j in range(width))
    last = f" to {names[-1]}" if width > 1 else ""
    why = "as asked" if wanted != "auto" else "the first row holds data"
    return Header(names, 0, (f"there is no header ({why}): columns are {names[0]}{last}",))


def names_in_comment(leading: Sequence[str], comment: str | None, delimiter: str) -> list[str]:
    """Return the cells of the last comment, if all are words."""
    if not leading or comment is None:
        return []
    line = leading[-1].removeprefix(comment).strip()
    try:
        cells = [each.strip() for each in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
    cells = [each for each in cells if each] if delimiter == " " else cells
    return cells if all(cell_type(each) == "text" for each in cells) else []


def _named(rows: list[list[str]], *, units: bool) -> Header:
    """Take the first row as names; R leaves the column of row names without one."""
    names = [each.strip() for each in rows[0]]
    notes = ["the first row names the columns"]
    n_units = rows_of_units(rows) if units and len(rows) > 2 else 0
    if n_units:
        shown = "; ".join(", ".join(filter(None, row[:8])) for row in rows[1 : n_units + 1])[:120]
        notes.append(f"below the header, units or remarks were left out: {shown}")
    body = rows[n_units + 1 :]
    if body and all(len(row) == len(names) + 1 for row in body):
        if all(row[-1].strip() == "" for row in body):
            names.append("")
            notes.append("every row ends with a delimiter: the empty last column was left out")
        else:
            names.insert(0, "row name")
            notes.append("the rows hold one cell more than the header: the first is the row name")
    return Header(tuple(names), 1 + n_units, tuple(notes))


def _has_two_lines(rows: list[list[str]]) -> bool:
    """Say whether two lines name the columns: groups of columns, then each one in them.

    The upper one names a group once, above the first of its columns, or again above each.
    """
    if len(rows) < 4 or len(rows[0]) != len(rows[1]) or len(rows[0]) < 3:
        return False
    rows = [row[:MOST_COLUMNS] for row in rows]
    upper, lower = ([each.strip() for each in row] for row in rows[:2])
    filled = [each for each in upper if each]
    grouped = 1 < len(filled) < len(upper) or len(set(filled)) < len(filled) == len(upper)
    words = all(cell_type(each) in ("text", "missing") for each in filled)
    named = sum(cell_type(each) == "text" for each in lower)
    below = types_of(rows[2:], len(lower))
    over_numbers = [lower[j] for j, each in enumerate(below) if each in NUMBERS]
    return (
        grouped
        and words
        and named >= len(lower) - 1
        and len(over_numbers) > 1
        and all(cell_type(each) == "text" for each in over_numbers)
    )


def _joined(rows: list[list[str]], n: int) -> Header:
    """Join the names of several lines, column by column; a group's name holds until the next."""
    width = usual_width(rows)
    names = [""] * width
    for i, row in enumerate(rows[:n]):
        cells = [each.strip() for each in row] + [""] * (width - len(row))
        for j in range(1, width if i < n - 1 else 0):
            cells[j] = cells[j] or cells[j - 1]
        names = [
            before if not cell or cell == before else f"{before} {cell}".strip()
            for before, cell in zip(names, cells)
        ]
    shown = ", ".join(repr(name) for name in names[:3])
    return Header(tuple(names), n, (f"{n} lines name the columns: {shown} ...",))


def _is_header(rows: list[list[str]]) -> bool:
    """Say whether the first row names the columns.

    It does if it holds no number; or if its numbers are a scale, such as years, over cells
    that are not.
    """
    types = [_type_above(rows, j) for j in range(len(rows[0]))]
    if not rows[0] or set(types) == {"missing"}:
        return False
    if not any(each in NUMBERS for each in types):
        return _names_something(rows, types)
    return _is_scale(rows, types)


def _type_above(rows: list[list[str]], j: int) -> CellType:
    """Return the type of a cell of the first row; "24h" is a name unless cells below are alike."""
    found = cell_type(rows[0][j])
    if found != "written":
        return found
    below = {cell_type(row[j]) for row in rows[1:10] if j < len(row)}
    return "written" if "written" in below or not below else "text"


def _names_something(rows: list[list[str]], types: list[CellType]) -> bool:
    """Say whether a row of text is a header: it is, unless it repeats or gaps like data.

    Text over text is taken as a header, as nearly every file has one.
    """
    missing = sum(each == "missing" for each in types)
    if any(each == "boolean" for each in types) or missing > max(1, 0.5 * len(types)):
        return False
    others = [row for row in rows[1:] if row != rows[0]]  # a header may stand again below
    below = (
        column_type(cell_type(row[j]) for row in others if j < len(row)) for j in range(len(types))
    )
    if any(each in NUMBERS for each in below):
        return True
    return all(rows[0] != row for row in rows[1:])


def _is_scale(rows: list[list[str]], types: list[CellType]) -> bool:
    """Say whether the numbers of the first row are a scale: years, or 0 1 2 ... ."""
    columns = [j for j, each in enumerate(types) if each == "whole"]
    values = [int(rows[0][j]) for j in columns]
    if "number" in types or "written" in types or len(values) < 2 or len(rows) < 3:
        return False
    named = types[0] not in NUMBERS
    below = [[row[j] for j in columns if j < len(row)] for row in rows[1:4]]
    if _are_years(values) and named:
        return not any(_are_years([int(c) for c in cells if cell_type(c) == "whole"], len(values))
                       for cells in below)  # fmt: skip
    if len(values) < 3 or not _counts_on(values):
        return False
    years = values[0] >= 1900 and values[-1] <= 2100
    positions = values[0] in (0, 1) and values[1] == values[0] + 1
    # A column of names in front is a strong sign; without it, the scale must be longer.
    enough = named or len(values) >= 5
    like_it = [
        all(cell_type(cell) == "whole" for cell in cells) and _counts_on([int(c) for c in cells])
        for cells in below
    ]
    return (years or positions) and enough and not all(like_it)


def _are_years(values: list[int], at_least: int = 2) -> bool:
    """Say whether whole numbers are years, one after the other or back in time."""
    steps = [b - a for a, b in pairwise(values)]
    ordered = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    return len(values) >= at_least and ordered and all(1800 <= year <= 2100 for year in values)


def _counts_on(values: list[int]) -> bool:
    """Say whether numbers rise in even steps."""
    steps = {b - a for a, b in pairwise(values)}
    return len(steps) == 1 and min(steps) > 0
