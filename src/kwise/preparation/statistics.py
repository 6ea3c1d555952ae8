"""Per-column numbers of a table, computed for blocks of columns at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._core.threads import effective_n_threads
from kwise.types import Floats

BLOCK_CELLS = 2 << 20  # cells sorted at once by a thread: 16 MB
LONG = 1 << 14  # rows from which polars, on all threads, sorts a column faster than NumPy a block
SPIKE = 3  # equal cells at one end that may stand for nothing
FAR_OUT = 3.0  # interquartile ranges beyond the quartiles


@dataclass(frozen=True, eq=False)
class Statistics:
    """One entry a column in every array; see ``ColumnSummary`` for what they mean.

    ``low_gap`` and ``high_gap`` are how far the smallest and the largest cell are from the next
    other one; 0 where fewer than three cells are it.
    """

    n_missing: NDArray[np.int64]
    n_distinct: NDArray[np.int64]
    n_infinite: NDArray[np.int64]
    is_whole: NDArray[np.bool_]
    mean: Floats
    std: Floats
    min: Floats
    q1: Floats
    median: Floats
    q3: Floats
    max: Floats
    skewness: Floats
    n_outliers: NDArray[np.int64]
    low_gap: Floats
    high_gap: Floats

    def replaced(self, places: list[int], others: Statistics) -> Statistics:
        """Return a copy with the entries at some places taken from others, in that order."""
        made = {}
        for each in fields(self):
            made[each.name] = getattr(self, each.name).copy()
            made[each.name][places] = getattr(others, each.name)
        return Statistics(**made)


def column_statistics(columns: list[pl.Series]) -> Statistics:
    """Describe columns of numbers.

    Each column is sorted once, O(n log n), and its distinct cells and all order statistics are
    read from it. Blocks of columns are described side by side, where there are several.
    """
    width = max(1, BLOCK_CELLS // max(1, len(columns[0]))) if columns else 1
    parts = [columns[start : start + width] for start in range(0, max(1, len(columns)), width)]
    with ThreadPoolExecutor(min(effective_n_threads(), len(parts))) as threads:
        blocks = list(threads.map(_described, parts))
    return Statistics(
        **{
            each.name: np.concatenate([getattr(block, each.name) for block in blocks])
            for each in fields(Statistics)
        }
    )


def sorted_cells(column: pl.Series) -> Floats:
    """Return the finite cells of a column of numbers in ascending order."""
    cells = _sorted(column)
    return cells[np.searchsorted(cells, -np.inf, "right") : np.searchsorted(cells, np.inf)]


def _sorted(column: pl.Series) -> Floats:
    """Return the cells in ascending order; missing ones, as nan, come last."""
    return column.cast(pl.Float64).sort(nulls_last=True).to_numpy()


def _described(columns: list[pl.Series]) -> Statistics:
    """Describe some columns."""
    # Huge cells have no squares; they are refused where the column is to be used.
    with np.errstate(over="ignore", invalid="ignore"):
        return _describe(*_sorted_matrix(columns))


def _sorted_matrix(columns: list[pl.Series]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the columns as sorted rows of a matrix, then nan; and how many cells are infinite."""
    matrix = np.empty((len(columns), len(columns[0]) if columns else 1))
    if matrix.shape[1] < LONG:
        for j, column in enumerate(columns):
            matrix[j] = column.cast(pl.Float64).to_numpy()
        infinite = np.isinf(matrix)
        matrix[infinite] = np.nan
        matrix.sort(axis=1)  # nan comes last
        return matrix, infinite.sum(axis=1)
    n_infinite = np.zeros(len(columns), dtype=np.int64)
    for j, column in enumerate(columns):
        cells = _sorted(column)
        low, high = np.searchsorted(cells, -np.inf, "right"), np.searchsorted(cells, np.inf)
        matrix[j, : high - low], matrix[j, high - low :] = cells[low:high], np.nan
        n_infinite[j] = low + np.searchsorted(cells, np.nan) - high
    return matrix, n_infinite


