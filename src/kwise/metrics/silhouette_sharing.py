"""Silhouettes of the same rows under several labelings, from one pass over their distances.

Rows that are together in every labeling form a group. Distances summed by group give the sums by
cluster of each labeling, so that ten candidates cost little more than one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kwise._numbering import coded
from kwise._progress import Progress, silent
from kwise.metrics.distinct_rows import DistinctRows
from kwise.metrics.random_order import RandomOrder
from kwise.metrics.silhouette_sampling import SilhouetteEstimate
from kwise.metrics.silhouette_values import engine_of
from kwise.types import Floats

__all__ = ["shared_estimates", "shared_silhouettes"]

Codes = NDArray[np.intp]

Key = TypeVar("Key", bound=Hashable)

# More groups than this, or groups smaller than this on average, would cost more than they share.
_MOST_GROUPS, _LEAST_ROWS = 256, 32
# Rows that every cluster gives to a sample, if it has them.
_LEAST_OF_CLUSTER = 2
# Rows that go past all others together; their sums by group take 2 MB at most.
_ROWS_AT_ONCE = 1024


def shared_silhouettes(
    X: NDArray[np.floating],
    labelings: Mapping[Key, NDArray[np.integer]],
    rows: NDArray[np.intp],
    progress: Progress = silent,
    *,
    weights: Floats | None = None,
) -> dict[Key, Floats]:
    """Return the silhouettes of some rows, against all rows, under each labeling.

    ``weights`` are counts of equal rows. Every labeling has 2 to n_samples - 1
    clusters. O(len(rows) * n_samples * n_features) for each set of labelings that share a pass.
    """
    codes = {key: coded(each)[1] for key, each in labelings.items()}
    found: dict[Key, Floats] = {}
    for keys, groups in _passes(codes, len(X)):
        engine = engine_of(X, groups, weights, for_all=False)
        merged = {key: _Merging(groups, codes[key], weights) for key in keys}
        values = {key: np.empty(len(rows)) for key in keys}
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            last = min(first + _ROWS_AT_ONCE, len(rows))
            some = np.ascontiguousarray(rows[first:last], dtype=np.int64)
            sums = engine.sums_of(some)
            for key in keys:
                values[key][first:last] = merged[key].values(sums, some)
            progress("silhouette", last, len(rows))
        found |= values
    return {key: found[key] for key in codes}


def shared_estimates(
    X: NDArray[np.floating],
    labelings: Mapping[Key, NDArray[np.integer]],
    n_sampled: int,
    rng: np.random.Generator,
    progress: Progress = silent,
    *,
    alike: DistinctRows | None = None,
) -> dict[Key, SilhouetteEstimate]:
    """Estimate the mean silhouette of each labeling from one random sample, against all rows.

    ``alike`` says which rows are; distances to one of them stand for all, which is faster.

    Clusters that the sample nearly misses give it two rows more. Means by cluster, weighed by
    size, are unbiased for the mean over all rows.
    """
    codes = {key: coded(each)[1] for key, each in labelings.items()}
    order = RandomOrder(rng.permutation(len(X)))
    first = order.first(n_sampled)
    drawn = {
        key: np.union1d(first, order.missed(n_sampled, each, _LEAST_OF_CLUSTER))
        for key, each in codes.items()
    }
    rows = np.unique(np.concatenate([np.empty(0, dtype=np.intp), *drawn.values()]))
    values = _silhouettes_of(X, codes, rows, progress, alike)
    return {
        key: _estimate(values[key][np.searchsorted(rows, some)], codes[key], some)
        for key, some in drawn.items()
    }


def _silhouettes_of(
    X: NDArray[np.floating],
    labelings: Mapping[Key, NDArray[np.integer]],
    rows: NDArray[np.intp],
    progress: Progress,
    alike: DistinctRows | None,
) -> dict[Key, Floats]:
    """Return the silhouettes of some rows, each from its distances to all that differ."""
    if alike is None:
        return shared_silhouettes(X, labelings, rows, progress)
    labels = {key: each[alike.first] for key, each in labelings.items()}
    weights = alike.weight.astype(np.float64)
    at = alike.which[rows]
    return shared_silhouettes(alike.X, labels, at, progress, weights=weights)


def _estimate(values: Floats, codes: Codes, rows: NDArray[np.intp]) -> SilhouetteEstimate:
    """Weigh the clusters' means in the sample by the clusters' sizes."""
    sizes = np.bincount(codes)
    mean, variance = 0.0, 0.0
    for c, size in enumerate(sizes):
        part = values[codes[rows] == c]
        share = size / len(codes)
        mean += share * float(part.mean())
        if len(part) > 1:
            rest = 1.0 - len(part) / size  # no error from a cluster that was taken whole
            variance += share**2 * rest * float(part.var(ddof=1)) / len(part)
    error = float(np.sqrt(variance))
    interval = (max(-1.0, mean - 1.96 * error), min(1.0, mean + 1.96 * error))
    return SilhouetteEstimate(mean, error, interval, "sampled", len(rows))


def _passes(codes: Mapping[Key, Codes], n_samples: int) -> Iterator[tuple[list[Key], Codes]]:
    """Gather labelings while rows fall into few groups, and yield each set with its groups."""
    most = min(_MOST_GROUPS, n_samples // _LEAST_ROWS)
    keys: list[Key] = []
    groups: Codes = np.zeros(n_samples, dtype=np.intp)
    for key, each in codes.items():
        finer = coded(groups * (each.max() + 1) + each)[1]
        if keys and finer.max() >= most:
            yield keys, groups
            keys, finer = [], each
        keys.append(key)
        groups = finer
    if keys:
        yield keys, groups


class _Merging:
    """How sums by group become silhouettes under one labeling."""

    def __init__(self, groups: Codes, codes: Codes, weights: Floats | None) -> None:
        cluster_of = np.zeros(groups.max() + 1, dtype=np.intp)
        cluster_of[groups] = codes
        self._codes, self._sizes = codes, np.bincount(codes, weights)
        self._order = np.argsort(cluster_of, kind="stable")
        self._starts = np.flatnonzero(np.diff(cluster_of[self._order], prepend=-1))

    def values(self, sums: Floats, rows: NDArray[np.integer]) -> Floats:
        """Return the silhouettes of some rows from their sums, shape (n_rows, n_groups)."""
        by_cluster = np.add.reduceat(sums.take(self._order, axis=1), self._starts, axis=1)
        return _combined(by_cluster, self._codes[rows], self._sizes)


def _combined(sums: Floats, codes: Codes, sizes: NDArray[np.intp] | Floats) -> Floats:
    """Turn sums of distances to each cluster into silhouettes; singletons are 0."""
    rows = np.arange(len(codes))
    own_size = sizes[codes]
    with np.errstate(divide="ignore", invalid="ignore"):
        within = sums[rows, codes] / (own_size - 1)
        means = sums / sizes
        means[rows, codes] = np.inf
        nearest = means.min(axis=1)
        values = (nearest - within) / np.maximum(nearest, within)
    values[own_size == 1] = 0.0
    return np.asarray(np.nan_to_num(values), dtype=np.float64)
