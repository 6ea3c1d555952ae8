"""The mean silhouette from a stratified sample of rows, with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._progress import Progress
from kwise.metrics.silhouette_values import combine, distance_sums

__all__ = ["SilhouetteEstimate", "sample_silhouette"]

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SilhouetteEstimate:
    """The mean silhouette, how it was found and how far it may be off.

    ``value`` in [-1, 1], higher is better. ``standard_error`` and ``interval`` (95 %) speak of
    the sampling alone: 0 and a point where every row was used. ``n_sampled`` rows were scored,
    each against all rows. ``method`` is "exact", "sampled", "squared" or "simplified".
    """

    value: float
    standard_error: float
    interval: tuple[float, float]
    method: str
    n_sampled: int


def sample_silhouette(
    X: NDArray[np.floating],
    codes: Codes,
    n_sampled: int,
    rng: np.random.Generator | np.random.RandomState,
    progress: Progress,
) -> SilhouetteEstimate:
    """Score a stratified sample exactly, against all rows: unbiased for the full mean.

    Every cluster gives at least two rows (one if it has one), the rest in proportion to size.
    """
    sizes = np.bincount(codes)
    quota = _quotas(sizes, n_sampled)
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    picked = [order[starts[c] + rng.permutation(sizes[c])[: quota[c]]] for c in range(len(sizes))]
    rows = np.concatenate(picked)
    values = combine(distance_sums(X, codes, rows, progress), codes[rows], sizes)
    share = sizes / sizes.sum()
    mean, variance, done = 0.0, 0.0, 0
    for c, size in enumerate(quota):
        part = values[done : done + size]
        done += size
        mean += share[c] * part.mean()
        if size > 1:
            rest = 1.0 - size / sizes[c]  # no error from a cluster that was taken whole
            variance += share[c] ** 2 * rest * part.var(ddof=1) / size
    error = float(np.sqrt(variance))
    interval = (max(-1.0, mean - 1.96 * error), min(1.0, mean + 1.96 * error))
    return SilhouetteEstimate(float(mean), error, interval, "sampled", len(rows))


def _quotas(sizes: NDArray[np.intp], n_sampled: int) -> NDArray[np.intp]:
    """Share the sample among the clusters by size, at least two rows each."""
    fair = np.ceil(n_sampled * sizes / sizes.sum()).astype(np.intp)
    quotas: NDArray[np.intp] = np.minimum(sizes, np.maximum(fair, 2))
    return quotas
