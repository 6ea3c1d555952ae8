"""Dates in standard SQL: days since 1970-01-01, by plain arithmetic on how databases write them."""

from __future__ import annotations

__all__ = ["days"]

# Days before each month of a year that begins in March, so that a leap day is the last one.
_BEFORE = (306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EPOCH = 719468  # days from 0000-03-01 to 1970-01-01
MICROSECONDS = 86_400_000_000  # of a day


def days(cell: str) -> str:
    """Return an expression for the days of a DATE or TIMESTAMP, and for the hours of a TIME.

    All databases write these as 2023-01-05 10:30:00.25 when they are cast to text, and SQLite holds
    them so. NULL is anything else, such as a day that no month has.
    """
    text = f"CAST({cell} AS VARCHAR)"
    day = f"{_day_number(text)} * {MICROSECONDS}e0"
    return (
        f"CASE WHEN {text} LIKE '____-__-__' AND {_exists(text)} THEN {_day_number(text)} "
        f"WHEN {text} LIKE '____-__-_____:__%' AND {_exists(text)} AND {_plain(text, 20)} "
        f"THEN ({day} + {_clock(text, 12)}) / {MICROSECONDS}e0 "
        f"WHEN {text} LIKE '__:__%' AND {_plain(text, 9)} "
        f"THEN {_clock(text, 1)} / {MICROSECONDS // 24}e0 END"
    )


def _part(text: str, start: int, length: int) -> str:
    """Return a part of a text as a whole number that is a double."""
    return f"CAST(SUBSTRING({text}, {start}, {length}) AS DOUBLE PRECISION)"


def _day_number(text: str) -> str:
    """Return the days since 1970-01-01 of a text that begins with a date."""
    month = f"SUBSTRING({text}, 6, 2)"
    early = f"CASE WHEN {month} <= '02' THEN 1e0 ELSE 0e0 END"
    year = f"({_part(text, 1, 4)} - {early})"
    before = " ".join(f"WHEN '{m:02}' THEN {days}e0" for m, days in enumerate(_BEFORE, 1))
    return (
        f"(3.65e2 * {year} + FLOOR({year} / 4e0) - FLOOR({year} / 1e2) + FLOOR({year} / 4e2) "
        f"+ CASE {month} {before} END + {_part(text, 9, 2)} - {EPOCH + 1}e0)"
    )


def _exists(text: str) -> str:
    """Say whether a month has this day."""
    month, day = f"SUBSTRING({text}, 6, 2)", _part(text, 9, 2)
    year = _part(text, 1, 4)
    leap = (
        f"CASE WHEN {year} = 4e0 * FLOOR({year} / 4e0) AND ({year} <> 1e2 * FLOOR({year} / 1e2) "
        f"OR {year} = 4e2 * FLOOR({year} / 4e2)) THEN 29e0 ELSE 28e0 END"
    )
    lengths = " ".join(
        f"WHEN '{m:02}' THEN {leap if m == 2 else f'{length}e0'}"
        for m, length in enumerate(_LENGTHS, 1)
    )
    return f"{day} >= 1e0 AND {day} <= CASE {month} {lengths} END AND {year} >= 1e3"


def _plain(text: str, end: int) -> str:
    """Say whether a time ends there, or goes on with a fraction: one with a zone does not."""
    return f"SUBSTRING({text}, {end}, 1) IN ('', '.')"


def _clock(text: str, start: int) -> str:
    """Return the microseconds of a time that begins there."""
    seconds = f"CAST('0' || SUBSTRING({text}, {start + 6}, 9) AS DOUBLE PRECISION)"
    fraction = f"FLOOR({seconds} * 1e6 + 5e-1)"
    return f"({_part(text, start, 2)} * 36e8 + {_part(text, start + 3, 2)} * 6e7 + {fraction})"
