"""What a column of numbers is: its cells decide together with its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kwise.preparation import name_words as names
from kwise.preparation.column_kind import ColumnKind

if TYPE_CHECKING:
    from kwise.preparation.statistics import Statistics

COUNT = "a count"  # why whole numbers from 0 on are numbers
MOST_LABELS = 50
FEW = 11  # distinct cells of an ordinal column at most
ENOUGH = 20  # rows from which few distinct cells mean something
MANY_MONTHS = 6  # different numbers that are all months, such as 202305, and hardly by chance
PERIODS = 6  # years up to which a column of years is one of periods


_PLACE = re.compile("|".join(names.LATITUDES | names.LONGITUDES), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """One column of numbers, with what is known of its cells."""

    column: pl.Series
    words: tuple[str, ...]
    n: int
    n_distinct: int
    is_whole: bool
    low: float
    high: float
    skewness: float

    @property
    def few(self) -> bool:
        """Whether the column has few distinct cells, each repeated."""
        return self.n >= ENOUGH and self.n_distinct <= FEW and 5 * self.n_distinct <= self.n

    @property
    def all_distinct(self) -> bool:
        """Whether every row has another cell."""
        return self.n_distinct == len(self.column) >= ENOUGH // 2

    @property
    def nearly_distinct(self) -> bool:
        """Whether nearly every row has another cell."""
        return self.n_distinct >= max(0.9 * self.n, ENOUGH // 2)

    @property
    def numbers_things(self) -> bool:
        """Whether cells are nearly all different, or run from 0 or 1 on without a gap, repeated."""
        return self.nearly_distinct or (self.is_consecutive and self.low <= 1 and not self.few)

    @property
    def is_consecutive(self) -> bool:
        """Whether no whole number is left out between the smallest cell and the largest."""
        return self.high - self.low == self.n_distinct - 1


def number_kind(column: pl.Series, statistics: Statistics, j: int) -> ColumnKind:
    """Say what one column of numbers is."""
    if (
        not statistics.is_whole[j]
        and statistics.n_distinct[j] > 1
        and not _PLACE.search(column.name)
    ):
        return ColumnKind("number")  # most of many columns; their names say nothing more
    cells = Numbers(
        column,
        names.words_of(column.name),
        len(column) - int(statistics.n_missing[j]),
        int(statistics.n_distinct[j]),
        bool(statistics.is_whole[j]),
        float(statistics.min[j]),
        float(statistics.max[j]),
        float(statistics.skewness[j]),
    )
    if cells.n_distinct < 2 and not statistics.n_infinite[j]:
        only = f"every cell is {cells.low:g}"
        return ColumnKind("constant", only if cells.n_distinct else "no cell has a value")
    if not cells.is_whole:
        return _place(cells) or ColumnKind("number")
    for asked in (_place, _label, _date, _code, _id, _period, _few, _grouping):
        found = asked(cells)
        if found is not None:
            return found
    return ColumnKind("number", COUNT if _is_count(cells) else "")


def _place(cells: Numbers) -> ColumnKind | None:
    """Tell latitudes and longitudes."""
    words = set(cells.words)
    if words & names.LATITUDES and cells.low >= -90 and cells.high <= 90:
        return ColumnKind("coordinate")
    if words & names.LONGITUDES and cells.low >= -180 and cells.high <= 360:
        return ColumnKind("coordinate") if cells.n_distinct > 2 else None
    return None


def _label(cells: Numbers) -> ColumnKind | None:
    """Tell answers: few whole numbers, in a column that is named as one."""
    few = cells.n_distinct <= min(MOST_LABELS, max(2, cells.n // 3))
    if not few or cells.n < 8 or not names.names_label(cells.words):
        return None
    return label(cells.n_distinct, "whole numbers")


def label(n_distinct: int, what: str) -> ColumnKind:
    """Return the kind of an answer."""
    return ColumnKind("label", f"it looks like labels ({n_distinct} different {what})")


def _date(cells: Numbers) -> ColumnKind | None:
    """Tell days written as one number, and times since 1970."""
    timed = bool((names.TIMES | names.AGES).intersection(cells.words))
    if cells.n < 3 or cells.low < 2e4 or (names.names_code(cells.words) and not timed):
        return None
    if cells.low >= 18000101 and cells.high <= 22001231 and _are_days(cells.column):
        return ColumnKind("code", f"it writes days as numbers, such as {cells.high:.0f}")
    if {"date", "datum", "fecha"} & set(cells.words) and cells.low >= 2e4 and cells.high <= 8e4:
        return ColumnKind("code", "it counts days as spreadsheets do, 1 for 1900-01-01")
    months = timed or (cells.n_distinct >= MANY_MONTHS and cells.low >= 190001)
    if months and cells.high <= 220012 and _are_days(cells.column * 100 + 1):
        return ColumnKind("code", f"it writes months as numbers, such as {cells.high:.0f}")
    for unit, size in (("seconds", 1), ("thousandths of a second", 1000), ("nanoseconds", 1e9)):
        if 3e8 * size <= cells.low and cells.high <= 4.2e9 * size:
            sure = timed or (size > 1 and cells.high < 1.5 * cells.low)
            if sure or (cells.low >= 9.4e8 and _ascends(cells.column)):
                return ColumnKind("code", f"it counts {unit} since 1970")
    return None


def _are_days(column: pl.Series) -> bool:
    """Say whether all cells are days of the calendar, as 20230105 is."""
    cells = column.drop_nulls().cast(pl.Float64).to_numpy()
    cells = cells[~np.isnan(cells)].astype(np.int64)
    month, day = cells // 100 % 100, cells % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all())


def _ascends(column: pl.Series) -> bool:
    """Say whether no cell is smaller than the one before."""
    return len(column) >= ENOUGH // 2 and bool(column.is_sorted())


def _code(cells: Numbers) -> ColumnKind | None:
    """Tell codes: zip, phone, area code ..."""
    if cells.low >= 0 and names.names_code(cells.words):
        return ColumnKind("code", "it is named as a code, whose numbers measure nothing")
    return None


def _id(cells: Numbers) -> ColumnKind | None:
    """Tell ids: named so, or counting the rows."""
    if names.names_id(cells.words, nearly_distinct=cells.numbers_things) and cells.low >= 0:
        if cells.all_distinct:
            return ColumnKind("id", "it is named as an id and every cell is another whole number")
        return ColumnKind("id", "it is named as an id, which may stand in many rows")
    consecutive = cells.all_distinct and cells.is_consecutive
    timed = any(word in names.AGES for word in cells.words)
    if consecutive and not timed and _counts_up(cells.column):
        first = int(cells.low)
        return ColumnKind("id", f"it counts the rows: {first}, {first + 1}, {first + 2} ...")
    return None


def _counts_up(column: pl.Series) -> bool:
    """Say whether every cell is the one before plus 1."""
    return bool((np.diff(column.cast(pl.Float64).to_numpy()) == 1).all())


def _period(cells: Numbers) -> ColumnKind | None:
    """Tell few years, and parts of a date that go round."""
    repeated = cells.n >= ENOUGH and 3 * cells.n_distinct <= cells.n
    if not repeated or not cells.words:
        return None
    years = cells.low >= 1800 and cells.high <= 2200
    named = any(word in names.YEARS for word in cells.words) or cells.is_consecutive
    if years and named and cells.n_distinct <= PERIODS:
        return ColumnKind("date", f"it holds {cells.n_distinct} years, which are periods here")
    low, high = names.CYCLES.get(cells.words[-1], (1, 0))
    if low <= cells.low and cells.high <= high and cells.n_distinct > 2:
        return ColumnKind(
            "date", "it is the part of a date that goes round: the last is by the first"
        )
    return None


def _few(cells: Numbers) -> ColumnKind | None:
    """Tell what few whole numbers, each of them repeated, stand for."""
    if not cells.few or names.says(cells.words, names.COUNTS):
        return None
    if cells.n_distinct == 2:
        indicator = (cells.low, cells.high) == (0, 1) and len(cells.words) > 1
        if names.says(cells.words, names.GROUPINGS) and not indicator:
            return _category(cells)
        return ColumnKind("yes/no", f"it holds two values, {cells.low:g} and {cells.high:g}")
    if names.says(cells.words, names.GROUPINGS):
        return _category(cells)
    scale = names.says(cells.words, names.SCALES)
    starts = cells.low in (0, 1) or cells.low == -cells.high
    if scale or (starts and cells.is_consecutive and not _is_count(cells)):
        return ColumnKind("ordinal", f"it holds {cells.n_distinct} steps of a scale")
    return None


def _grouping(cells: Numbers) -> ColumnKind | None:
    """Tell stores, regions and the like that are numbered from 0 or 1 on, many rows each."""
    numbered = cells.low in (0, 1) and cells.n_distinct >= 0.9 * (cells.high - cells.low + 1)
    repeated = cells.n >= ENOUGH and 2 * cells.n_distinct <= cells.n
    if numbered and repeated and cells.words and cells.words[-1] in names.GROUPINGS:
        return _category(cells)
    return None


def _category(cells: Numbers) -> ColumnKind:
    """Return the kind of a category that is written in numbers."""
    return ColumnKind("category", f"it holds {cells.n_distinct} categories written in numbers")


def _is_count(cells: Numbers) -> bool:
    """Say whether whole numbers count something: named so, or many at 0 and few far above it."""
    if cells.low < 0:
        return False
    if names.says(cells.words, names.COUNTS):
        return True
    return cells.low == 0 and cells.n_distinct > 3 and cells.skewness > 0.7
