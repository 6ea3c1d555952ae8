"""Exact silhouettes by cosine and correlation distance, in time linear in the rows.

The distances of one unit vector u to the members of a cluster have the mean 1 - u.m, where m is
the mean of the members: no pair is looked at. Sparse rows are never made dense.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core.columns import Matrix
from kwise._core.directions import Directions
from kwise._core.threads import effective_n_threads
from kwise._progress import Progress
from kwise.types import Floats

__all__ = ["DIRECTIONAL", "directional_silhouettes"]

# The metrics that compare directions.
DIRECTIONAL = ("cosine", "correlation")
# Numbers in one block of rows, and of distances to means.
_BLOCK = 1 << 21


def directional_silhouettes(
    X: Matrix,
    codes: NDArray[np.intp],
    weights: Floats | None,
    metric: str,
    progress: Progress,
) -> Floats:
    """Return one value a row: O(n_samples * n_clusters * n_features) time.

    A row without direction is at distance 1 from all others, as in scikit-learn by cosine.
    """
    rows = Directions.of(X, centered=metric == "correlation")
    weight = np.ones(len(codes)) if weights is None else weights
    masses = np.bincount(codes, weights=weight)
    means = rows.sums(codes, weight, len(masses))
    means /= np.where(masses > 0, masses, 1.0)[:, None]
    rest = masses[codes] - np.minimum(weight, 1.0)
    values = np.empty(len(codes))
    for at in _blocks(X.shape, len(masses)):
        away = _mean_distances(rows, at, means)
        away[:, masses <= 0] = np.inf
        places = np.arange(len(away)), codes[at]
        with np.errstate(divide="ignore", invalid="ignore"):
            # A row is at distance 0 from itself; one without direction counted as 1.
            self_distance = weight[at] * rows.without[at]
            own = (away[places] * masses[codes[at]] - self_distance) / rest[at]
            away[places] = np.inf
            nearest = away.min(axis=1)
            found = (nearest - own) / np.maximum(nearest, own)
        found[rest[at] <= 0] = 0.0
        values[at] = np.nan_to_num(found)
        progress("silhouette", at.stop, len(codes))
    return values


def _mean_distances(rows: Directions, at: slice, means: Floats) -> Floats:
    """Return the mean distance of some rows to the members of each cluster."""
    if sparse.issparse(rows.X):
        return np.maximum(1.0 - rows.products(at, means), 0.0)
    # 1 - u.m from |u - m|^2, which the engine computes the same on any number of threads.
    units = rows.dense(at)
    squares = _core.distances(units, means, effective_n_threads())[0] ** 2
    lengths = np.einsum("ij,ij->i", means, means)
    found: Floats = np.maximum((1.0 - lengths + squares) / 2, 0.0)
    found[rows.without[at]] = 1.0
    return found


def _blocks(shape: tuple[int, int], n_clusters: int) -> Iterator[slice]:
    """Cut the rows so that what is made of a block takes little memory."""
    size = max(1, _BLOCK // max(shape[1], n_clusters)) if shape[1] < _BLOCK else 1024
    for first in range(0, shape[0], size):
        yield slice(first, min(first + size, shape[0]))
