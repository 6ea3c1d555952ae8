"""How a column writes its numbers, decided from all of its cells, and the numbers themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl

from kwise._cells.marks import (
    COMPOUND,
    EITHER,
    FRACTION,
    GROUPED,
    PARTS,
    PLAIN,
    PROVES,
    RANGE,
    VALID,
    YEAR,
    tidied,
)
from kwise._cells.missing import AMONG_NUMBERS, MISSING
from kwise._cells.units import Endings, read_endings

# 5- is less than 0; 5,- and 5.-- are prices of whole units.
IS_MINUS = pl.col("trailing").is_not_null() & ~pl.col("body").str.contains("[.,]$")
_IS_LIMIT = pl.col("limit").is_not_null() | pl.col("more").is_not_null()
Mark: TypeAlias = Literal["", ".", ","]
_SPOKEN = {".": "point", ",": "comma"}


@dataclass(frozen=True)
class NumberFormat:
    """How a column writes its numbers: the decimal mark ("" where none was seen) and the unit.

    ``limits`` is "limits" where some cells only bound a number: <0.5, 80+, ~100.
    """

    decimal: Mark = ""
    unit: str = ""
    limits: Literal["", "limits"] = ""


@dataclass(frozen=True)
class Context:
    """What is known beside a column's own cells: its decimal mark, or that of the other columns.

    ``told`` is an order. ``likely`` settles what the cells leave open; and where nothing is
    likely, ``default`` says what a comma before three digits is: "." (it parts thousands), ","
    (a decimal comma), or "" to leave such columns undecided.
    """

    told: Mark = ""
    likely: Mark = ""
    default: Mark = "."


@dataclass(frozen=True, eq=False)
class Cells:
    """The distinct cells of a column of text: their first rows, their counts and their parts."""

    table: pl.DataFrame  # cell, row, count, and the groups of PARTS; null where no number
    text: pl.Series  # tidied; null where missing
    weak: pl.DataFrame  # cells that are missing if the others are numbers

    @property
    def odd(self) -> pl.DataFrame:
        """The cells that hold no number, whatever the marks mean."""
        return self.table.filter(pl.col("body").is_null())

    @property
    def numbers(self) -> pl.DataFrame:
        """The cells that hold one."""
        return self.table.filter(pl.col("body").is_not_null())

    @property
    def limits(self) -> pl.DataFrame:
        """The cells that only bound a number, or are rough."""
        return self.numbers.filter(_IS_LIMIT)


@dataclass(frozen=True, eq=False)
class Reading:
    """A column read as numbers: null where missing, with what was found (kind -> example)."""

    numbers: pl.Series
    format: NumberFormat
    found: dict[str, str]


def without_missing(cells: pl.Series) -> pl.Series:
    """Return tidied cells, null where a word stands for no value."""
    text = tidied(cells)
    missing = text.is_in(list(MISSING))
    return pl.select(pl.when(~missing).then(text).alias(cells.name)).to_series()


def distinct(text: pl.Series, *, limits: bool = False) -> Cells:
    """Take the distinct cells of a column apart; ``text`` is as from ``without_missing``.

    Where more cells are limits than not, they are no numbers, unless ``limits`` says so.
    """
    counted = (
        pl.DataFrame({"cell": text})
        .with_row_index("row")
        .drop_nulls()
        .group_by("cell")
        .agg(pl.col("row").min(), pl.len().alias("count"))
        .sort("row")
    )
    is_weak = pl.col("cell").str.to_lowercase().is_in(list(AMONG_NUMBERS))
    weak, counted = counted.filter(is_weak), counted.filter(~is_weak)
    parts = counted["cell"].str.extract_groups(PARTS).struct.unnest()
    table = counted.hstack(parts)
    whole = (pl.col("open").is_null() & pl.col("enclosed").is_null()) == pl.col("close").is_null()
    table = table.with_columns(pl.when(whole).then(pl.col("body")).alias("body"))
    bounded, plain = (
        table.filter(each & pl.col("body").is_not_null())["count"].sum()
        for each in (_IS_LIMIT, ~_IS_LIMIT)
    )
    if bounded > plain and not limits and not _bound_alike(table):
        # <18 and 65+ are steps of a scale
        body = pl.when(~_IS_LIMIT).then(pl.col("body"))
        table = table.with_columns(body.alias("body"))
    return Cells(table, text, weak)


def _bound_alike(table: pl.DataFrame) -> bool:
    """Say whether every cell bounds or is rough in the same way: 1,000+ and 5,000+."""
    kinds = table.select(pl.col("limit").fill_null(""), pl.col("more").fill_null("")).unique()
    return table.height > 2 and kinds.height == 1 and not table["body"].has_nulls()


def read_numbers(cells: Cells, context: Context) -> Reading | str:
    """Return the numbers of a column, or say in words why its cells are none."""
    if cells.odd.height:
        return _odd(cells)
    if cells.numbers.height == 0:
        return "no cell holds a number"
    decided = _decimal(cells.numbers, context)
    endings = read_endings(cells.numbers)
    if isinstance(decided, str):
        return decided
    if isinstance(endings, str):
        return endings
    mark: Mark = decided[0] or "."
    bad = cells.numbers.filter(~pl.col("body").str.contains(VALID[mark]))
    if bad.height:
        return f"{example(bad)} cannot be read with a decimal {_SPOKEN[mark]}"
    values = _values(cells.numbers, mark, endings.factors)
    old = cells.numbers["cell"]
    numbers = cells.text.replace_strict(old, values, default=None, return_dtype=pl.Float64)
    seen: Mark = mark if cells.numbers["body"].str.contains("[.,]").any() else ""
    found = _found(cells, values, mark, endings)
    if decided[1] is not None:
        value = values.gather(cells.numbers["row"].index_of(decided[1]["row"][0]) or 0)[0]
        usual = mark == "." and "." in decided[1]["body"][0]
        found["point" if usual else "either"] = f"{example(decided[1])} was read as {value:.15g}"
    told = NumberFormat(seen, endings.unit, "limits" if cells.limits.height else "")
    return Reading(numbers.alias(cells.text.name), told, found)


def _odd(cells: Cells) -> str:
    """Say which cells hold no number, and how many do."""
    odd, n_numbers = cells.odd, int(cells.numbers["count"].sum())
    n_odd = int(odd["count"].sum())
    if odd["cell"].str.contains(FRACTION).all():
        return f"cells such as {example(odd)} are fractions or dates, which are not worked out"
    if odd["cell"].str.contains(COMPOUND).all() or are_ranges(odd["cell"]):
        return f"cells such as {example(odd)} hold more than one number, and are not worked out"
    first = f"the first in row {odd['row'][0] + 1}, {_short(odd['cell'][0])}"
    more = "".join(f", {example(odd[i])}" for i in range(1, min(3, odd.height)))
    more += ", ..." if odd.height > 3 else ""
    are = "1 cell is" if n_odd == 1 else f"{n_odd:,} cells are"
    return f"{are} no number, {first}{more}; the other {n_numbers:,} are"


def are_ranges(cells: pl.Series) -> bool:
    """Say whether cells such as 10-20 go from a number to a larger one, as no codes do."""
    ends = cells.str.extract_groups(RANGE).struct.unnest()
    low, high = (ends[name].cast(pl.Float64, strict=False) for name in ends.columns)
    return bool(len(cells) > 2 and not low.has_nulls() and (low < high).all())


def marked_cells(numbers: pl.DataFrame) -> tuple[dict[Mark, pl.DataFrame], ...]:
    """Return the cells that only one decimal mark fits, and those that either would, by mark."""
    body = pl.col("body")
    marks: tuple[Mark, Mark] = (".", ",")
    either = {mark: body.str.contains(EITHER[mark]) for mark in marks}
    sure = {mark: body.str.contains(PROVES[mark]) & ~either[mark] for mark in marks}
    return (
        {mark: numbers.filter(sure[mark]) for mark in marks},
        {mark: numbers.filter(either[mark]) for mark in marks},
    )


def _decimal(numbers: pl.DataFrame, context: Context) -> tuple[Mark, pl.DataFrame | None] | str:
    """Return the decimal mark of a column, or why it has none; "" where no cell has a mark.

    Beside it stand the cells that either mark would fit, where something else decided.
    """
    if context.told:
        return context.told, None
    sure, either = marked_cells(numbers)
    for seen in (sure, either):
        if seen["."].height and seen[","].height:
            return (
                f"decimal points and commas are mixed: {example(seen['.'])} and "
                f"{example(seen[','])}"
            )
        mark: Mark = "." if seen["."].height else "," if seen[","].height else ""
        if mark:
            return (mark, None) if seen is sure else _either(mark, seen[mark], numbers, context)
    return "", None


def _either(
    mark: Mark, marked: pl.DataFrame, numbers: pl.DataFrame, context: Context
) -> tuple[Mark, pl.DataFrame | None] | str:
    """Decide what a mark before three digits is: decimal mark, or between thousands."""
    other: Mark = "." if mark == "," else ","
    plain = numbers.filter(pl.col("body").str.contains(PLAIN))["body"].cast(pl.Float64)
    digits = marked["body"].str.replace(mark, ".", literal=True).cast(pl.Float64)
    # A program that leaves out the last zero of 5.06 writes no 5.060.
    zeros = bool(marked["body"].str.ends_with("0").any())
    if plain.len() and (zeros or _lie_apart(digits, plain.filter(plain != 0.0), mark)):
        return other, None
    if context.likely:
        return context.likely, marked
    if mark == "," and context.default == "." and _are_round(marked):
        return other, None
    if not context.default:
        return f"{example(marked)} may have a decimal {_SPOKEN[mark]}, or thousands set apart"
    return "." if mark == "." else context.default, marked


def _are_round(marked: pl.DataFrame) -> bool:
    """Say whether most cells end in 00, as decimals hardly ever do."""
    n_round = int(marked["body"].str.ends_with("00").sum())
    return n_round > 1 and n_round >= 0.5 * marked.height


def _lie_apart(marked: pl.Series, plain: pl.Series, mark: Mark) -> bool:
    """Say whether numbers with decimals would all be smaller than those without.

    They are, if the marked ones are over a thousand and the plain ones below.
    """
    few = 1 if mark == "," else 3  # points are decimal ones unless much speaks against it
    if len(marked) < few or len(plain) < few:
        return False
    return bool(marked.max() < plain.min())  # type: ignore[operator]


def _values(numbers: pl.DataFrame, mark: Mark, factors: list[float]) -> pl.Series:
    """Return the value of each distinct cell."""
    other = "." if mark == "," else ","
    body = numbers["body"].str.replace_all(f"[{other}' _]", "").str.replace(mark, ".", literal=True)
    power = numbers["power"].str.slice(1).cast(pl.Int64).fill_null(0)
    exponent = power + pl.Series([round(math.log10(each)) for each in factors], dtype=pl.Int64)
    years = numbers["open"].is_not_null().all() and numbers["body"].str.contains(YEAR).all()
    digits = (body + "e" + exponent.cast(pl.String)).cast(pl.Float64)  # exact, as 4.2 * 1e3 is not
    negative = numbers.select(
        pl.any_horizontal(
            pl.col("sign").eq_missing("-"),
            pl.col("inner").eq_missing("-"),
            IS_MINUS,
            pl.col("open").is_not_null() & pl.lit(not years),  # (1994) in a list of films
            pl.col("enclosed").is_not_null(),
        )
    ).to_series()
    return digits * (1.0 - 2.0 * negative.cast(pl.Float64))


def _found(cells: Cells, values: pl.Series, mark: Mark, endings: Endings) -> dict[str, str]:
    """Say by one example each what was read otherwise than letter by letter."""
    factor = pl.Series("factor", endings.factors, dtype=pl.Float64)
    numbers = cells.numbers.with_columns(factor, value=values)
    beside = pl.col("before").is_not_null() | pl.col("after").ne_missing("")
    looks = {
        "factor": pl.col("factor") != 1.0,
        "unit": beside & (pl.col("factor") == 1.0) & pl.lit(bool(endings.unit)),
        "thousands": pl.col("body").str.contains(GROUPED)
        & pl.col("body").str.contains(VALID[mark])
        & ~pl.col("body").str.contains(rf"^[0-9]+[{mark}][0-9]*$"),
        "negative": pl.col("open").is_not_null() | pl.col("enclosed").is_not_null() | IS_MINUS,
        "give": pl.col("give").is_not_null(),
        "footnote": pl.col("foot").is_not_null(),
    }
    if mark == ",":
        looks["comma"] = pl.col("body").str.contains(",")
    found = {}
    for kind, look in looks.items():
        first = numbers.filter(look).head(1)
        if first.height:
            found[kind] = f"{_short(first['cell'][0])} is {first['value'][0]:.15g}"
    limits = numbers.filter(_IS_LIMIT)
    if limits.height:
        n = int(limits["count"].sum())
        cells_are = f"{n:,} cell{'s' if n > 1 else ''}"
        found["limit"] = f"{example(limits)} is {limits['value'][0]:.15g} ({cells_are})"
    if endings.flags:
        found["flag"] = endings.flags
    if cells.weak.height:
        n = int(cells.weak["count"].sum())
        word = cells.weak["cell"][0]
        found["missing"] = f"{_short(word)} ({n:,} cell{'s' if n > 1 else ''})"
    return found


def example(cells: pl.DataFrame) -> str:
    """Show the first of some cells, and its row."""
    return f"{_short(cells['cell'][0])} (row {cells['row'][0] + 1})"


def _short(cell: str) -> str:
    """Return a cell's text, cut to a readable length."""
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."
