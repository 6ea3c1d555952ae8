"""Places on the earth as people write them, 57.05N or 12°34'56"W, as signed degrees."""

from __future__ import annotations

import re

import polars as pl

PARTS = (
    r"^(?P<first>[NSEW])?\s*(?P<sign>[+-])?\s*(?P<degrees>[0-9]{1,3}(?:[.,][0-9]+)?)\s*"
    r"(?P<mark>[\u00b0\u00ba])?\s*(?:(?P<minutes>[0-9]{1,2}(?:[.,][0-9]+)?)\s*['\u2032]\s*)?"
    r"(?:(?P<seconds>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:['\u2032]{2}|[\x22\u2033\u201d])\s*)?"
    r"(?P<last>[NSEW])?$"
)
# Halves of the earth, minutes and seconds: without any, cells are plain degrees.
_MARKS = "[NSEW'\u2032\x22\u2033\u201d]"
# The unit of such a column, as no number has it: north and south, east and west, or not told.
UNITS = ("\u00b0NS", "\u00b0EW", "\u00b0'")
HALVES = ("NS", "EW", "")
FARTHEST = (90.0, 180.0, 360.0)
_PLACE = re.compile(r"lat|lon|lng|coord|breite|l\u00e4nge", re.IGNORECASE)


def read_coordinates(cells: pl.Series, *, told: str = "") -> tuple[pl.Series, str] | None:
    """Return degrees, negative in the south and west, and the unit; None for other cells.

    A number with one letter may have a unit (5.5W), or be a code (12N): without a degree sign there
    must be decimals, and both halves of the earth or a name that tells a place. Plain signed
    degrees are coordinates only where ``told``, the unit of another table, says so. Missing cells
    stay missing.
    """
    present = cells.drop_nulls()
    if not told and not present.str.contains(_MARKS).any():
        return None  # plain numbers, which are most columns
    if not present.len() or not present.str.contains(PARTS).all():
        return None
    parts = cells.str.extract_groups(PARTS).struct.unnest()
    letters = parts.select(pl.coalesce("first", "last")).to_series()
    found = set(letters.drop_nulls().unique().to_list())
    unit = _unit(parts, found, told)
    if unit is None or (not told and not _are_places(cells.name, parts, found)):
        return None
    values = _degrees(parts, letters)
    farthest = FARTHEST[UNITS.index(unit)]
    return (
        (values.alias(cells.name), unit) if (values.abs().drop_nulls() <= farthest).all() else None
    )


def _unit(parts: pl.DataFrame, letters: set[str], told: str) -> str | None:
    """Return the unit of cells with these letters, None if they do not belong together."""
    marked = parts["mark"].is_not_null()
    finer = parts["minutes"].is_not_null() | parts["seconds"].is_not_null()
    twice = parts["first"].is_not_null() & parts["last"].is_not_null()
    signed = parts["sign"].is_not_null() & (
        parts["first"].is_not_null() | parts["last"].is_not_null()
    )
    if (finer & ~marked).any() or twice.any() or signed.any():
        return None
    for name in ("minutes", "seconds"):
        if (_number(parts[name]) >= 60).any():
            return None
    if not letters:
        return told or (UNITS[2] if finer.any() else None)
    unit = next((u for u, half in zip(UNITS, HALVES) if half and letters <= set(half)), None)
    return unit if not told or unit == told or told == UNITS[2] else None


def _are_places(name: str, parts: pl.DataFrame, letters: set[str]) -> bool:
    """Say whether letters behind numbers are the halves of the earth, and no units."""
    marked = bool(parts["mark"].is_not_null().any())
    fine = bool(parts["degrees"].str.contains("[.,]").any())
    return marked or (fine and (len(letters) == 2 or bool(_PLACE.search(name))))


def _degrees(parts: pl.DataFrame, letters: pl.Series) -> pl.Series:
    """Add degrees, minutes and seconds up, with their sign."""
    value = _number(parts["degrees"])
    value += _number(parts["minutes"]).fill_null(0.0) / 60
    value += _number(parts["seconds"]).fill_null(0.0) / 3600
    negative = letters.is_in(["S", "W"]).fill_null(value=False) | (parts["sign"] == "-").fill_null(
        value=False
    )
    return pl.select(pl.when(negative).then(-value).otherwise(value)).to_series()


def _number(text: pl.Series) -> pl.Series:
    """Return decimals with a point or a comma as floats."""
    return text.str.replace(",", ".", literal=True).cast(pl.Float64)
