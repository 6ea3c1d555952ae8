"""What a cell's text means: missing, a whole number, a number, a truth value, or text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

CellType: TypeAlias = Literal["missing", "whole", "number", "boolean", "text"]

# Cells that stand for "no value", as written by R, pandas, spreadsheets and databases.
MISSING = (
    "", "NA", "N/A", "n/a", "na", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "None",
    "#N/A", "#NA", "#DIV/0!", "#VALUE!", "?", ".", "-",
)  # fmt: skip
BOOLEANS = ("true", "false")

_MISSING = frozenset(MISSING)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,15}")


def cell_type(cell: str, decimal: str = ".") -> CellType:
    """Say what the text of one cell means."""
    cell = cell.strip()
    if cell in _MISSING:
        return "missing"
    if _WHOLE.fullmatch(cell):
        return "whole"
    if _NUMBER.fullmatch(cell.replace(",", ".") if decimal == "," else cell):
        return "number"
    return "boolean" if cell.lower() in BOOLEANS else "text"


def column_type(types: Iterable[CellType]) -> CellType:
    """Return the narrowest type that holds all cells of a column."""
    found = set(types) - {"missing"}
    if not found:
        return "missing"
    if found <= {"whole", "number"}:
        return "number" if "number" in found else "whole"
    return "boolean" if found == {"boolean"} else "text"
