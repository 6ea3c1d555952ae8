"""Medoids of rows: swaps over all pairs of distances, or over those of samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kwise._callbacks import Told
from kwise._core.columns import Matrix
from kwise._core.variants import Medoids, swap_medoids
from kwise.estimators._medoid_distances import Metric, between, square
from kwise.types import Floats

__all__ = ["MedoidRun", "MedoidSearch", "nearest_of", "pairs_of"]

# Above so many rows pairs are held in float32: half the memory.
_FLOAT64_ROWS = 10_000
# CLARA takes so many samples, of so many rows at least, or so many a cluster.
N_SAMPLES, SAMPLE_ROWS, ROWS_A_CLUSTER = 5, 2_000, 20


@dataclass(frozen=True, slots=True)
class MedoidRun:
    """Medoids as rows, labels, the weighted sum of distances; what it took to find them."""

    rows: NDArray[np.int64]
    labels: NDArray[np.int32]
    cost: float
    n_iter: int
    n_swaps: int


@dataclass(frozen=True, slots=True)
class MedoidSearch:
    """How medoids are looked for; ``init`` is a name, or rows to begin with.

    Callbacks hear of starts, and of samples, below ``fit``, and may end them; swaps are the
    engine's, which tells nothing while it works.
    """

    n_clusters: int
    init: str | NDArray[np.int64]
    n_init: int
    max_iter: int
    rng: np.random.RandomState
    fit: Told

    def over_pairs(self, pairs: NDArray[np.floating], weights: Floats | None) -> MedoidRun:
        """Return the best of several searches over the distances of all pairs."""
        if self.n_clusters == 1:
            sums = pairs @ (np.ones(len(pairs)) if weights is None else weights)
            best = int(np.argmin(sums))
            labels = np.zeros(len(pairs), np.int32)
            return MedoidRun(np.array([best]), labels, float(sums[best]), 1, 0)
        runs = []
        for _ in range(self.n_init):
            told = self.fit.below("start")
            start = self.init if not isinstance(self.init, str) else self._start(pairs, weights)
            runs.append(swap_medoids(pairs, weights, start, self.max_iter))
            if told.ended():
                break
        return _as_run(min(runs, key=lambda run: run.cost))

    def over_samples(self, X: Matrix, metric: Metric, weights: Floats | None) -> MedoidRun:
        """Return the medoids of the sample that serve all rows best (CLARA).

        Each sample holds the best medoids so far. L. Kaufman and P. J. Rousseeuw, "Finding Groups
        in Data", 1990.
        """
        n = X.shape[0]
        size = min(n, max(SAMPLE_ROWS, ROWS_A_CLUSTER * self.n_clusters))
        best: MedoidRun | None = None
        for _ in range(N_SAMPLES):
            told = self.fit.below("sample", None)
            rows = self.rng.permutation(n)[:size]
            if best is not None:
                rows = np.unique(np.concatenate([best.rows, rows]))
            some = None if weights is None else weights[rows]
            found = replace(self, fit=told).over_pairs(square(X[rows], metric, np.float64), some)
            medoids = rows[found.rows].astype(np.int64)
            labels, nearest = nearest_of(X, X[medoids], metric)
            cost = float(nearest.sum() if weights is None else weights @ nearest)
            if best is None or cost < best.cost:
                best = MedoidRun(medoids, labels, cost, found.n_iter, found.n_swaps)
            if told.ended():
                break
        assert best is not None
        return best

    def _start(self, pairs: NDArray[np.floating], weights: Floats | None) -> NDArray[np.int64]:
        """Draw the first medoids: any rows, or by k-means++ with distances for their squares."""
        n = len(pairs)
        if self.init == "random":
            return self.rng.permutation(n)[: self.n_clusters].astype(np.int64)
        weight = np.ones(n) if weights is None else weights
        chances, nearest = weight.copy(), np.full(n, np.inf)
        taken = np.zeros(n, dtype=bool)
        rows = []
        for uniform in self.rng.random_sample(self.n_clusters):
            if not chances.any():  # no other row is distinct
                chances = np.where(taken, 0.0, 1.0)
            reach = np.cumsum(chances)
            drawn = int(np.searchsorted(reach, uniform * reach[-1], side="right"))
            row = min(drawn, int(np.flatnonzero(chances)[-1]))
            rows.append(row)
            taken[row] = True
            np.minimum(nearest, pairs[row], out=nearest)
            chances = np.where(taken, 0.0, weight * nearest)
        return np.array(rows, dtype=np.int64)


def pairs_of(X: Matrix, metric: Metric) -> NDArray[np.floating]:
    """Return the distances of all pairs, in float32 where they are many."""
    return square(X, metric, np.float32 if X.shape[0] > _FLOAT64_ROWS else np.float64)


def nearest_of(
    X: Matrix, medoids: Matrix, metric: Metric
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the nearest medoid of each row and the distance to it, in blocks."""
    n = X.shape[0]
    labels, nearest = np.empty(n, np.int32), np.empty(n)
    size = max(1, (1 << 22) // medoids.shape[0])
    for first in range(0, n, size):
        rows = slice(first, first + size)
        found = between(X[rows], medoids, metric)
        labels[rows] = found.argmin(axis=1)
        nearest[rows] = found.min(axis=1)
    return labels, nearest


def _as_run(found: Medoids) -> MedoidRun:
    """Return what the engine found."""
    return MedoidRun(found.rows, found.labels, found.cost, found.n_passes, found.n_swaps)
