"""Columns of dates as numbers: days since 1970-01-01, or hours of the day where no day is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from kwise._cells.numbers import without_missing

DAY, HOUR = 86_400_000_000, 3_600_000_000  # in microseconds
EARLIEST = 1000  # year: an earlier one is two digits of another
LOOKED_AT = 200  # distinct cells by which most ways of writing are ruled out
# How days are written; of two that fit all cells the first is taken, and both are named.
DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y", "%d.%m.%Y", "%m/%d/%y", "%m/%d/%Y",
    "%d/%m/%y", "%d/%m/%Y", "%d-%m-%y", "%d-%m-%Y", "%m-%d-%y", "%m-%d-%Y", "%d-%B-%y", "%d-%B-%Y",
    "%d %B %y", "%d %B %Y", "%d. %B %Y", "%B %d, %Y", "%B %d %Y", "%A, %B %d, %Y", "%A, %d %B %Y",
)  # fmt: skip
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%B %Y", "%B-%Y", "%B-%y", "%B %y", "%Y %B")
CLOCKS = ("%H:%M:%S%.f", "%H:%M", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p")
ZONES = ("T%H:%M:%S%.f%#z", " %H:%M:%S%.f%#z", " %H:%M:%S%.f %#z")
FIRST_DAY = " %d"  # a month counts from its first day
FORMATS = (
    *DAYS,
    *(f"{month}{FIRST_DAY}" for month in MONTHS),
    *(f"{day}{mark}{clock}" for day in DAYS for mark in (" ", "T", ", ") for clock in CLOCKS),
    *(f"{day}{zone}" for day in DAYS[:2] for zone in ZONES),
    *CLOCKS,
)
SPOKEN: Mapping[str, str] = MappingProxyType(
    {"%Y": "year", "%y": "year", "%m": "month", "%B": "month", "%d": "day", "%A": "weekday"}
)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How a column of text writes its dates: ``text`` for strptime, and another way that fits."""

    text: str
    other: str = ""


def date_format(column: pl.Series) -> DateFormat:
    """Return how a column writes dates, as all of its cells say.

    Raises
    ------
    ValueError
        If no way of writing fits all cells; the message names one.
    """
    if column.dtype != pl.String:
        return DateFormat("")
    cells = without_missing(column).drop_nulls().unique(maintain_order=True)
    head = cells.head(LOOKED_AT)
    likely = [each for each in FORMATS if _fits(head, each)]
    fitting = [each for each in likely if _fits(cells, each)][:2]
    # Rows mostly stand in order of time: of day/month and month/day that tells more than habits.
    fitting.sort(key=lambda each: not _parsed(cells, each).is_sorted())
    if not fitting:
        best = min(likely or FORMATS, key=lambda each: _parsed(cells, each).null_count())
        odd = cells.filter(_parsed(cells, best).is_null())[0]
        row = int((column == odd).arg_max() or 0) + 1
        raise ValueError(
            f"column {column.name!r} cannot be used: {odd!r} (row {row}) is no date that can be "
            "counted in days, or is written otherwise than the others; write dates as 2023-01-05, "
            "or leave the column out"
        )
    return DateFormat(*fitting)


def in_days(column: pl.Series, written: str) -> pl.Series:
    """Return dates as days since 1970-01-01, times of a day as hours.

    Raises
    ------
    ValueError
        If the cells are no dates, or not written as ``written`` says; the message names the row.
    """
    if column.dtype == pl.Null:
        return column.cast(pl.Float64)
    if column.dtype == pl.Categorical:
        column = column.cast(pl.String)
    if column.dtype.is_temporal():
        return _counted(column)
    if column.dtype != pl.String:
        raise ValueError(
            f"column {column.name!r} holds numbers, and held dates when the table was fitted; "
            "write dates as 2023-01-05"
        )
    written = written or _only(column)
    text = without_missing(column)
    parsed = _parsed(text, written)
    wrong = parsed.is_null() & text.is_not_null()
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        raise ValueError(
            f"row {row + 1}, column {column.name!r}: {text[row]!r} is no date written as "
            f"{in_words(written)}, as the cells of this column must be"
        )
    return _counted(parsed)


def said(column: pl.Series, written: str) -> str:
    """Say what the numbers of a column of dates are, and by an example how they were read."""
    there = column.drop_nulls().head(1)
    first = f" ({there[0]!s} is {in_days(there, written)[0]:.10g})" if len(there) else ""
    unit = "days since 1970-01-01"
    if column.dtype == pl.Duration:
        unit = "days"
    elif column.dtype == pl.Time or written in CLOCKS:
        unit = "hours of the day"
    how = f", read as {in_words(written)}" if written else ""
    return f"{column.name} counts {unit}{first}{how}."


def in_words(written: str) -> str:
    """Write a format for people: day/month/year."""
    for code, word in SPOKEN.items():
        written = written.removesuffix(FIRST_DAY).replace(code, word)
    for code, word in (("%H", "hour"), ("%I", "hour"), ("%M", "minute"), ("%S", "second")):
        written = written.replace(code, word)
    return written.replace("%.f", "").replace("%#z", "zone").replace("%p", "am/pm")


def _only(column: pl.Series) -> str:
    """Return the one way of writing that fits text where typed dates stood before."""
    found = date_format(column)
    if found.other:
        raise ValueError(
            f"column {column.name!r}: its dates can be read as {in_words(found.text)} and as "
            f"{in_words(found.other)}; write them as 2023-01-05"
        )
    return found.text


def _fits(cells: pl.Series, written: str) -> bool:
    """Say whether all cells are written so."""
    return len(cells) > 0 and _parsed(cells, written).null_count() == cells.null_count()


def _parsed(cells: pl.Series, written: str) -> pl.Series:
    """Parse cells; null where that fails, and for years of less than four digits."""
    if written.endswith(FIRST_DAY):
        cells = cells + " 1"
    if written in CLOCKS:
        return cells.str.to_time(written, strict=False)
    parsed = cells.str.to_datetime(written, strict=False, time_unit="us")
    parsed = parsed.dt.replace_time_zone(None)
    return parsed.set(parsed.dt.year() < EARLIEST, None)


def _counted(dates: pl.Series) -> pl.Series:
    """Count days, or hours of times."""
    if dates.dtype == pl.Time:
        counts, unit = dates.cast(pl.Int64), 1000 * HOUR
    elif dates.dtype == pl.Duration:
        counts, unit = dates.dt.total_microseconds(), DAY
    else:
        counts, unit = dates.cast(pl.Datetime("us")).cast(pl.Int64), DAY
    return pl.Series(dates.name, counts.cast(pl.Float64).to_numpy() / unit).fill_nan(None)
