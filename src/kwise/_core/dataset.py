"""A data set as the engine takes it: packed once, for seeding, every start and every k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core import Points
from kwise._core.columns import Matrix, column_means, mean_variance_of
from kwise._core.threads import effective_n_threads


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows as they were given and as the engine holds them, less ``shift``.

    ``weights`` is None where every row weighs 1; ``variance`` is the mean of the columns'
    variances, in squared units of the data.
    """

    X: Matrix
    shift: NDArray[np.floating] | None
    weights: NDArray[np.floating] | None
    variance: float
    points: Points
    n_threads: int

    def rows(self, indices: NDArray[np.integer]) -> NDArray[np.floating]:
        """Return some rows, dense and less ``shift``: as the engine sees them."""
        if sparse.issparse(self.X):
            return self.X[indices].toarray()
        rows: NDArray[np.floating] = np.ascontiguousarray(self.X[indices])
        return rows if self.shift is None else rows - self.shift

    def subset(self, indices: NDArray[np.integer]) -> Dataset:
        """Return some rows as a data set of its own, in these coordinates."""
        X: Matrix = self.X[indices] if sparse.issparse(self.X) else self.rows(indices)
        weights = None if self.weights is None else self.weights[indices]
        points = _points(X, None, weights, self.n_threads)
        return Dataset(X, None, weights, self.variance, points, self.n_threads)

    def centered(self) -> Matrix:
        """Return all rows less ``shift``."""
        return self.X if self.shift is None else np.ascontiguousarray(self.X - self.shift)

    def unshifted(self, centers: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return centers in the data's own coordinates."""
        return centers if self.shift is None else centers + self.shift


def pack(
    X: Matrix,
    weights: NDArray[np.floating] | None,
    *,
    center: bool = True,
    n_clusters: int | None = None,
) -> Dataset:
    """Pack validated rows; dense rows are held less their mean if ``center``.

    ``n_clusters`` is the number that they will be grouped in, where it is known: packing for it
    is faster. Any other may follow.

    Raises
    ------
    ValueError
        If squared distances between the rows overflow X's type.
    """
    n_threads = effective_n_threads()
    if sparse.issparse(X):
        sparse_points = _core.pack_sparse(X, weights, n_threads)
        return _checked(Dataset(X, None, weights, mean_variance_of(X), sparse_points, n_threads))
    shift = column_means(X) if center else None
    points = _core.pack(X, shift, weights, n_threads, n_clusters or 0)
    variance = points.variance if center else mean_variance_of(X)
    return _checked(Dataset(X, shift, weights, variance, points, n_threads))


def _points(
    X: Matrix,
    shift: NDArray[np.floating] | None,
    weights: NDArray[np.floating] | None,
    n_threads: int,
) -> Points:
    """Pack dense rows; take sparse ones as they are."""
    if sparse.issparse(X):
        return _core.pack_sparse(X, weights, n_threads)
    return _core.pack(X, shift, weights, n_threads)


def _checked(packed: Dataset) -> Dataset:
    """Raise if a weighted sum of squared distances may not fit X's type."""
    X, weights = packed.X, packed.weights
    mass = X.shape[0] if weights is None else max(float(np.sum(weights, dtype=np.float64)), 1.0)
    # No two rows are farther apart than twice the root of all squared deviations.
    bound = 4.0 * mass * packed.variance * X.shape[0] * X.shape[1]
    if not bound <= float(np.finfo(X.dtype).max):
        raise ValueError(
            f"The values of X spread so widely that squared distances overflow {X.dtype}. "
            "Scale the columns (for example with StandardScaler)"
            + (" or pass float64." if X.dtype == np.float32 else ".")
        )
    return packed
