"""Numbers that stand for "no value": -999, 9999, 99, -1 among positives ...

They are told by their spike (the same number again and again), by their distance from all other
cells, and by being a number that people write for nothing. What is far and no such number, or
such a number and near, is only pointed out. Numbers that a small table, or a large part of one,
may well hold (8 and 9, 99, -200) are a group of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kwise._registry import unknown_name
from kwise.preparation.statistics import sorted_cells
from kwise.table_options import Sentinels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.preparation.statistics import Statistics

MODES = ("missing", "keep", "error")
# Largest numbers of a type or format, and fills of scientific files.
FILLS = (2.0**31 - 1, -(2.0**31), 32767.0, -32768.0, 1e20, 1e30, 1e36, -1e20, -1e30, -1e36)
SEVERAL = 3  # numbers at one end that may all be sentinels: 97, 98, 99
SPIKE = 0.005  # share of the cells that a repeated number holds at least
LONELY = 5.0  # spreads of all other cells from which a single cell is far enough
LEAST_SHARED = 99  # smaller numbers may be cells of one column and sentinels of another
CODE = 100  # smaller numbers, and all that nobody writes for nothing, may be a group of rows:
FEW, MOST = 100, 1 / 3  # they are none among fewer cells, nor where they are more of them
SPIKED = 3  # equal cells that may be a spike
FAR = 0.5  # spreads of all other cells from which a spike of any number is pointed out
ZERO_SHARE, MOST_ZEROS, ZERO_GAP = 0.02, 0.75, 0.2  # zeros that no other cell comes near


@dataclass(frozen=True, slots=True)
class Sentinel:
    """A number that stands for "no value" in a column, surely or perhaps.

    ``low`` and ``high`` are the ends of the other cells.
    """

    column: str
    value: float
    count: int
    low: float
    high: float
    sure: bool


def suspicious(statistics: Statistics) -> NDArray[np.bool_]:
    """Return which columns are worth a closer look: it costs each of them a sort."""
    ends = np.stack([statistics.min, statistics.max])
    written = _is_written(ends).any(axis=0)
    low_gap, high_gap = statistics.low_gap, statistics.high_gap
    spread = statistics.max - statistics.min
    far = (low_gap > FAR * (spread - low_gap)) | (high_gap > FAR * (spread - high_gap))
    lone = low_gap >= -statistics.min
    negative = (statistics.min < 0) & ((statistics.q1 > 0) | lone)
    near = np.minimum(ZERO_GAP * statistics.median, 0.5 * (statistics.q3 - statistics.q1))
    zero = (statistics.min == 0) & (statistics.q3 > 0) & (low_gap > 0) & (low_gap >= near)
    return np.asarray((written | negative | zero | far) & (statistics.n_distinct > 2))


def _is_written(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which numbers are written for nothing: nines, -1, the ends of a number type."""
    size = np.abs(values)
    with np.errstate(invalid="ignore", over="ignore"):
        nines = np.zeros(size.shape, dtype=bool)
        for places in (1.0, 10.0, 100.0):  # 999, 99.9, 99.99
            digits = np.round(size * places)
            whole = np.abs(size * places - digits) < 1e-6
            power = np.round(np.log10(digits + 1.0))
            nines |= whole & (digits >= 9) & (10.0**power == digits + 1.0)
    return np.asarray(nines | (values == -1) | np.isin(values, FILLS))


def find_sentinels(column: pl.Series) -> list[Sentinel]:
    """Return the sentinels of a column of numbers, those at the lower end first."""
    cells = sorted_cells(column)
    first = np.flatnonzero(np.r_[True, cells[1:] > cells[:-1]])[: len(cells)]
    values, counts = cells[first], np.diff(first, append=len(cells))
    found: list[Sentinel] = []
    for sign in (1, -1):  # the upper end is the lower one of the numbers with their signs turned
        ascending = slice(None, None, sign)
        while True:
            block = _lowest(column.name, sign * values[ascending], counts[ascending], sign)
            found += block
            if not block or not block[0].sure:
                break
            kept = slice(len(block), None) if sign == 1 else slice(None, -len(block))
            values, counts = values[kept], counts[kept]
    if len(values) > SEVERAL and not any(each.value == 0 for each in found):
        found += _zeros(column.name, values, counts)
    return found


