"""Means and variances of the columns, as scikit-learn's centering and tolerance want them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis

Sparse: TypeAlias = "sparse.csr_matrix | sparse.csr_array"
Matrix: TypeAlias = "NDArray[np.floating] | Sparse"

_BLOCK = 65_536


def column_means(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mean of every column, summed in X's type, from the first row to the last.

    That is how NumPy sums a C-ordered matrix over its rows; other layouts are brought to
    that order block by block, so that the answer does not depend on the layout.
    """
    if X.flags.c_contiguous or X.shape[1] == 1:
        means: NDArray[np.floating] = np.ascontiguousarray(X).mean(axis=0)
        return means
    total: NDArray[np.floating] = np.zeros((1, X.shape[1]), X.dtype)
    for begin in range(0, len(X), _BLOCK):
        block = np.ascontiguousarray(X[begin : begin + _BLOCK])
        total = np.add.reduce(np.concatenate([total, block]), axis=0, keepdims=True)
    means = total[0]
    means /= X.dtype.type(len(X))
    return means


def mean_variance(X: NDArray[np.floating], means: NDArray[np.floating]) -> float:
    """Return the mean of the columns' variances (squared units of X); inf where it overflows."""
    center = np.float64(means)
    squares = 0.0
    excess = np.zeros(X.shape[1])
    with np.errstate(over="ignore"):
        for begin in range(0, len(X), _BLOCK):
            difference = X[begin : begin + _BLOCK] - center
            excess += difference.sum(axis=0)
            squares += float((difference * difference).sum())
        # The means were summed in X's type; the second term removes what they are off by.
        squares -= float((excess**2).sum()) / len(X)
    return squares / X.size


def mean_variance_of(X: Matrix) -> float:
    """Return the mean of the columns' variances, dense or sparse."""
    if sparse.issparse(X):
        return float(np.mean(mean_variance_axis(X, axis=0)[1]))
    return mean_variance(X, column_means(X))
