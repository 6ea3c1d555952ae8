"""Find the header of a text table: the names of its columns."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from kwise.io.cells import CellType, cell_type, column_type


@dataclass(frozen=True)
class Header:
    """The names of the columns, and how many rows and lines of the sample they take."""

    names: tuple[str, ...]
    n_rows: int
    n_lines: int
    notes: tuple[str, ...]


def find_header(
    rows: list[list[str]],
    leading: list[str],
    comment: str | None,
    wanted: Literal["auto"] | bool,
    delimiter: str,
    decimal: str,
) -> Header:
    """Return the names of the columns, from the first row, a comment above it, or numbered."""
    if wanted is True or (wanted == "auto" and _is_header(rows, decimal)):
        return _named(rows)
    width = _usual_width(rows)
    if wanted == "auto" and leading and comment is not None:
        above = next(csv.reader([leading[-1].removeprefix(comment).strip()], delimiter=delimiter))
        above = [each for each in above if each] if delimiter == " " else above
        named = len(above) == width > 1 and _all_text(above)
        if named:
            note = "the last comment above the first row names the columns"
            return Header(tuple(each.strip() for each in above), 0, 0, (note,))
    names = tuple(f"column {j + 1}" for j in range(width))
    last = f" to {names[-1]}" if width > 1 else ""
    why = "as asked" if wanted is False else "the first row holds data"
    return Header(names, 0, 0, (f"there is no header ({why}): columns are {names[0]}{last}",))


def _named(rows: list[list[str]]) -> Header:
    """Take the first row as names; R leaves the column of row names without one."""
    names = [each.strip() for each in rows[0]]
    n_lines = 1 + sum(each.count("\n") for each in rows[0])
    notes = ["the first row names the columns"]
    if len(rows) > 1 and all(len(row) == len(names) + 1 for row in rows[1:]):
        if all(row[-1].strip() == "" for row in rows[1:]):
            names.append("")
            notes.append("every row ends with a delimiter: the empty last column was left out")
        else:
            names.insert(0, "row name")
            notes.append("the rows hold one cell more than the header: the first is the row name")
    return Header(tuple(names), 1, n_lines, tuple(notes))


def _is_header(rows: list[list[str]], decimal: str) -> bool:
    """Say whether the first row names the columns.

    It does if it holds no number; or if its numbers are a scale, such as years, over cells
    that are not.
    """
    types = [cell_type(each, decimal) for each in rows[0]]
    if not rows[0] or set(types) == {"missing"}:
        return False
    if not any(each in ("whole", "number") for each in types):
        return _names_something(rows, types, decimal)
    return _is_scale(rows, types)


def _names_something(rows: list[list[str]], types: list[CellType], decimal: str) -> bool:
    """Say whether a row of text is a header: it is, unless it repeats or gaps like data.

    Text over text is taken as a header, as nearly every file has one.
    """
    missing = sum(each == "missing" for each in types)
    if any(each == "boolean" for each in types) or missing > max(1, 0.5 * len(types)):
        return False
    below = (
        column_type(cell_type(row[j], decimal) for row in rows[1:] if j < len(row))
        for j in range(len(types))
    )
    if any(each in ("whole", "number") for each in below):
        return True
    return all(rows[0] != row for row in rows[1:])


def _is_scale(rows: list[list[str]], types: list[CellType]) -> bool:
    """Say whether the numbers of the first row are a scale: years, or 0 1 2 ... ."""
    values = [int(cell) for cell, each in zip(rows[0], types) if each == "whole"]
    if "number" in types or len(values) < 3 or len(rows) < 3 or not _counts_on(values):
        return False
    years = values[0] >= 1900 and values[-1] <= 2100
    positions = values[0] in (0, 1) and values[1] == values[0] + 1
    # A column of names in front is a strong sign; without it, the scale must be longer.
    enough = types[0] not in ("whole", "number") or len(values) >= 5
    columns = [j for j, each in enumerate(types) if each == "whole"]
    below = [[row[j] for j in columns if j < len(row)] for row in rows[1:4]]
    like_it = [
        all(cell_type(cell) == "whole" for cell in cells) and _counts_on([int(c) for c in cells])
        for cells in below
    ]
    return (years or positions) and enough and not all(like_it)


def _counts_on(values: list[int]) -> bool:
    """Say whether numbers rise in even steps."""
    steps = {b - a for a, b in pairwise(values)}
    return len(steps) == 1 and min(steps) > 0


def _usual_width(rows: list[list[str]]) -> int:
    """Return the most frequent number of cells in a row."""
    return Counter(len(row) for row in rows).most_common(1)[0][0]


def _all_text(cells: list[str]) -> bool:
    """Say whether every cell is text."""
    return all(cell_type(each) == "text" for each in cells)
