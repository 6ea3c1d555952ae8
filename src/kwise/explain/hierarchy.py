"""How a sample of rows is nested and ordered by hierarchy, without k-means: tree and valleys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Floats

__all__ = ["MOST_ROWS_JOINED", "Hierarchy", "hierarchy", "reachability_of"]

# All rows up to this number, a random sample of more: distances of every pair are held.
MOST_ROWS_JOINED = 500
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Ward's tree and the reachability of the rows at ``rows``.

    ``tree`` has shape (n - 1, 4) as SciPy's linkage has it; ``reachability`` and ``ordering``
    have shape (n,) and are those of OPTICS, ``min_samples`` rows making a place dense.
    """

    rows: NDArray[np.int64]
    tree: NDArray[np.float64]
    reachability: NDArray[np.float64]
    ordering: NDArray[np.intp]
    min_samples: int


def hierarchy(X: Floats, seed: int) -> Hierarchy | None:
    """Join and order the rows, or a sample of 500; None where they are fewer than ten."""
    if len(X) < _FEWEST:
        return None
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    rows = np.sort(np.random.default_rng(seed).permutation(len(X))[:MOST_ROWS_JOINED])
    apart = _distances(np.asarray(X[rows], dtype=np.float64))
    min_samples = int(np.clip(len(rows) // 50, 5, 10))
    reachability, ordering = reachability_of(apart, min_samples)
    tree = np.asarray(linkage(squareform(apart, checks=False), "ward"), dtype=np.float64)
    return Hierarchy(rows.astype(np.int64), tree, reachability, ordering, min_samples)


def reachability_of(
    distances: NDArray[np.float64], min_samples: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Order rows as OPTICS does without a limit of reach, from distances of shape (n, n).

    Returns the reachability of each row (inf for the first) and the order of the rows. It is
    OPTICS by its definition (Ankerst, Breunig, Kriegel and Sander 1999); that all distances
    are known already makes it a hundred times faster than a search for neighbors.
    """
    n = len(distances)
    core = np.partition(distances, min_samples - 1, axis=1)[:, min_samples - 1]
    reach = np.full(n, np.inf)
    waiting = reach.copy()  # reachability of rows that are still to come, nan of the others
    ordering = np.empty(n, dtype=np.intp)
    for i in range(n):
        row = int(np.nanargmin(waiting))
        ordering[i] = row
        waiting[row] = np.nan
        nearer = np.maximum(distances[row], core[row])
        improved = nearer < waiting  # never of rows that are done: nan compares false
        reach[improved] = waiting[improved] = nearer[improved]
    return reach, ordering


def _distances(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances of all pairs, by one matrix product about the middle."""
    centered = X - X.mean(axis=0)
    squares = np.einsum("ij,ij->i", centered, centered)
    squared = squares[:, None] + squares - 2.0 * (centered @ centered.T)
    apart: NDArray[np.float64] = np.sqrt(np.maximum((squared + squared.T) / 2, 0.0))
    np.fill_diagonal(apart, 0.0)
    return apart
