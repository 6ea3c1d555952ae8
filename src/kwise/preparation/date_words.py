"""Dates and times as people write them: 2023-01-05, 5.1.2023, Jan 5, 2023, 10:30 pm, Monday."""

from __future__ import annotations

import re

import polars as pl

_MONTH = (
    r"(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]vrier|mar(?:ch|s|zo)?|m[äa]rz|apr(?:il)?|"
    r"avril|abril|may|mai|mayo|june?|juni?|juin|junio|july?|juli?|juillet|julio|aug(?:ust)?|"
    r"ao[uû]t|agosto|sept?(?:ember|embre|iembre)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|"
    r"iembre)?|de[cz](?:ember|embre)?|d[ée]cembre|dic(?:iembre)?|ene(?:ro)?)\.?"
)
_DAY = (
    r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?|(?:mon|diens|donners|"
    r"frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
_CLOCK = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?(?:\s*(?:z|utc|[+-]\d{2}:?\d{2}))?"
)
_YEAR = r"(?:\d{4}|'?\d{2})"
_NUMBERS = (
    r"\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{4}-?w\d{1,2}|"
    r"\d{4}[\s-]?q[1-4]|q[1-4][\s/-]?\d{4}|\d{4}年\d{1,2}月\d{1,2}日"
)
_WORDS = (
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?[\s-]*(?:of\s+)?{_MONTH}(?:[\s,-]*{_YEAR})?|"
    rf"{_MONTH}[\s-]*\d{{1,2}}(?:st|nd|rd|th)?(?:\s*,?\s*{_YEAR})?|{_MONTH}[\s,-]*{_YEAR}|{_MONTH}"
)
_DATE = rf"(?:{_NUMBERS}|{_WORDS})"
DATE = re.compile(
    rf"(?:(?:{_DAY})\.?,?\s*)?{_DATE}(?:[\st,]+{_CLOCK}.*)?|{_CLOCK}(?:[\s,]+{_DATE})?|{_DAY}\.?",
    re.IGNORECASE,
)
LOOKED_AT = 200
# Days that stand for "no date" in databases and spreadsheets.
NO_DATES = ("1900-01-01", "1899-12-30", "1970-01-01", "9999-12-31", "0001-01-01", "1753-01-01")


def are_dates(cells: list[str]) -> bool:
    """Say whether nearly all of the cells are dates or times."""
    looked = cells[:LOOKED_AT]
    n = sum(DATE.fullmatch(cell.strip()) is not None for cell in looked)
    return n >= 0.95 * len(looked)


def no_date(column: pl.Series) -> tuple[str, int] | None:
    """Return a day that stands for "no date" and how often it does, if one is repeated."""
    text = column.cast(pl.String, strict=False).drop_nulls()
    for day in NO_DATES:
        n = int(text.str.starts_with(day).sum())
        if 3 <= n < len(text):
            return day, n
    return None
