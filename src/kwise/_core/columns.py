"""Means and variances of the columns, as scikit-learn's centering and tolerance want them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core.parts import Whole, hold_part, hold_totals
from kwise._core.threads import effective_n_threads

# Up to so many float32 values of one size add up: 2**24 is where the sum stands still.
MOST_IN_TURN = 2**24

Sparse: TypeAlias = "sparse.csr_matrix | sparse.csr_array"
Matrix: TypeAlias = "NDArray[np.floating] | Sparse"


def column_means(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the means of the columns.

    They are summed in X's type from the first row to the last: that is how NumPy sums a
    C-ordered matrix over its rows, whatever the layout here. Such a sum of more than
    ``MOST_IN_TURN`` rows loses what float32 holds: their sum is exact, and rounded once.
    """
    if X.shape[0] > MOST_IN_TURN:
        return exact_means(X)
    if X.shape[1] == 1:
        # One column NumPy sums in pairs.
        means: NDArray[np.floating] = np.ascontiguousarray(X).mean(axis=0)
        return means
    return _core.column_means(X, effective_n_threads())


def exact_means(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the means of the columns: exact sums, rounded once."""
    shift = np.zeros(X.shape[1], X.dtype)
    largest = np.maximum(X.max(axis=0), -X.min(axis=0)).astype(np.float64)
    whole = Whole(len(X), shift, largest, 1.0, weighted=False)
    part = hold_part(X, None, whole, 1, kept=False, n_threads=effective_n_threads())
    part.assign(np.zeros((1, X.shape[1]), X.dtype))
    totals = hold_totals(whole, 1)
    totals.add(*part.sums())
    means: NDArray[np.floating] = (totals.rounded()[0] / len(X)).astype(X.dtype)
    return means


def mean_variance_of(X: Matrix) -> float:
    """Return the mean of the columns' variances (squared units of X), dense or sparse.

    It is inf where it overflows.
    """
    if sparse.issparse(X):
        # Here: a cluster's workers have dense rows, and scikit-learn takes them a second to load.
        from sklearn.utils.sparsefuncs import mean_variance_axis

        return float(np.mean(mean_variance_axis(X, axis=0)[1]))
    return _core.column_statistics(X, effective_n_threads())[1]


def sparse_mean_variance(points: _core.Points, dtype: np.dtype[Any]) -> float:
    """Return what ``mean_variance_of`` does of the sparse rows in ``points``, of this type."""
    variances = _core.column_variances(points, effective_n_threads())
    return float(np.mean(variances.astype(dtype, copy=False)))
