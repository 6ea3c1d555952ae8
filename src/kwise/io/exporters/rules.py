"""How cells of text are read, as plain values: the patterns and words of ``kwise._cells``."""

from __future__ import annotations

from kwise._cells import marks, units
from kwise._cells.columns import BLANKS
from kwise._cells.missing import AMONG_NUMBERS, MISSING

__all__ = ["reading_rules"]


def reading_rules() -> dict[str, object]:
    """Return what the exported programs need to read numbers as kwise does.

    Patterns are in the syntax that Python and JavaScript share, but for ``(?P<name>``.
    """
    return {
        "missing": sorted(MISSING),
        "missing_among_numbers": sorted(AMONG_NUMBERS),
        "blanks": BLANKS,
        "parts": marks.PARTS,
        "plain": marks.PLAIN,
        "either": marks.EITHER,
        "proves": marks.PROVES,
        "valid": marks.VALID,
        "unit": f"^(?:{units.UNIT.pattern})$",
        "flag": f"^(?:{units.FLAG.pattern})$",
        "word": f"^(?:{units._WORD.pattern})$",
        "factors": units.FACTORS,
        "letters": units.LETTERS,
        "tidy": [
            [marks._NOTHING, ""],
            [marks._SPACES, " "],
            [marks._MINUS, "-"],
            [marks._APOSTROPHES, "'"],
        ],
    }
