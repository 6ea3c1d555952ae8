"""Columns of text as numbers, truth values or text, and the sentences that say what was decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kwise._cells.coordinates import UNITS, read_coordinates
from kwise._cells.marks import CODE, COMPOUND, FRACTION, UNDECIDED
from kwise._cells.missing import AMONG_NUMBERS
from kwise._cells.numbers import (
    Cells,
    Context,
    Mark,
    NumberFormat,
    are_ranges,
    distinct,
    marked_cells,
    read_numbers,
    without_missing,
)
from kwise._cells.units import singular

BOOLEANS = ("true", "false")
LARGEST_WHOLE = 2.0**53  # beyond it, float64 no longer holds every whole number
LOOKED_AT = 1000  # cells that tell a column of words
BLANKS = " \t\r\n\f\v\u00a0"  # around words; other marks stand for something
MOST_NAMED = 5  # columns in a sentence
ORDINAL = r"^[0-9]+(st|nd|rd|th)$"
VERSION = r"^[0-9]{1,3}(?:\.[0-9]{1,3}){2,3}$"  # or an address on a network

# What was found in a column -> the sentence about all such columns.
SENTENCES = {
    "comma": "numbers are written with a decimal comma in {columns}: {example}",
    "thousands": "thousands are set apart in {columns}: {example}",
    "unit": "units were left out of {columns}: {example}",
    "factor": "numbers are written in thousands, millions or the like in {columns}: {example}",
    "negative": "parentheses or a minus behind mean less than 0 in {columns}: {example}",
    "flag": "marks behind numbers were left out of {columns}: {example}",
    "footnote": "marks of footnotes were left out of {columns}: {example}",
    "give": "what stands behind \u00b1 was left out of {columns}: {example}",
    "limit": "limits and rough numbers were read as the number itself in {columns}: {example}",
    "missing": "words among numbers count as missing cells in {columns}: {example}",
    "code": "whole numbers with leading zeros were kept as text in {columns}: {example}",
    "coordinate": "coordinates were read as signed degrees in {columns}: {example}",
    "point": "a point before three digits was read as a decimal one in {columns}: {example}",
    "either": "a mark before three digits can set apart thousands or decimals in {columns}: "
    "{example}; decimal='.' or decimal=',' settles it",
}
DOUBTFUL = ("give", "either", "limit")


@dataclass(eq=False)
class Typed:
    """A frame whose text was read, what is to be said of it, and how its numbers are written."""

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    formats: dict[str, NumberFormat] = field(default_factory=dict)


@dataclass(eq=False)
class _Column:
    """One column of text on its way: what it has become, or its cells while that is open.

    ``floats`` holds the numbers where each cell has a point before three digits.
    """

    series: pl.Series
    format: NumberFormat | None = None
    cells: Cells | None = None
    floats: pl.Series | None = None
    found: dict[str, str] = field(default_factory=dict)


def typed_frame(
    frame: pl.DataFrame,
    *,
    decimal: str | None = None,
    default: Mark = ".",
    formats: Mapping[str, NumberFormat] | None = None,
    as_text: Collection[str] = (),
) -> Typed:
    """Give each column of text the narrowest type that holds all of its cells.

    ``decimal`` is the decimal mark of all columns, where the caller knows it. Columns in
    ``formats`` are left as text unless their cells are numbers to any reader: they are read
    later, as the format says; those in ``as_text`` stay as they are. ``default`` is the likelier
    meaning of a comma before three digits.
    """
    formats = formats or {}
    text = {
        name: frame[name]
        for name, dtype in frame.schema.items()
        if dtype == pl.String and name not in as_text
    }
    columns = {name: _plainly(cells, decimal, formats.get(name)) for name, cells in text.items()}
    told: Mark = "," if decimal == "," else "." if decimal == "." else ""
    context = Context(told, _likely(columns.values()), default)
    for column in columns.values():
        if column.floats is not None or column.cells is not None:
            _settle(column, context)
    found = {name: each.found for name, each in columns.items() if each.found}
    return Typed(
        frame.with_columns(each.series for each in columns.values()) if columns else frame,
        *_sentences(found),
        {name: each.format for name, each in columns.items() if each.format is not None},
    )


def why_not_numbers(column: pl.Series) -> str:
    """Say which cells keep a column of text from being one of numbers, if most of it is that.

    Returns
    -------
    str
        What is odd and in which rows; "" for a column of words, of codes, or of numbers.
    """
    text = without_missing(column.cast(pl.String))
    if _is_code(text) or text.drop_nulls().str.contains(f"{ORDINAL}|{VERSION}").all():
        return ""
    cells = distinct(text)
    n_odd, n_numbers = int(cells.odd["count"].sum()), int(cells.numbers["count"].sum())
    compound = pl.col("cell").str.contains(FRACTION) | pl.col("cell").str.contains(COMPOUND)
    several = cells.odd if are_ranges(cells.odd["cell"]) else cells.odd.filter(compound)
    n_like = n_numbers + int(several["count"].sum())
    if n_like < 3 or n_like < n_odd + n_numbers - n_like:
        return ""
    read = read_numbers(cells, Context(default=""))
    return read if isinstance(read, str) else ""


def read_as(column: pl.Series, told: NumberFormat) -> pl.Series:
    """Return the numbers of a column of text, written as another table's were.

    Raises
    ------
    ValueError
        If a cell is no number, or may be two, or has another unit; the message names a row.
    """
    text = without_missing(column.cast(pl.String))
    places = read_coordinates(text, told=told.unit) if told.unit in UNITS else None
    if places is not None:
        return places[0]
    lowered = text.str.to_lowercase()
    if lowered.drop_nulls().is_in(list(BOOLEANS)).all():
        return (lowered == "true").cast(pl.Float64).alias(column.name)
    cells = distinct(text, limits=bool(told.limits))
    if cells.odd.height:
        cell, row = cells.odd["cell"][0], cells.odd["row"][0]
        raise ValueError(
            f"row {row + 1}, column {column.name!r}: {cell!r} is no number, as the cells of this "
            "column must be"
        )
    if cells.numbers.height == 0:
        return pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
    read = read_numbers(cells, Context(told=told.decimal, default=""))
    if cells.limits.height and not told.limits:
        cell, row = cells.limits["cell"][0], cells.limits["row"][0]
        raise ValueError(
            f"row {row + 1}, column {column.name!r}: {cell!r} is a limit or a rough number, and no "
            "cell was one when the model was fitted"
        )
    if isinstance(read, str):
        raise ValueError(  # noqa: TRY004 - the cells are at fault
            f"column {column.name!r}: {read}; the model's table does not settle it: write the "
            "numbers without marks, or as they were when the model was fitted"
        )
    unlike = unlike_units(told.unit, read.format.unit)
    if unlike:
        raise ValueError(f"row {cells.numbers['row'][0] + 1}, column {column.name!r}: {unlike}")
    return read.numbers


def unlike_units(told: str, found: str) -> str:
    """Say why numbers in one unit cannot stand for numbers in another, or nothing."""
    half = found in tuple("NSEW") or told in UNITS
    alike = singular(told) == singular(found)
    if alike or (not (told and found) and "%" not in (told, found) and not half):
        return ""
    ours, theirs = (f"in {each!r}" if each else "without a unit" for each in (found, told))
    return f"the number is {ours}, and was {theirs} when the model was fitted"


def words(column: pl.Series) -> pl.Series:
    """Return the cells of a column of words, stripped; null where a word stands for no value."""
    return _stripped(column, without_missing(column))


def _stripped(cells: pl.Series, text: pl.Series) -> pl.Series:
    """Return stripped cells, null where ``text`` is."""
    stripped = cells.str.strip_chars(BLANKS)
    return pl.select(pl.when(text.is_not_null()).then(stripped).alias(cells.name)).to_series()


def narrowed(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Make integers of those ``columns`` that hold whole numbers only."""
    # Column by column: one query over 20,000 columns takes far longer.
    whole = [frame[name].cast(pl.Int64) for name in columns if _is_whole(frame[name])]
    return frame.with_columns(whole) if whole else frame


