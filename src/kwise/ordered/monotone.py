"""One layer of the dynamic programme on a line: optimal cuts move only to the right.

For sorted values the cost of a stretch obeys the quadrangle inequality, so the best last cut
of the first j values never moves left as j grows. Halving the range of j therefore halves the
cuts to try: O(n log n) for a layer instead of O(n**2).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["next_layer"]

Cost = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]


def next_layer(
    before: NDArray[np.float64], cost: Cost, first: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the best inertia of one more cluster for each prefix, and its last cut.

    ``before[i]`` is the best inertia of the first i values with one cluster less; ``first`` is
    that smaller number of clusters: fewer values than that cannot be cut. All middles of one
    depth of the halving are solved together.
    """
    n = len(before) - 1
    best = np.full(n + 1, np.inf)
    cut = np.zeros(n + 1, dtype=np.intp)
    # Open ranges of prefixes [low, high], each with the cuts [left, right] that are possible.
    low, high = np.array([first + 1]), np.array([n])
    left, right = np.array([first]), np.array([n - 1])
    while len(low):
        middle = (low + high) // 2
        values, cuts = _solve(before, cost, middle, left, np.minimum(right, middle - 1))
        best[middle], cut[middle] = values, cuts
        low, high = np.concatenate([low, middle + 1]), np.concatenate([middle - 1, high])
        left, right = np.concatenate([left, cuts]), np.concatenate([cuts, right])
        open_ = low <= high
        low, high, left, right = low[open_], high[open_], left[open_], right[open_]
    return best, cut


def _solve(
    before: NDArray[np.float64],
    cost: Cost,
    middle: NDArray[np.intp],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Try every cut left..right for each middle; return the best values and first best cuts."""
    counts = right - left + 1
    starts = np.cumsum(counts) - counts
    cuts = np.arange(counts.sum()) - np.repeat(starts - left, counts)
    totals = before[cuts] + cost(cuts, np.repeat(middle, counts))
    values = np.minimum.reduceat(totals, starts)
    is_best = totals == np.repeat(values, counts)
    # The first best cut of each middle: reduceat over positions, others out of the way.
    positions = np.where(is_best, np.arange(len(totals)), len(totals))
    return values, cuts[np.minimum.reduceat(positions, starts)]
