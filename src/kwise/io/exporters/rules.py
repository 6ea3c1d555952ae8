"""How cells of text are read, as plain values: the patterns and words of ``kwise._cells``."""

from __future__ import annotations

from kwise._cells import coordinates, marks, units
from kwise._cells.columns import BLANKS
from kwise._cells.missing import AMONG_NUMBERS, MISSING
from kwise.preparation.dates import EARLIEST, FORMATS
from kwise.preparation.dates import MONTHS as MONTH_DATES

__all__ = ["reading_rules"]

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _either(names: tuple[str, ...]) -> str:
    """Return the pattern of one of these names, whole or of three letters, in any case."""

    def any_case(word: str) -> str:
        return "".join(f"[{letter}{letter.upper()}]" for letter in word)

    return "|".join(f"{any_case(each[:3])}(?:{any_case(each[3:])})?" for each in names)


# How each code of a date's format is written.
DATE_PARTS = {
    "%Y": r"\s*[+]?(?P<Y>[0-9]{4})",
    "%y": r"\s*(?P<y>[0-9]{2}|[0-9](?![0-9]))",
    "%m": r"\s*(?P<m>[0-9]{2}|[0-9](?![0-9]))",
    "%B": f"(?P<B>{_either(MONTHS)})",
    "%d": r"\s*(?P<d>[0-9]{2}|[0-9](?![0-9]))",
    "%A": f"(?P<A>{_either(WEEKDAYS)})",
    "%H": r"\s*(?P<H>[0-9]{2}|[0-9](?![0-9]))",
    "%I": r"\s*(?P<I>[0-9]{2}|[0-9](?![0-9]))",
    "%M": r"\s*(?P<M>[0-9]{2}|[0-9](?![0-9]))",
    "%S": r"\s*(?P<S>[0-9]{2}|[0-9](?![0-9]))",
    "%.f": r"(?:[.](?P<f>[0-9]+))?",
    "%p": r"(?P<p>[aApP][mM])",
    "%#z": r"\s*(?P<z>[zZ]|[+-][0-9]{2}(?::?[0-9]{2})?)",
    " ": r"\s*",
}


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
        "dates": FORMATS,
        "date_parts": DATE_PARTS,
        "months": MONTHS,
        "month_dates": MONTH_DATES,
        "weekdays": WEEKDAYS,
        "earliest": EARLIEST,
        "factors": units.FACTORS,
        "letters": units.LETTERS,
        "tidy": [list(each) for each in marks.TIDY],
        "digits": marks.DIGITS,
        "place": coordinates.PARTS,
        "places": dict(zip(coordinates.UNITS, coordinates.HALVES)),
        "farthest": dict(zip(coordinates.UNITS, coordinates.FARTHEST)),
    }
