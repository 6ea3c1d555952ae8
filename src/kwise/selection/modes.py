"""How many peaks the density of the rows has, whatever their shape, and how much they stand out.

Rows are taken from the densest on; each joins the peak of its near neighbors that are there
already, and where it links two peaks, the lower one ends, and has stood out by the difference: the
persistence of [1]_. A curve, a ring or a sheet of even density is one peak.

References
----------
.. [1] F. Chazal et al., "Persistence-based clustering in Riemannian manifolds", Journal of the ACM
   60, 2013. https://doi.org/10.1145/2535927
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from kwise.types import Floats

__all__ = ["measure_modes"]

# Neighbors that a density is made of, at most, and one for so many rows at most.
NEARBY, FAR = (20, 8), (60, 6)
# A peak of fewer rows is chance or a speck.
LEAST_ROWS, LEAST_SHARE = 4, 0.02
# Peaks between which no row lies stand out by more than any difference.
APART = 12.0
# In standard errors of a log density: from here a peak counts.
STANDS_OUT = 4.0


def measure_modes(data: Floats, directions: float) -> dict[str, float]:
    """Measure the peaks besides the highest: how much they stand out, and how many do.

    A density goes with the power ``directions`` of the neighbors' distance. It is looked at
    closely, and from afar, where it is smoother.
    """
    return {**_modes(data, directions, *NEARBY), **_named_far(_modes(data, directions, *FAR))}


def _modes(data: Floats, directions: float, most: int, share: int) -> dict[str, float]:
    """Measure with densities over so many neighbors, fewer where rows are few."""
    count = min(most, max(2, len(data) // share), len(data) - 1)
    if count < 2:
        return {"mode_second": 0.0, "mode_third": 0.0, "modes": 1.0}
    apart, near = NearestNeighbors(n_neighbors=count).fit(data).kneighbors()
    reach = np.log(np.maximum(apart, 1e-9 * apart.max() + 1e-300)).mean(axis=1)
    # Smoothed over the neighborhood, so that single rows make no peaks.
    smooth = (reach + reach[near].mean(axis=1)) / 2.0
    heights = -directions * smooth * math.sqrt(count)
    out = np.sort(np.minimum(_persistence(heights, near), APART * math.sqrt(count)))[::-1]
    second, third = np.r_[out, 0.0, 0.0][:2]
    return {
        "mode_second": float(second),
        "mode_third": float(third),
        "modes": 1.0 + float((out > STANDS_OUT).sum()),
    }


def _named_far(measures: dict[str, float]) -> dict[str, float]:
    """Name the measures as those from afar."""
    return {f"{name}_far": value for name, value in measures.items()}


def _persistence(heights: Floats, near: NDArray[np.intp]) -> Floats:
    """Return by how much every peak but the highest stands out of what links it to a higher one."""
    n = len(heights)
    enough = max(LEAST_ROWS, LEAST_SHARE * n)
    place = np.empty(n, dtype=np.intp)
    order = np.argsort(-heights, kind="stable")
    place[order] = np.arange(n)
    linked, ends = _linked_before(place[near[order]])
    along = heights[order].tolist()
    peak = list(range(n))  # of each row; rows are told apart by their place in the order
    members: list[list[int]] = [[] for _ in range(n)]
    ended = []
    for i in range(n):
        # The first in order is the highest peak.
        first, *others = sorted({peak[j] for j in linked[ends[i] : ends[i + 1]]}) or [i]
        for other in others:
            if len(members[other]) >= enough:
                ended.append(along[other] - along[i])
            for j in members[other]:
                peak[j] = first
            members[first] += members[other]
            members[other] = []
        peak[i] = first
        members[first].append(i)
    peaks = [i for i in range(1, n) if len(members[i]) >= enough]
    return np.array(ended + [math.inf] * len(peaks))


def _linked_before(near: NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Return the linked rows that come before each row, and where those of each begin."""
    n, count = near.shape
    own, others = np.repeat(np.arange(n), count), near.ravel()
    later = np.maximum(own, others)
    order = np.argsort(later, kind="stable")
    ends = np.searchsorted(later[order], np.arange(n + 1))
    return np.minimum(own, others)[order].tolist(), ends.tolist()
