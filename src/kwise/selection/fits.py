"""One data set, packed once, fitted for any number of clusters from several starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._core.packed import pack
from kwise.estimators._runs import best_run
from kwise.init.k_means_plusplus import draw_kmeans_plusplus
from kwise.results import Run

__all__ = ["Fitter", "Starts"]

MAX_ITER = 300
TOL = 1e-4


@dataclass(frozen=True, slots=True)
class Starts:
    """The best of several runs, and the inertia of each, best first."""

    best: Run
    inertias: tuple[float, ...]


class Fitter:
    """Fits one data set again and again, as ``KMeans`` would."""

    def __init__(
        self, X: NDArray[np.floating], sample_weight: NDArray[np.floating] | None = None
    ) -> None:
        self._packed = pack(X, sample_weight)

    def fit(self, k: int, *, n_init: int, random_state: int) -> Starts:
        """Run k-means from ``n_init`` starts: what ``KMeans`` with these arguments finds."""
        # One stream for all starts, as within one fit of KMeans.
        stream = np.random.RandomState(random_state)
        n_starts = 1 if k == 1 else n_init
        starts = (draw_kmeans_plusplus(self._packed, k, stream) for _ in range(n_starts))
        tol = self._packed.variance * TOL
        run, inertias = best_run(self._packed, starts, max_iter=MAX_ITER, tol=tol)
        return Starts(run, tuple(sorted(inertias)))