def _quartiles(values: NDArray[np.float64], counts: NDArray[np.int64]) -> list[float]:
    """Return the quartiles of cells that are told as ascending values and their counts."""
    reach, total = np.cumsum(counts), counts.sum()
    return [float(values[np.searchsorted(reach, share * total)]) for share in (0.25, 0.5, 0.75)]


def shared_sentinels(
    frame: pl.DataFrame, numeric: Sequence[str], statistics: Statistics, found: Sequence[Sentinel]
) -> list[Sentinel]:
    """Return the sentinels that other columns give away: a table has one way to write nothing.

    A number that surely stands for "no value" in one column does so where it is the last of
    another column by some distance, however few cells have it.
    """
    values = {each.value for each in found if each.sure and abs(each.value) >= LEAST_SHARED}
    known = {(each.column, each.value) for each in found if each.sure}
    ends = np.stack([statistics.min, statistics.max])
    more = []
    for j in np.flatnonzero(np.isin(ends, list(values)).any(axis=0)).tolist():
        for value in values.intersection(ends[:, j].tolist()):
            if (numeric[j], value) not in known:
                more += _last_of(frame[numeric[j]], value)
    return more


def _last_of(column: pl.Series, value: float) -> list[Sentinel]:
    """Return a number as a sentinel if it lies apart from all other cells of a column."""
    cells = column.drop_nulls().cast(pl.Float64).to_numpy()
    others = cells[np.isfinite(cells) & (cells != value)]
    if not len(others):
        return []
    low, high = float(others.min()), float(others.max())
    gap = max(low - value, value - high)
    odd_sign = value < 0 <= low
    if not odd_sign and gap < 0.5 * (high - low):
        return []
    n = int((cells == value).sum())
    return [Sentinel(column.name, value, n, low, high, sure=True)]


def _lowest(
    name: str, values: NDArray[np.float64], counts: NDArray[np.int64], sign: int
) -> list[Sentinel]:
    """Judge the smallest of ascending numbers: one, or a few in a row such as 97, 98, 99."""
    n_cells = int(counts.sum())
    for size in range(1, min(SEVERAL, len(values) - 2) + 1):
        block, rest = values[:size], values[size:]
        if size > 1 and not (np.diff(block) == 1).all():
            break
        n = int(counts[:size].sum())
        low, high = sorted((sign * float(rest[0]), sign * float(rest[-1])))
        written = bool(_is_written(block[:1])[0])
        gap, spread = float(rest[0] - block[-1]), high - low
        odd_sign = sign * float(block[0]) < 0 <= low
        answers = written and n > 2 and abs(block[0]) == 9 and gap >= spread == len(rest) - 1
        length = abs(float(block[0]))
        sure = answers or _is_sure(length, n, gap, spread, written, odd_sign, n_cells)
        said = size == 1 and written and (length >= CODE or (odd_sign and length >= LEAST_SHARED))
        if sure and (said or (n_cells >= FEW and n <= MOST * n_cells)):
            return [
                Sentinel(name, sign * float(value), int(times), low, high, sure=True)
                for value, times in zip(block, counts)
            ]
        spike = n >= max(SPIKED, SPIKE * n_cells)
        lone = size == 1 and odd_sign and spike and (low > 0 or spread >= 10)
        far = size == 1 and spike and gap >= FAR * spread and _is_lone(counts)
        if lone or far or (size == 1 and written and length > 1 and _stands_out(values, counts)):
            return [Sentinel(name, sign * float(block[0]), n, low, high, sure=False)]
    return []


def _is_sure(
    size: float, n: int, gap: float, spread: float, written: bool, odd_sign: bool, n_cells: int
) -> bool:  # fmt: skip
    """Say whether a number is far and frequent enough to stand for nothing."""
    spike = n >= max(3, SPIKE * n_cells)
    if odd_sign and spike and spread >= 10 and (written or gap >= 0.5 * spread):
        return True
    if written and n > 1 and gap >= spread and size > 9:
        return True
    return written and (size >= CODE or odd_sign) and size >= 99 and gap >= LONELY * spread


