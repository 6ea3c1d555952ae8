"""Per-row silhouette values, one function a method; rows come with codes 0..k-1.

Weights are counts: a row of weight 2 is two equal rows. A row leaves one of itself out of the mean
distance to its mates, or all of itself if it weighs less than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core import Silhouette
from kwise._core.columns import Matrix
from kwise._core.threads import effective_n_threads
from kwise._progress import Progress
from kwise.metrics.silhouette_sparse import sparse_silhouettes
from kwise.types import Floats

__all__ = [
    "SILHOUETTE_METHODS",
    "engine_of",
    "exact",
    "exact_of",
    "predicted",
    "ratio",
    "simplified",
    "squared",
]

Codes = NDArray[np.intp]

# Numbers that one chunk of squared distances to all means may hold (8 MB).
_CHUNK = 1_000_000


class SilhouetteMethod(Protocol):
    """From rows, their codes and weights (None: ones) to one silhouette value a row."""

    def __call__(
        self, X: NDArray[np.floating], codes: Codes, weights: Floats | None, progress: Progress
    ) -> Floats:
        """Return the values, each in [-1, 1]."""


def exact(X: Matrix, codes: Codes, weights: Floats | None, progress: Progress) -> Floats:
    """Use Euclidean distances between all rows: O(n_samples**2 * n_features) time."""
    if sparse.issparse(X):
        return sparse_silhouettes(X, codes, weights, progress)
    engine = engine_of(X, codes, weights)
    n_steps = engine.n_steps
    # Some fifty reports, each after a whole number of steps; Ctrl-C is heard in between too.
    stride = -(-n_steps // 50)
    for first in range(0, n_steps, stride):
        last = min(first + stride, n_steps)
        engine.run(first, last)
        progress("silhouette", last, n_steps)
    return np.asarray(engine.values(), dtype=np.float64)


def exact_of(
    X: NDArray[np.floating],
    codes: Codes,
    rows: NDArray[np.integer],
    weights: Floats | None,
    progress: Progress,
) -> Floats:
    """Return the exact values of some rows alone, each from its distances to all rows."""
    engine = engine_of(X, codes, weights)
    values = np.empty(len(rows))
    stride = max(256, -(-len(rows) // 50))
    for first in range(0, len(rows), stride):
        last = min(first + stride, len(rows))
        values[first:last] = engine.values_of(np.ascontiguousarray(rows[first:last], np.int64))
        progress("silhouette", last, len(rows))
    return values


def engine_of(
    X: NDArray[np.floating], codes: Codes, weights: Floats | None, *, for_all: bool = True
) -> Silhouette:
    """Hand the rows to the compiled core; what spares work for all of them is made if wanted."""
    n_clusters, n_threads = int(codes.max()) + 1, effective_n_threads()
    return Silhouette(X, weights, codes.astype(np.int32), n_clusters, n_threads, for_all)


def squared(
    X: NDArray[np.floating], codes: Codes, weights: Floats | None, progress: Progress
) -> Floats:
    """Use squared Euclidean distances, exact in O(n_samples * k * n_features) time."""
    return ratio(*_mean_squares(X, codes, weights, progress))


def predicted(
    X: NDArray[np.floating], codes: Codes, weights: Floats | None, progress: Progress
) -> Floats:
    """Use roots of mean squared distances, which lie close above the mean distances."""
    own, nearest = _mean_squares(X, codes, weights, progress)
    return ratio(np.sqrt(own), np.sqrt(nearest))


def _mean_squares(
    X: NDArray[np.floating], codes: Codes, weights: Floats | None, progress: Progress
) -> tuple[Floats, Floats]:
    """Return each row's mean squared distance to its mates and to the nearest other cluster.

    That to a whole cluster is |x - mean|^2 plus the cluster's mean squared distance to its mean.
    The only row of a cluster gets nan for its mates.
    """
    means = _cluster_means(X, codes, weights)
    spread = np.zeros(len(means.masses))
    for j, (origin, center) in enumerate(means.columns):
        off = X[:, j].astype(np.float64) - origin - center[codes]
        spread += np.bincount(codes, weights=off**2 if weights is None else weights * off**2)
    np.divide(spread, means.masses, out=spread, where=means.masses > 0)
    own, nearest = _to_means(X, codes, means, spread, progress)
    rest = _rest(codes, weights, means.masses)
    with np.errstate(divide="ignore", invalid="ignore"):
        own *= np.where(rest > 0, means.masses[codes] / rest, np.nan)
    return own, nearest


def simplified(
    X: NDArray[np.floating], codes: Codes, weights: Floats | None, progress: Progress
) -> Floats:
    """Use distances to the cluster means in place of mean distances to the members."""
    means = _cluster_means(X, codes, weights)
    own, nearest = _to_means(X, codes, means, np.zeros(len(means.masses)), progress)
    own[_rest(codes, weights, means.masses) <= 0] = np.nan
    return ratio(np.sqrt(own), np.sqrt(nearest))


def _rest(codes: Codes, weights: Floats | None, masses: Floats) -> Floats:
    """Return what the mates of each row weigh."""
    rest: Floats = masses[codes] - (1.0 if weights is None else np.minimum(weights, 1.0))
    return rest


def ratio(own: Floats, nearest: Floats) -> Floats:
    """Return (nearest - own) / the larger of both; 0 where there are no mates or no distance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = (nearest - own) / np.maximum(nearest, own)
    return np.asarray(np.nan_to_num(values), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _ClusterMeans:
    """By cluster: ``masses`` (k,), and for every column its origin and the means from there."""

    masses: Floats
    columns: list[tuple[np.float64, Floats]]


def _cluster_means(X: NDArray[np.floating], codes: Codes, weights: Floats | None) -> _ClusterMeans:
    """Measure the clusters, column by column."""
    masses = np.bincount(codes, weights=weights).astype(np.float64)
    divisor = np.where(masses > 0, masses, 1.0)
    columns = []
    for j in range(X.shape[1]):
        column = X[:, j].astype(np.float64)
        origin = column.mean()
        column -= origin
        if weights is not None:
            column *= weights
        columns.append((origin, np.bincount(codes, weights=column) / divisor))
    return _ClusterMeans(masses, columns)


def _to_means(
    X: NDArray[np.floating],
    codes: Codes,
    means: _ClusterMeans,
    spread: Floats,
    progress: Progress,
) -> tuple[Floats, Floats]:
    """Return |x - mean|^2 + spread for each row's own cluster, and the least for another one."""
    own, nearest = np.empty(len(codes)), np.empty(len(codes))
    added = np.where(means.masses > 0, spread, np.inf)
    for rows in _chunks(len(codes), len(spread)):
        squares = np.zeros((rows.stop - rows.start, len(spread)))
        for j, (origin, center) in enumerate(means.columns):
            squares += ((X[rows, j].astype(np.float64) - origin)[:, None] - center) ** 2
        squares += added
        places = np.arange(len(squares)), codes[rows]
        own[rows] = squares[places]
        squares[places] = np.inf
        nearest[rows] = squares.min(axis=1)
        progress("silhouette", rows.stop, len(codes))
    return own, nearest


def _chunks(n_samples: int, k: int) -> Iterator[slice]:
    """Cut the rows so that a chunk's distances to all means take little memory."""
    stride = max(1, _CHUNK // k)
    for first in range(0, n_samples, stride):
        yield slice(first, min(first + stride, n_samples))


# The methods that give one value a row; "sampled" gives only their mean.
SILHOUETTE_METHODS: Mapping[str, SilhouetteMethod] = MappingProxyType(
    {"exact": exact, "squared": squared, "simplified": simplified}
)
