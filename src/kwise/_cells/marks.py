"""A number in a cell, taken apart: sign, currency, digits with their marks, and what follows."""

from __future__ import annotations

import polars as pl

CURRENCY = (
    r"(?:US|A|C|CA|AU|NZ|HK|NT|S|R|MX)?[$]|[\u20a0-\u20bf\u00a3\u00a5\u0e3f]|Rs\.?|kr\.?|Fr\.?|"
    r"z\u0142|K\u010d|RM|Rp\.?|(?:USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|"
    r"ZAR|AUD|CAD|NZD|SGD|HKD|KRW|RUB|TRY|ILS|THB|IDR|MYR|PHP)"
)
# What says that a number is the end of a range, or a rough one.
LIMIT = r"(?:[<>]=?|[\u2264\u2265\u2248~]|(?:ca|approx|env)\.|about|approx|circa|etwa)"
GIVE = r"\s*(?:\u00b1|\+/-)\s*(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)"  # how far a number may be off
# Units with digits of their own: 55 m2, 7.1 L/100km, 12 per 100,000, 3 g CO2; others are none.
_REST = r"[^0-9()<>=;|\x22]{0,16}"
UNIT_WITH_DIGITS = (
    rf"(?:[kcmd]?m|ft|yd|in|mi)[23]|(?:[A-Za-z]{_REST}/|per )1,?0{{1,5}}(?:,000)?{_REST}|"
    rf"/ ?1,?0{{1,5}} ?(?:k?g|m?[lL]|km)|{_REST}(?:CO2e?|H2O|NO2|SO2|O2|m/s2){_REST}"
)
PARTS = (
    rf"^(?P<limit>{LIMIT})?\s*(?P<open>\()?\s*(?P<sign>[+-])?\s*"
    rf"(?P<before>{CURRENCY})?\s*(?P<enclosed>\()?\s*(?P<inner>[+-])?\s*"
    r"(?P<body>[0-9](?:[0-9.,' _]*[0-9])?[.,]?|[.,][0-9]+)(?P<power>[eE][+-]?[0-9]+)?"
    rf"(?P<give>{GIVE})?"
    rf"\s*(?P<after>[^0-9()<>=;|\x22]{{0,32}}?|{UNIT_WITH_DIGITS})\s*(?P<close>\))?(?P<trailing>--?)?"
    r"(?P<more>\+)?(?P<foot>(?:\s*(?:\[(?:note |nb )?[0-9]{1,3}\]|\([a-z]\)))+)?$"
)
# Digits by the marks among them; ``prove`` says which decimal mark a class speaks for.
PLAIN = r"^[0-9]+$"
EITHER = {",": r"^[1-9][0-9]{0,2},[0-9]{3}$", ".": r"^[1-9][0-9]{0,2}\.[0-9]{3}$"}
_INDIAN = r"^[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?$"
PROVES = {
    ".": r"^[0-9]*\.[0-9]*$|^[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}$|"
    rf"^[1-9][0-9]{{0,2}}(?:[,' _][0-9]{{3}})+\.[0-9]*$|{_INDIAN}",
    ",": r"^[0-9]*,[0-9]*$|^[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}$|"
    r"^[1-9][0-9]{0,2}(?:[.' _][0-9]{3})+,[0-9]*$",
}
VALID = {
    ".": r"^[0-9]+\.?[0-9]*$|^\.[0-9]+$|^[1-9][0-9]{0,2}(?:[,' _][0-9]{3})+(?:\.[0-9]*)?$|"
    + _INDIAN,
    ",": r"^[0-9]+,?[0-9]*$|^,[0-9]+$|^[1-9][0-9]{0,2}(?:[.' _][0-9]{3})+(?:,[0-9]*)?$",
}
UNDECIDED = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"  # 1.234, or 1,234 as Germans write it
YEAR = r"^(?:1[89]|20)[0-9]{2}$"
GROUPED = r"[0-9][,.' _][0-9]{3}(?:\D|$)"
CODE = r"^[+-]?0[0-9]+$"  # a whole number with leading zeros: digits that name, not count
FRACTION = r"^\s*[0-9]+(?:[.,][0-9]+)?\s*/\s*[0-9]+\s*$"
# 1 1/2; 40.7 (39-42), 40.7(3); 1h 30m; 5'11" or 5 ft 11 in; 120/80 mmHg; 3 out of 5; 10 to 20;
# $10-$20, 10-20 %; 1920x1080.
COMPOUND = (
    r"^[0-9]+ [0-9]+/[0-9]+$|^-?[0-9][0-9.,]*\s*%?\s*\([^()]*[0-9][^()]*\)$|"
    r"^(?:[0-9]+\s*(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\.?\s*){2,}$|"
    r"^[0-9]+\s*(?:'|\u2032|ft\.?|feet)\s*[0-9]+(?:[.,][0-9]+)?\s*(?:''|[\x22\u2033\u201d]|in\.?)?$|"
    r"^[0-9]+\s*/\s*[0-9]+ ?[A-Za-z]+$|"
    r"^[0-9][0-9.,]*\s*(?:out of|of|von|sur|de)\s*[0-9][0-9.,]*$|"
    r"^[0-9][0-9.,]*(?:\s*[x\u00d7*]\s*[0-9][0-9.,]*){1,2}\s*[A-Za-z]{0,3}$|"
    rf"^(?:{CURRENCY})?\s*[0-9][0-9.,]*[KMk]?\s*[%\u20ac]?\s*(?:to|bis|\u2013|\.\.)\s*"
    rf"(?:{CURRENCY})?\s*[0-9][0-9.,]*[KMk]?(?:\s*[^\s0-9]{{1,12}})?$|"
    rf"^(?:{CURRENCY})\s*[0-9][0-9.,]*[KMk]?\s*-\s*(?:{CURRENCY})?\s*[0-9][0-9.,]*[KMk]?$|"
    r"^[0-9][0-9.,]*\s*%?\s*-\s*[0-9][0-9.,]*\s*(?:%|\u20ac|[A-Za-z]{1,8})$"
)
RANGE = r"^\s*([0-9]+(?:\.[0-9]+)?)\s*-\s*([0-9]+(?:\.[0-9]+)?)\s*$"


