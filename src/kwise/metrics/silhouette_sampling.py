"""The mean silhouette from a stratified sample of rows, with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._progress import Progress, silent
from kwise.metrics.silhouette_values import exact_of, predicted
from kwise.types import Floats

__all__ = [
    "SilhouetteEstimate",
    "difference_estimate",
    "draw_by_cluster",
    "quotas",
    "sample_silhouette",
    "whole_sample_size",
]

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
    weights: Floats | None = None,
) -> SilhouetteEstimate:
    """Score a stratified sample exactly, against all rows: unbiased for the full mean.

    Every cluster gives at least two rows (one if it has one), the rest in proportion to size.
    All rows get a prediction in O(n_samples * k * n_features); the sample tells only how far the
    mean of the predictions is off, which varies less than the values (the difference estimator:
    Särndal, Swensson, Wretman, "Model Assisted Survey Sampling", 1992, section 6.3).
    """
    weight = np.ones(len(codes)) if weights is None else weights
    guesses = predicted(X, codes, weights, silent)
    counting = np.flatnonzero(weight > 0)
    sizes = np.bincount(codes[counting], minlength=int(codes.max()) + 1)
    quota = quotas(sizes, n_sampled)
    rows = draw_by_cluster(counting, codes, sizes, quota, rng)
    missed = weight[rows] * (exact_of(X, codes, rows, weights, progress) - guesses[rows])
    return difference_estimate(float(weight @ guesses), missed, sizes, quota, float(weight.sum()))


def difference_estimate(
    total: float, missed: Floats, sizes: NDArray[np.intp], quota: NDArray[np.intp], mass: float
) -> SilhouetteEstimate:
    """Correct the sum of all predictions by what they missed in the sample, cluster by cluster."""
    variance, done = 0.0, 0
    for size, drawn in zip(sizes, quota, strict=True):
        part = missed[done : done + drawn]
        done += drawn
        if drawn:
            total += size * part.mean()
        if drawn > 1:
            rest = 1.0 - drawn / size  # no error from a cluster that was taken whole
            variance += size**2 * rest * part.var(ddof=1) / drawn
    mean, error = float(total) / mass, float(np.sqrt(variance)) / mass
    interval = (max(-1.0, mean - 1.96 * error), min(1.0, mean + 1.96 * error))
    return SilhouetteEstimate(mean, error, interval, "sampled", len(missed))


def draw_by_cluster(
    counting: Codes,
    codes: Codes,
    sizes: NDArray[np.intp],
    quota: NDArray[np.intp],
    rng: np.random.Generator | np.random.RandomState,
) -> Codes:
    """Draw each cluster's quota of the rows that count, cluster by cluster."""
    order = counting[np.argsort(codes[counting], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    picked = [order[starts[c] + rng.permutation(sizes[c])[: quota[c]]] for c in range(len(sizes))]
    return np.concatenate(picked)


def quotas(sizes: NDArray[np.intp], n_sampled: int) -> NDArray[np.intp]:
    """Share the sample among the clusters by size, at least two rows each."""
    fair = np.ceil(n_sampled * sizes / sizes.sum()).astype(np.intp)
    found: NDArray[np.intp] = np.minimum(sizes, np.maximum(fair, 2))
    return found


def whole_sample_size(sample_size: int | None) -> int | None:
    """Return the number of rows of a sample, None for None; refuse what is no number of rows."""
    if sample_size is None:
        return None
    if isinstance(sample_size, bool) or not isinstance(sample_size, int | np.integer):
        raise TypeError(f"sample_size={sample_size!r} is no whole number; pass a number of rows.")
    if sample_size < 1:
        raise ValueError(f"sample_size={sample_size} is not positive; pass at least 1.")
    return int(sample_size)