def _is_lone(counts: NDArray[np.int64]) -> bool:
    """Say whether the first of many numbers is a spike, and the next ones are none."""
    return len(counts) > 10 and bool(counts[0] >= 3 * counts[1:6].max())


def _stands_out(values: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Say whether the smallest number is a spike somewhat apart from the next ones."""
    gap, spread = values[1] - values[0], values[-1] - values[1]
    apart = gap >= 3 * np.median(np.diff(values[1:7])) and gap >= 0.1 * spread
    frequent = counts[0] >= max(3, SPIKE * counts.sum()) and counts[0] >= 3 * counts[1:6].max()
    return bool(apart and frequent)


def _zeros(name: str, values: NDArray[np.float64], counts: NDArray[np.int64]) -> list[Sentinel]:
    """Point out zeros in a column whose other cells stay away from zero.

    They are many for such a column, or they lie beyond all others by more than half of these
    spread. Where most cells are zeros, or 0 is the step before 1 and 2, they are a measurement.
    """
    n = int(counts[0])
    if values[0] != 0 or len(values) <= 10 or not SPIKED <= n <= MOST_ZEROS * counts.sum():
        return []
    if values[1] < 3 * np.median(np.diff(values[1:7])):
        return []
    low, middle, high = _quartiles(values[1:], counts[1:])
    many = n >= ZERO_SHARE * counts.sum() and n >= 3 * counts[1:6].max()
    if values[1] < (ZERO_GAP * middle if many else high - low):
        return []
    return [Sentinel(name, 0.0, int(counts[0]), float(values[1]), float(values[-1]), sure=False)]


def missing_sentinels(
    frame: pl.DataFrame,
    numeric: Sequence[str],
    found: Sequence[Sentinel],
    asked: Sentinels,
) -> dict[str, tuple[float, ...]]:
    """Return the numbers that are made missing in each column; refuse them if so asked."""
    words = [asked] if isinstance(asked, str) else list(asked)
    mode = next((each for each in words if each in MODES), None)
    taken = asked_sentinels([each for each in words if each not in MODES], numeric)
    for each in found:
        if each.sure and mode == "error":
            row = int((frame[each.column] == each.value).arg_max() or 0)
            raise ValueError(
                f"column {each.column!r}: {in_words(each.value)} stands in {each.count:,} of "
                f"{frame.height:,} rows, the first in row {row + 1}, far from all other cells "
                f"({in_words(each.low)} to {in_words(each.high)}); sentinels='missing' takes it "
                "for 'no value', 'keep' for a number"
            )
        known = taken.get(each.column, ())
        if each.sure and mode == "missing" and each.value not in known:
            taken[each.column] = (*known, each.value)
    return taken


def asked_sentinels(
    asked: Sequence[str | float], names: Sequence[str]
) -> dict[str, tuple[float, ...]]:
    """Return the numbers that stand for "no value" in each column, as the user says.

    Parameters
    ----------
    asked : sequence of numbers and text
        ``-999`` counts in every column, ``"age=99"`` in one.
    names : sequence of str
        Columns of numbers.
    """
    told: dict[str, list[float]] = {name: [] for name in names}
    for each in asked:
        column, _, number = str(each).rpartition("=")
        try:
            value = float(number)
        except ValueError:
            allowed = ", ".join(MODES)
            raise ValueError(
                f"sentinels={each!r} is none of {allowed}, no number such as -999 and no column "
                "with a number such as 'age=99'"
            ) from None
        if column and column not in told:
            raise ValueError(unknown_name(column, list(told), what="column of numbers"))
        for name in [column] if column else names:
            told[name].append(value)
    return {name: tuple(values) for name, values in told.items() if values}


def without(frame: pl.DataFrame, sentinels: Mapping[str, tuple[float, ...]]) -> pl.DataFrame:
    """Return the table with these numbers missing."""
    columns = [
        frame[name].set(frame[name].cast(pl.Float64).is_in(list(values)), None)
        for name, values in sentinels.items()
        if name in frame.columns and frame[name].dtype.is_numeric()
    ]
    return frame.with_columns(columns) if columns else frame


def in_words(value: float) -> str:
    """Write a number without a point where it is whole."""
    return f"{value:z.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:zg}"