# How spreadsheets keep a cell from being read as they would: '123 and ="123".
_AS_TEXT = r"^(?:'([0-9+-].*)|=\x22(.*)\x22)$"
_SPACES = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_MINUS = "[\u2212\u2012\u2013\u2011\ufe63\uff0d]"
_APOSTROPHES = "[\u2019\u2018\u02bc\u00b4`\uff07]"
_NOTHING = "[\u200b-\u200f\u2060\ufeff]"
# Digits of other scripts (Arabic, Persian, Devanagari), with their marks.
_FOREIGN = "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]"
_OTHERS = (
    *(("[" + "".join(chr(zero + i) for zero in (0x660, 0x6F0, 0x966)) + "]", str(i))
      for i in range(10)),
    ("\u066b", "."), ("\u066c", ","),
)  # fmt: skip
TIDY = ((_NOTHING, ""), (_SPACES, " "), (_MINUS, "-"), (_APOSTROPHES, "'"), *_OTHERS)
DIGITS = "[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]"


def tidied(cells: pl.Series) -> pl.Series:
    """Strip cells, and write blanks, minus signs and apostrophes of all kinds as ASCII does.

    Words keep their letters: only what stands beside a digit can be a number's mark.
    """
    stripped = cells.str.strip_chars()
    if stripped.str.contains(_AS_TEXT).any():
        stripped = stripped.str.replace(_AS_TEXT, "${1}${2}")
    if not stripped.str.contains(r"[^\x00-\x7f]").any():
        return stripped
    digits = stripped.str.contains(DIGITS) & stripped.str.contains(r"[^\x00-\x7f]")
    plain = (
        stripped.str.replace_all(_NOTHING, "")
        .str.replace_all(_SPACES, " ")
        .str.replace_all(_MINUS, "-")
        .str.replace_all(_APOSTROPHES, "'")
        .str.strip_chars()
    )
    if plain.str.contains(_FOREIGN).any():
        for other, digit in _OTHERS:
            plain = plain.str.replace_all(other, digit)
    if plain.str.contains("[\uff00-\uff5e]").any():  # full-width forms
        plain = plain.str.normalize("NFKC")
    return pl.select(pl.when(digits).then(plain).otherwise(stripped).alias(cells.name)).to_series()
