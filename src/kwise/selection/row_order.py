"""An order of the rows that follows from what they hold, not from where they stand."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from kwise._core.moments import column_moments
from kwise._core.threads import abreast
from kwise._core.units import in_unit, unit_exponent

__all__ = ["distinct_neighbors", "order_by_content", "ordered_with_kinds", "written_once"]

# Positions that differ by less than this share of the table's spread count as the same.
RESOLUTION = 2.0**-20
# Rows among which mostly one shows that a table is written once.
FIRST_LOOK = 4_096
# Cells, and at least rows, that are mixed at once: the cache holds them.
_BLOCK_CELLS, _BLOCK_ROWS = 1 << 16, 1 << 12
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)


def order_by_content(X: NDArray[np.floating], seed: int) -> NDArray[np.intp]:
    """Return row numbers in an order that looks random and depends on the rows alone.

    Neither the order of the rows, nor the table's unit and offset, nor a constant column changes
    which row comes at which place.
    """
    return ordered_with_kinds(X, seed)[0]


def ordered_with_kinds(X: NDArray[np.floating], seed: int) -> tuple[NDArray[np.intp], int]:
    """Return the same order, and a number that there are at least of distinct rows."""
    keys = _keys(X, seed)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    return order, 1 + int(np.count_nonzero(keys[1:] != keys[:-1]))


def written_once(X: NDArray[np.floating], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return fewer rows where each comes g times or a multiple of that often: a g-th of each.

    A table that is written twice holds no more evidence than one. ``order`` has like rows side by
    side.
    """
    starts, _ = distinct_neighbors(X[order[:FIRST_LOOK]])
    if np.gcd.reduce(np.diff(starts)) == 1:  # rows that end among the first: mostly enough
        return order
    along = X[order]
    starts, _ = distinct_neighbors(along)
    counts = np.diff(np.r_[starts, len(along)])
    every = int(np.gcd.reduce(counts))
    if every == 1 or len(starts) == 1:
        return order
    within = np.arange(len(along)) - np.repeat(starts, counts)
    once: NDArray[np.intp] = order[within % every == 0]
    return once


def distinct_neighbors(X: NDArray[np.floating]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that differ from the one before, and which of these each row is."""
    new = np.r_[True, (X[1:] != X[:-1]).any(axis=1)]
    return np.flatnonzero(new), np.cumsum(new) - 1


def _keys(X: NDArray[np.floating], seed: int) -> NDArray[np.uint64]:
    """Return a number for each row, the same for rows that are alike."""
    X = in_unit(X, unit_exponent(X))  # so that no square overflows
    middle, squares, _ = column_moments(X)
    spread = np.sqrt(squares / len(X))
    unit = float(np.sqrt((spread**2).sum())) * RESOLUTION
    columns = np.flatnonzero(spread > 1e-9 * spread.max(initial=0.0))
    keys = np.full(len(X), seed, dtype=np.uint64)

    def mix(first: int) -> None:
        block = X[first : first + step]
        rows = block if len(columns) == X.shape[1] else block[:, columns]
        steps = np.rint((rows - middle[columns]) / unit).astype(np.int64)
        some = keys[first : first + step]
        for each in np.ascontiguousarray(steps.T).view(np.uint64):
            some ^= each
            some *= MULTIPLIER
            some ^= some >> SHIFT

    step = max(_BLOCK_ROWS, _BLOCK_CELLS // max(1, len(columns)))
    abreast([partial(mix, first) for first in range(0, len(X), step)])
    return keys
