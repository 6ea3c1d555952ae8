"""An order of the rows that follows from what they hold, not from where they stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise._core.units import in_unit, unit_exponent

__all__ = ["distinct_neighbors", "order_by_content", "written_once"]

# Positions that differ by less than this share of the table's spread count as the same.
RESOLUTION = 2.0**-20
# Rows among which mostly one shows that a table is written once.
FIRST_LOOK = 4_096
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)


def order_by_content(X: NDArray[np.floating], seed: int) -> NDArray[np.intp]:
    """Return row numbers in an order that looks random and depends on the rows alone.

    Neither the order of the rows, nor the table's unit and offset, nor a constant column changes
    which row comes at which place.
    """
    return np.argsort(_keys(X, seed), kind="stable")


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
    middle = X.mean(axis=0, dtype=np.float64)
    spread = X.std(axis=0, dtype=np.float64)
    unit = float(np.sqrt((spread**2).sum())) * RESOLUTION
    keys = np.full(len(X), seed, dtype=np.uint64)
    for j in np.flatnonzero(spread > 1e-9 * spread.max(initial=0.0)):
        steps = np.rint((X[:, j] - middle[j]) / unit).astype(np.int64)
        keys = (keys ^ steps.view(np.uint64)) * MULTIPLIER
        keys ^= keys >> SHIFT
    return keys
