"""Per-row silhouette values, one function a method; rows come with codes 0..k-1."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kwise._core import Silhouette
from kwise._core.threads import effective_n_threads
from kwise._progress import Progress

__all__ = ["SILHOUETTE_METHODS", "combine", "distance_sums", "exact", "simplified", "squared"]

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class SilhouetteMethod(Protocol):
    """From rows and their codes to one silhouette value a row."""

    def __call__(self, X: NDArray[np.floating], codes: Codes, progress: Progress) -> Floats:
        """Return the values, each in [-1, 1]."""


def exact(X: NDArray[np.floating], codes: Codes, progress: Progress) -> Floats:
    """Use Euclidean distances between all rows: O(n_samples**2 * n_features) time."""
    engine = _engine(X, codes)
    n_steps = engine.n_steps
    # Some fifty reports, each after a whole number of steps; Ctrl-C is heard in between too.
    stride = -(-n_steps // 50)
    for first in range(0, n_steps, stride):
        last = min(first + stride, n_steps)
        engine.run(first, last)
        progress("silhouette", last, n_steps)
    return np.asarray(engine.values(), dtype=np.float64)


def distance_sums(X: NDArray[np.floating], codes: Codes, rows: Codes, progress: Progress) -> Floats:
    """Sum the distances from some rows to every cluster: shape (n_rows, n_clusters)."""
    engine = _engine(X, codes)
    sums = np.empty((len(rows), int(codes.max()) + 1))
    stride = max(64, -(-len(rows) // 50))
    for first in range(0, len(rows), stride):
        last = min(first + stride, len(rows))
        sums[first:last] = engine.sums_of(rows[first:last].astype(np.int64))
        progress("silhouette", last, len(rows))
    return sums


def _engine(X: NDArray[np.floating], codes: Codes) -> Silhouette:
    """Hand the rows to the compiled core."""
    return Silhouette(X, codes.astype(np.int32), int(codes.max()) + 1, effective_n_threads())


def combine(sums: Floats, codes: Codes, sizes: NDArray[np.intp]) -> Floats:
    """Turn sums of distances to each cluster into silhouette values; singletons are 0."""
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


def squared(X: NDArray[np.floating], codes: Codes, progress: Progress) -> Floats:
    """Use squared Euclidean distances, exact in O(n_samples * k * n_features) time.

    The mean squared distance from x to a cluster is |x - center|^2 plus the cluster's mean
    squared distance to its own center.
    """
    sizes = np.bincount(codes)
    to_centers = _squared_to_centers(X, codes, sizes, progress)
    own = to_centers[np.arange(len(codes)), codes]
    within = np.bincount(codes, weights=own)
    sums: Floats = to_centers * sizes + within
    return combine(sums, codes, sizes)


def simplified(X: NDArray[np.floating], codes: Codes, progress: Progress) -> Floats:
    """Use distances to the cluster means in place of mean distances to the members."""
    sizes = np.bincount(codes)
    distances = np.sqrt(_squared_to_centers(X, codes, sizes, progress))
    rows = np.arange(len(codes))
    within = distances[rows, codes].copy()
    distances[rows, codes] = np.inf
    nearest = distances.min(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = (nearest - within) / np.maximum(nearest, within)
    values[sizes[codes] == 1] = 0.0
    return np.asarray(np.nan_to_num(values), dtype=np.float64)


def _squared_to_centers(
    X: NDArray[np.floating], codes: Codes, sizes: NDArray[np.intp], progress: Progress
) -> Floats:
    """Return squared distances from every row to every cluster mean, column by column."""
    out = np.zeros((len(codes), len(sizes)))
    n_features = X.shape[1]
    for j in range(n_features):
        column = X[:, j].astype(np.float64)
        column -= column.mean()
        center = np.bincount(codes, weights=column) / sizes
        out += (column[:, None] - center) ** 2
        progress("silhouette", j + 1, n_features)
    return out


# The methods that give one value a row; "sampled" gives only their mean.
SILHOUETTE_METHODS: Mapping[str, SilhouetteMethod] = MappingProxyType(
    {"exact": exact, "squared": squared, "simplified": simplified}
)
