"""A data set as the engine takes it: packed once, for seeding, every start and every k."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core import Points
from kwise._core.columns import Matrix, column_means, mean_variance_of, sparse_mean_variance
from kwise._core.threads import effective_n_threads
from kwise._core.units import (
    in_unit,
    is_ordinary,
    is_surely_ordinary,
    largest_exponent,
    spread_exponent,
)

Inertia = TypeVar("Inertia", float, NDArray[np.float64])

# Weights up to 2**64, the largest of them, are held as they are.
_ORDINARY_WEIGHT = 64


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows as the engine holds them: in units of ``2**exponent``, less ``shift``.

    The exponent is 0 unless the data are so large or small that squares would leave a float's
    range. ``X`` are all rows in that unit, and ``shift`` is too. ``weights``, in units of
    ``2**weight_exponent``, is None where every row weighs 1; ``variance`` is the mean of the
    columns' variances, in squared units.
    """

    X: Matrix
    shift: NDArray[np.floating] | None
    weights: NDArray[np.floating] | None
    variance: float
    points: Points
    n_threads: int
    exponent: int = 0
    weight_exponent: int = 0

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
        """Return all rows less their shift, in the data's own unit."""
        X = self.X if self.shift is None else np.ascontiguousarray(self.X - self.shift)
        return in_unit(X, -self.exponent)

    def held(self, centers: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return centers that are given in the data's own coordinates as the engine holds them."""
        held: NDArray[np.floating] = np.array(in_unit(centers, self.exponent))
        return held if self.shift is None else held - self.shift

    def unshifted(self, centers: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return centers in the data's own coordinates."""
        centers = centers if self.shift is None else centers + self.shift
        own: NDArray[np.floating] = in_unit(centers, -self.exponent)
        return own

    def own_inertia(self, inertia: Inertia) -> Inertia:
        """Return a weighted sum of squared distances in the data's own unit."""
        power = 2 * self.exponent + self.weight_exponent
        with np.errstate(over="ignore", under="ignore"):
            return inertia if power == 0 else np.ldexp(inertia, power)


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
        If a value is not finite, or a weighted sum of squared distances overflows a float64.
    """
    weight_exponent = weight_exponent_of(weights)
    if weights is not None and weight_exponent:
        weights = np.ldexp(weights, -weight_exponent)
    with np.errstate(over="ignore", invalid="ignore"):
        found = _pack(X, weights, center, n_clusters)
    exponent = 0
    if not is_ordinary(found.variance) and (exponent := spread_exponent(X)):
        found = _pack(in_unit(X, exponent), weights, center, n_clusters)
    if exponent or weight_exponent:
        found = replace(found, exponent=exponent, weight_exponent=weight_exponent)
    return _checked(found)


def pack_for_seeds(X: Matrix, weights: NDArray[np.floating] | None) -> Dataset:
    """Pack validated rows as they are, to choose first centers and nothing else.

    This spares the passes over dense rows that find their variance: an upper bound stands for it
    where it is certainly ordinary.
    """
    if not sparse.issparse(X) and not weight_exponent_of(weights):
        n_threads = effective_n_threads()
        with np.errstate(over="ignore"):
            points = _core.pack(X, None, weights, n_threads, 1)
        largest = points.largest
        if is_surely_ordinary(X, largest):
            return Dataset(X, None, weights, largest**2, points, n_threads)
    return pack(X, weights, center=False)


def _pack(
    X: Matrix, weights: NDArray[np.floating] | None, center: bool, n_clusters: int | None
) -> Dataset:
    """Pack rows in the unit that they are in."""
    n_threads = effective_n_threads()
    if sparse.issparse(X):
        points = _core.pack_sparse(X, weights, n_threads)
        variance = sparse_mean_variance(points, X.dtype)
        return Dataset(X, None, weights, variance, points, n_threads)
    shift = column_means(X) if center else None
    dense = _core.pack(X, shift, weights, n_threads, n_clusters or 0)
    variance = dense.variance if center else mean_variance_of(X)
    return Dataset(X, shift, weights, variance, dense, n_threads)


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


def weight_exponent_of(weights: NDArray[np.floating] | None) -> int:
    """Return the exponent of the largest weight, 0 where it is ordinary."""
    if weights is None:
        return 0
    exponent = largest_exponent(weights)
    return exponent if abs(exponent) > _ORDINARY_WEIGHT else 0


def _checked(dataset: Dataset) -> Dataset:
    """Raise if the inertia of one cluster, which no other exceeds, overflows a float64."""
    heaviest = 1.0 if dataset.weights is None else float(dataset.weights.max())
    total = dataset.variance * dataset.X.shape[0] * dataset.X.shape[1]
    if np.isfinite(dataset.own_inertia(heaviest * total)):
        return dataset
    if np.isfinite(in_unit(np.array(total), -2 * dataset.exponent)):
        raise ValueError(
            "sample_weight holds weights so large that weighted sums of squared distances overflow "
            "float64. Divide the weights by their largest: only their ratios matter."
        )
    raise ValueError(
        "The values of X spread so widely that sums of squared distances overflow float64. "
        "Scale the columns (for example with StandardScaler)."
    )
