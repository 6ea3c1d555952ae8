"""The parts of mini-batch k-means: draws of batches, one step, and when to stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise.estimators._assign import assign_inertia


class BatchDraws:
    """Draws rows with replacement by weight: the numbers of ``choice(n, size, p=weights)``.

    ``choice`` sums the weights at every call; they are summed once here, so a batch costs
    O(batch log n) and not O(n).
    """

    def __init__(self, weights: NDArray[np.floating], rng: np.random.RandomState) -> None:
        self._rng = rng
        self._cumulative = np.cumsum(weights / weights.sum(), dtype=np.float64)
        self._cumulative /= self._cumulative[-1]
        self._are_equal = bool((weights == weights[0]).all())

    def draw(self, size: int) -> NDArray[np.intp]:
        """Return the indices of one batch."""
        uniforms = self._rng.random_sample(size)
        if self._are_equal:
            return self._look_near(uniforms)
        order = np.argsort(uniforms)  # sorted look-ups walk through memory once
        found = np.empty(size, np.intp)
        found[order] = np.searchsorted(self._cumulative, uniforms[order], side="right")
        return found

    def _look_near(self, uniforms: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the same for equal weights: near ``u * n``, where rounding has put the sum."""
        sums = self._cumulative
        found = (uniforms * len(sums)).astype(np.intp)
        while (low := sums[found] <= uniforms).any():
            found += low
        while (high := (found > 0) & (sums[found - 1] > uniforms)).any():
            found -= high
        return found


def step(
    X: Matrix,
    weights: NDArray[np.floating] | None,
    centers: NDArray[np.floating],
    mass: NDArray[np.float64],
) -> tuple[NDArray[np.floating], NDArray[np.float64], float]:
    """Return centers and masses after one batch, and the batch's inertia before it.

    Each center is the mean of all rows that it has been given so far. Sums are float64, in
    the order of the rows.
    """
    labels, inertia = assign_inertia(X, centers, weights)
    values = np.ones(X.shape[0]) if weights is None else weights.astype(np.float64)
    sums = sums_by_cluster(X, values, labels, len(centers))
    gained = np.bincount(labels, values, minlength=len(centers))
    total = mass + gained
    moved = np.array(centers)
    hit = gained > 0
    moved[hit] = (np.float64(centers[hit]) * mass[hit, None] + sums[hit]) / total[hit, None]
    return moved, total, inertia


def sums_by_cluster(
    X: Matrix, values: NDArray[np.float64], labels: NDArray[np.int32], n_clusters: int
) -> NDArray[np.float64]:
    """Return the weighted sum of every cluster's rows, added row by row."""
    ends = np.arange(X.shape[0] + 1)
    shape = (n_clusters, X.shape[0])
    members = sparse.csc_array((values, labels, ends), shape=shape)
    if sparse.issparse(X):
        return (members @ X).toarray()
    sums: NDArray[np.float64] = members @ X.astype(np.float64)
    return sums


def reassign(
    X: Matrix,
    centers: NDArray[np.floating],
    mass: NDArray[np.float64],
    ratio: float,
    rng: np.random.RandomState,
) -> int:
    """Move centers with little mass to rows of the batch, in place; return how many.

    A center is moved if its mass is less than ``ratio`` times the largest, but at most half
    as many centers as the batch has rows.
    """
    weak = mass < ratio * mass.max()
    if weak.sum() > 0.5 * X.shape[0]:
        weak[np.argsort(mass)[int(0.5 * X.shape[0]) :]] = False
    n_weak = int(weak.sum())
    if 0 < n_weak < len(mass):
        rows = X[rng.choice(X.shape[0], replace=False, size=n_weak)]
        centers[weak] = rows.toarray() if sparse.issparse(rows) else rows
        mass[weak] = mass[~weak].min()
        return n_weak
    return 0


@dataclass(slots=True)
class Watch:
    """Watches the batches' inertia and the centers' movement, and says when to stop.

    ``average`` is the exponentially weighted mean of the inertia per row; ``patience`` steps
    without a new lowest average end the fit.
    """

    tol: float
    patience: int | None
    rate: float
    average: float | None = None
    lowest: float | None = None
    n_worse: int = 0
    last_words: str = ""

    def is_done(self, inertia: float, movement: float) -> bool:
        """Take note of one step after the first; ``inertia`` is per row."""
        if self.average is None:
            self.average = inertia
        else:
            self.average = self.average * (1 - self.rate) + inertia * self.rate
        if self.tol > 0.0 and movement <= self.tol:
            self.last_words = "Converged (small centers change)"
            return True
        if self.lowest is None or self.average < self.lowest:
            self.lowest, self.n_worse = self.average, 0
        else:
            self.n_worse += 1
        self.last_words = "Converged (lack of improvement in inertia)"
        return self.patience is not None and self.n_worse >= self.patience
