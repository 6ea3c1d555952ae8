"""Words that stand for "no value"."""

from __future__ import annotations

# In any column: as written by R, pandas, spreadsheets, databases and C.
MISSING = (
    "", "NA", "N/A", "n/a", "na", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "None",
    "#N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#ERROR!",
    "#N/A N/A", "NaT", "<null>", "(null)", "[null]", "\\N", "-NaN", "-nan",
    "#NV", "#N/D", "#N/V", "#REF", "#WERT!", "#BEZUG!", "#ZAHL!", "#VALEUR!", "#NOMBRE!", "#NOM?",
    "#NOMBRE?", "#\u00a1VALOR!", "#\u00a1REF!", "#\u00a1NUM!", "#\u00a1DIV/0!", "[NULL]", "<NULL>",
    "./.", "///",
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
        "(empty)", "leer", "(leer)", "s/d", "s/i", "n.b.", "n/b", "n.c.", "nc", "n.p.", "np", "n/m",
        "n.m.", "n.k.", "b.d.", "o.a.", "o. a.", "n/s", "n.s.", "ns/nc", "error", "err", "#err",
        "sin dato", "sin datos", "sem dados", "no disponible", "no aplica", "ausente",
        "n\u00e3o informado", "nao informado", "n\u00e3o dispon\u00edvel", "ohne angabe",
        "nicht verf\u00fcgbar", "entf\u00e4llt", "non disponible", "pas de donnée",
        "pas de données", "non disponibile", "nessun dato", "mancante", "ej angivet",
        "uppgift saknas", "ikke oppgitt", "ikke oplyst", "onbekend", "geen data", "geen gegevens",
        "brak danych", "brak", "nieznane", "nezn\u00e1m\u00e9", "bilinmiyor",
        "\u043d/\u0434", "\u043d\u0435\u0442 \u0434\u0430\u043d\u043d\u044b\u0445",
        "\u4e0d\u660e", "\u672a\u77e5", "\u7f3a\u5931", "\u306a\u3057",
        "\u30c7\u30fc\u30bf\u306a\u3057", "\uc5c6\uc74c", "not measured", "not determined",
        "tbd", "tba", "tbc", "n.r.", "nr", "n/r", "n/d", "suppressed", "withheld",
        "confidential", "(x)", "(d)", "(s)", "(na)", "(n/a)", "unbekannt", "inconnu",
        "desconocido", "fehlt", "keine angabe", "na.", "na_", "nan.", "????", "??", "???", "-.-",
        "- -", "\u00b7", "no value", "no answer", "no response", "refused", "don't know",
    }
)  # fmt: skip