def _is_whole(numbers: pl.Series) -> bool:
    """Say whether there are numbers, and all are whole and small enough to be kept as such."""
    cells = numbers.drop_nulls().to_numpy()
    return len(cells) > 0 and bool(
        (np.floor(cells) == cells).all() and (np.abs(cells) < LARGEST_WHOLE).all()
    )


def _plainly(cells: pl.Series, decimal: str | None, told: NumberFormat | None) -> _Column:
    """Type a column if one look is enough; otherwise keep its cells for a second one."""
    text = without_missing(cells)
    plain = _stripped(cells, text)
    numbers = text.cast(pl.Float64, strict=False)
    is_float = numbers.null_count() == text.null_count()
    if told is not None:
        mark = _point(text, told.decimal) if is_float and told.decimal != "," else None
        # Plain numbers have no unit, which a model of percentages must hear.
        return (
            _Column(plain, told)
            if mark is None
            else _Column(_narrowed(numbers), NumberFormat(mark))
        )
    if is_float and decimal != ",":
        if _is_code(text):
            return _Column(plain, found={"code": repr(text.drop_nulls()[0])})
        mark = _point(text, decimal)
        if mark is not None:
            return _Column(_narrowed(numbers), NumberFormat(mark))
        if text.drop_nulls().str.contains(".", literal=True).all():
            return _Column(plain, floats=numbers)
    lowered = plain.str.to_lowercase()
    if lowered.drop_nulls().is_in(list(BOOLEANS)).all():
        return _Column((lowered == "true").alias(cells.name))
    return _Column(plain, cells=None if _holds_words(text) else distinct(text))


