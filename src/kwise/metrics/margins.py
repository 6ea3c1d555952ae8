"""How sure each row's place is: its distance to its own center against the next one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise._core import own_and_next
from kwise._core.threads import effective_n_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["RowMargins", "center_distances", "nearest_centers", "row_margins"]

_CHUNK = 4_000_000  # numbers of a block of distances held at once


@dataclass(frozen=True, slots=True)
class RowMargins:
    """For each row: distance to its center, margin in [0, 1], and the next cluster.

    The margin is 1 - own / next distance: 1 on a center, 0 halfway between two.
    """

    distance: NDArray[np.float64]
    margin: NDArray[np.float64]
    next_cluster: NDArray[np.int32]


def row_margins(X: Floats, centers: Floats, labels: Labels) -> RowMargins:
    """Measure every row against the centers, shape (k, n_features), k of two or more."""
    n = len(X)
    own, ratio = np.empty(n), np.empty(n)
    following = np.empty(n, dtype=np.int32)
    places = np.ascontiguousarray(centers, dtype=np.float64)
    codes, threads = np.ascontiguousarray(labels, dtype=np.int32), effective_n_threads()
    step = max(1, _CHUNK // X.shape[1])
    for start in range(0, n, step):
        part = slice(start, min(start + step, n))
        block = np.asarray(X[part], dtype=np.float64)
        own[part], nearest, following[part] = own_and_next(block, places, codes[part], threads)
        ratio[part] = own[part] / np.where(nearest > 0, nearest, 1.0)
    return RowMargins(own, np.clip(1.0 - ratio, 0.0, 1.0), following)


def nearest_centers(X: Floats, centers: Floats) -> NDArray[np.int32]:
    """Return the nearest center of every row, for pictures: ties and last digits do not matter."""
    middle = centers.mean(axis=0)
    shifted = np.asarray(centers - middle, dtype=np.float64)
    squares = np.einsum("ij,ij->i", shifted, shifted)
    found = np.empty(len(X), dtype=np.int32)
    step = max(1, _CHUNK // max(len(centers), X.shape[1]))
    for start in range(0, len(X), step):
        part = slice(start, min(start + step, len(X)))
        block = np.asarray(X[part], dtype=np.float64) - middle
        found[part] = (squares - 2.0 * (block @ shifted.T)).argmin(axis=1)
    return found


def center_distances(centers: Floats) -> NDArray[np.float64]:
    """Return the distances between centers, shape (k, k)."""
    apart = np.asarray(centers, dtype=np.float64)
    squared = ((apart[:, None, :] - apart[None, :, :]) ** 2).sum(axis=2)
    return np.asarray(np.sqrt(squared), dtype=np.float64)