def _describe(block: Floats, n_infinite: NDArray[np.int64]) -> Statistics:
    """Describe the sorted rows of a matrix (each is a column of the table)."""
    n = np.count_nonzero(np.isfinite(block), axis=1)
    n_distinct = np.where(n > 0, 1 + np.count_nonzero(block[:, 1:] > block[:, :-1], axis=1), 0)
    quartiles = [_quantile(block, n, share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    mean, std, skewness = _moments(block, n)
    reach = FAR_OUT * (quartiles[3] - quartiles[1])
    low, high = quartiles[1] - reach, quartiles[3] + reach
    outside = (block < low[:, None]) | (block > high[:, None])
    gaps = _gaps(block, n)
    return Statistics(
        n_missing=block.shape[1] - n - n_infinite,
        n_distinct=n_distinct,
        n_infinite=n_infinite,
        is_whole=_are_whole(block) & (n > 0),
        mean=mean,
        std=std,
        min=quartiles[0],
        q1=quartiles[1],
        median=quartiles[2],
        q3=quartiles[3],
        max=quartiles[4],
        skewness=skewness,
        n_outliers=np.count_nonzero(outside, axis=1),
        low_gap=gaps[0],
        high_gap=gaps[1],
    )


def _are_whole(block: Floats) -> NDArray[np.bool_]:
    """Tell which rows hold whole numbers alone, and nan; most others show one at once."""
    whole = np.ones(len(block), dtype=bool)
    for cells in (block[:, :64], block):
        some = cells[whole]
        whole[whole] = ((some == np.floor(some)) | np.isnan(some)).all(axis=1)
    return whole


def _gaps(block: Floats, n: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return how far the ends of sorted rows are from the next cell, where ends are spikes."""
    rows, last = np.arange(len(block)), np.maximum(n - 1, 0)
    low, high = block[:, 0], block[rows, last]
    n_low = np.count_nonzero(block == low[:, None], axis=1)
    n_high = np.count_nonzero(block == high[:, None], axis=1)
    above = block[rows, np.minimum(n_low, last)] - low
    below = high - block[rows, np.maximum(last - n_high, 0)]
    return np.where(n_low >= SPIKE, above, 0.0), np.where(n_high >= SPIKE, below, 0.0)


def _quantile(block: Floats, n: NDArray[np.int64], share: float) -> Floats:
    """Interpolate between order statistics, as NumPy's default does; nan for empty rows."""
    position = share * np.maximum(n - 1, 0)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    rows = np.arange(len(block))
    lower, upper = block[rows, below], block[rows, above]
    # Equal neighbors stay exact; the difference of huge cells must not overflow.
    return np.where(lower == upper, lower, lower + (upper - lower) * (position - below))


def _moments(block: Floats, n: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return mean, standard deviation and skewness of each row, without its nan."""
    count = np.maximum(n, 1)
    absent = None if (n == block.shape[1]).all() else np.isnan(block)
    # Centering on a middle value first keeps digits where the mean is far from zero.
    middle = np.where(n > 0, block[np.arange(len(block)), np.maximum(n - 1, 0) // 2], 0.0)
    centered = block - middle[:, None]
    _clear(centered, absent)
    shift = centered.sum(axis=1) / count
    centered -= shift[:, None]
    _clear(centered, absent)
    powers = centered * centered
    variance = powers.sum(axis=1) / count
    std = np.sqrt(variance)
    powers *= centered
    third = powers.sum(axis=1) / count
    cube = variance * std
    skewness = np.divide(third, cube, out=np.zeros_like(third), where=cube > 0)
    empty = n == 0
    nothing = np.where(empty, np.nan, 0.0)
    return middle + shift + nothing, std + nothing, skewness + nothing


def _clear(cells: Floats, absent: NDArray[np.bool_] | None) -> None:
    """Write zeros where a cell is absent."""
    if absent is not None:
        cells[absent] = 0.0
