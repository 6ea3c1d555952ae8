"""Words that stand for "no value"."""

from __future__ import annotations

# In any column: as written by R, pandas, spreadsheets, databases and C.
MISSING = (
    "", "NA", "N/A", "n/a", "na", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "None",
    "#N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#ERROR!",
    "#N/A N/A", "NaT", "<null>", "(null)", "[null]", "\\N", "-NaN", "-nan",
    "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "1.#IND00", "-1.#IND00", "n.a.", "N.A.", "n.a",
    "?", ".", "-", "--", "---", "..", "...", "\u2013", "\u2014", "\u2026",
)  # fmt: skip

# Only where the other cells are numbers: among words, each of these may be a category.
AMONG_NUMBERS = frozenset(
    {
        ":", "*", "**", "***", "none", "unknown", "missing", "nil", "n.d.",
        "nd", "n.d", "n.v.", "k.a.", "k. a.", "k.a", "s.d.", "no data", "nodata", "not available",
        "not applicable", "not reported", "not known", "not stated", "not recorded",
        "not specified", "unspecified", "undefined", "unavailable", "blank", "(blank)", "empty",
        "(empty)", "tbd", "tba", "tbc", "n.r.", "nr", "n/r", "n/d", "suppressed", "withheld",
        "confidential", "(x)", "(d)", "(s)", "(na)", "(n/a)", "unbekannt", "inconnu",
        "desconocido", "fehlt", "keine angabe", "na.", "na_", "nan.", "????", "??", "???", "-.-",
        "- -", "\u00b7", "no value", "no answer", "no response", "refused", "don't know",
    }
)  # fmt: skip