def _is_code(text: pl.Series) -> bool:
    """Say whether a column holds digits that name and do not count, such as 00501."""
    present = text.drop_nulls()
    return bool(present.str.contains(CODE).any() and present.str.contains("^[+-]?[0-9]+$").all())


def _point(text: pl.Series, decimal: str | None) -> Mark | None:
    """Return the mark of a column of plain numbers; None if it may set thousands apart."""
    marked = text.str.contains(".", literal=True)
    if not marked.any():
        return ""
    sure = decimal == "." or (marked & ~text.str.contains(UNDECIDED)).any()
    return "." if sure else None


def _holds_words(text: pl.Series) -> bool:
    """Say whether cells of words keep a column from holding numbers, without reading it whole."""
    head = text.drop_nulls().head(LOOKED_AT)
    weak = head.str.to_lowercase().is_in(list(AMONG_NUMBERS))
    return bool((~head.str.contains("[0-9]") & ~weak).any())


def _likely(columns: Iterable[_Column]) -> Mark:
    """Return the decimal mark that the other columns leave no doubt about, if it is one."""
    seen: set[str] = set()
    for column in columns:
        if column.format is not None:
            seen.add(column.format.decimal)
        elif column.cells is not None and column.cells.odd.height == 0:
            sure = marked_cells(column.cells.numbers)[0]
            seen |= {mark for mark, cells in sure.items() if cells.height}
    seen -= {""}
    return "" if len(seen) != 1 else "," if "," in seen else "."


def _settle(column: _Column, context: Context) -> None:
    """Read a column as numbers, if all of its cells are."""
    if column.floats is not None and "," not in (context.told, context.likely):
        first = column.series.drop_nulls()[0]
        column.found = {"point": f"{first!r} was read as {float(first):.15g}"}
        column.series, column.format = _narrowed(column.floats), NumberFormat(".")
        return
    cells = column.cells or distinct(without_missing(column.series))
    places = read_coordinates(cells.text)
    if places is not None:
        at = int(cells.text.is_not_null().arg_max() or 0)
        column.found = {"coordinate": f"{column.series[at]!r} is {places[0][at]:.10g}"}
        column.series, column.format = places[0], NumberFormat(unit=places[1])
        return
    read = read_numbers(cells, context)
    if isinstance(read, str):
        return
    column.series, column.format, column.found = _narrowed(read.numbers), read.format, read.found


def _narrowed(numbers: pl.Series) -> pl.Series:
    """Make integers of whole numbers."""
    return narrowed(numbers.to_frame(), [numbers.name]).to_series()


def _sentences(found: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return notes, and warnings, one for each kind of thing that was found."""
    notes: list[str] = []
    warnings: list[str] = []
    for kind, sentence in SENTENCES.items():
        names = [name for name, each in found.items() if kind in each]
        if names:
            shown = ", ".join(repr(name) for name in names[:MOST_NAMED])
            more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            said = sentence.format(columns=shown + more, example=found[names[0]][kind])
            (warnings if kind in DOUBTFUL else notes).append(said)
    return tuple(notes), tuple(warnings)
