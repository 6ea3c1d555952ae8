"""What the text of a single cell looks like, before all cells of its column are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from kwise._cells.marks import PARTS, UNDECIDED
from kwise._cells.missing import MISSING

# "written": a number as people write it; "undecided": 1.234, which may be over a thousand.
CellType: TypeAlias = Literal[
    "missing", "whole", "number", "undecided", "written", "boolean", "text"
]

BOOLEANS = ("true", "false")
NUMBERS: tuple[CellType, ...] = ("whole", "number", "undecided", "written")

_MISSING = frozenset(MISSING)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})")
_UNDECIDED = re.compile(UNDECIDED)
_PARTS = re.compile(PARTS)


def cell_type(cell: str) -> CellType:
    """Say what the text of one cell looks like."""
    cell = cell.strip()
    if cell in _MISSING:
        return "missing"
    if _WHOLE.fullmatch(cell):
        return "whole"
    if _NUMBER.fullmatch(cell):
        if _UNDECIDED.fullmatch(cell):
            return "undecided"
        return "written" if cell.lstrip("+-").isdigit() else "number"  # 007 is written
    if cell.lower() in BOOLEANS:
        return "boolean"
    return "written" if cell[-1:] and _PARTS.match(cell) else "text"


def column_type(types: Iterable[CellType]) -> CellType:
    """Return the narrowest type that holds all cells of a column."""
    found = set(types) - {"missing"}
    if not found:
        return "missing"
    if found == {"whole"}:
        return "whole"
    if "number" in found and found <= {"whole", "number", "undecided"}:
        return "number"
    if found <= set(NUMBERS):
        return "written"
    return "boolean" if found == {"boolean"} else "text"
