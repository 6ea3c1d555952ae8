"""A small weighted sample that stands for a large table wherever centers may lie.

Half of the weight is drawn in proportion to squared distances from the mean, so that far and small
groups are in it. Searches for centers among these rows end nearly where those among all do.

O. Bachem, M. Lucic and A. Krause, "Scalable k-means clustering via lightweight coresets", KDD 2018.
https://arxiv.org/abs/1702.08248
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kwise.selection.fitter import Fitter, Starts

__all__ = ["CORESET_ROWS", "CoresetFitter", "coreset", "is_large", "weighted_fitter"]

# Rows that are searched in place of all, from tables of more than twice as many with so many cells;
# how often, each time from all starts: on a network's half a million records the best of three is
# within 0.1 % of one search among all rows for 2 to 19 clusters, and mostly better.
CORESET_ROWS, LARGE_CELLS, SEARCHES = 20_000, 4_000_000, 3
_BLOCK_CELLS = 1 << 18


def is_large(n_rows: int, n_features: int) -> bool:
    """Tell whether a table is searched in a coreset."""
    return n_rows > 2 * CORESET_ROWS and n_rows * n_features > LARGE_CELLS


def coreset(
    X: NDArray[np.floating],
    weight: NDArray[np.floating] | None,
    order: NDArray[np.intp],
    start: float,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return about ``CORESET_ROWS`` rows, or fewer where some are drawn again, and their weights.

    They are drawn systematically along ``order``, from ``start`` in [0, 1) on; rows that are sure
    to be drawn keep their weight. O(n_samples * n_features).
    """
    mass = np.ones(len(X)) if weight is None else weight.astype(np.float64)
    squared = _squared_distances(X, mass)
    spread = float(mass @ squared)
    share = mass / mass.sum()
    if spread > 0.0:
        share = 0.5 * share + 0.5 * mass * squared / spread
    reach = np.cumsum(share[order])
    marks = (np.arange(CORESET_ROWS) + start) * (reach[-1] / CORESET_ROWS)
    drawn = np.minimum(np.searchsorted(reach, marks, side="right"), len(order) - 1)
    rows = order[np.unique(drawn)]
    return rows, mass[rows] / np.minimum(CORESET_ROWS * share[rows], 1.0)


def _squared_distances(X: NDArray[np.floating], mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row's squared distance to the mean."""
    step = max(1, _BLOCK_CELLS // X.shape[1])
    blocks = [slice(first, first + step) for first in range(0, len(X), step)]
    origin = np.asarray(X[0], dtype=np.float64)  # sums of data far from zero keep their digits
    middle = origin + sum(mass[rows] @ (X[rows] - origin) for rows in blocks) / mass.sum()
    squared = np.empty(len(X))
    for rows in blocks:
        away = X[rows] - middle
        squared[rows] = np.einsum("ij,ij->i", away, away)
    return squared


def weighted_fitter(X: NDArray[np.floating], mass: NDArray[np.float64]) -> Fitter:
    """Return what fits the rows of a coreset; its tolerance is that of the whole table."""
    away = X - (mass @ X) / mass.sum()
    stood_for = (mass @ away**2).sum() / mass.sum()
    return Fitter(X, mass.astype(X.dtype), spread=float(stood_for / X.var(axis=0).sum()))


@dataclass(frozen=True, slots=True)
class CoresetFitter:
    """Looks for centers among the rows of a coreset, and descends from the best among all."""

    whole: Fitter
    part: Fitter

    def again(self) -> CoresetFitter:
        """Return one that fits the same beside this."""
        return CoresetFitter(self.whole.again(), self.part.again())

    def fit(self, k: int, *, n_init: int, random_state: int, quality: str = "standard") -> Starts:
        """Return the run on all rows; inertias of starts are those that the coreset estimates."""
        if k == 1:
            return self.whole.fit(1, n_init=1, random_state=random_state)
        streams = np.random.RandomState(random_state).randint(2**31 - 1, size=SEARCHES)
        found = [
            self.part.fit(k, n_init=n_init, random_state=int(seed), quality=quality)
            for seed in streams
        ]
        best = min(found, key=lambda each: each.best.inertia)
        return replace(best, best=self.whole.descend_from(best.best.centers))
