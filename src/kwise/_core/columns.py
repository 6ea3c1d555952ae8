"""Means and variances of the columns, as scikit-learn's centering and tolerance want them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis

from kwise import _core
from kwise._core.threads import effective_n_threads

Sparse: TypeAlias = "sparse.csr_matrix | sparse.csr_array"
Matrix: TypeAlias = "NDArray[np.floating] | Sparse"


def column_means(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the means of the columns.

    They are summed in X's type from the first row to the last: that is how NumPy sums a
    C-ordered matrix over its rows, whatever the layout here.
    """
    if X.shape[1] == 1:
        # One column NumPy sums in pairs.
        means: NDArray[np.floating] = np.ascontiguousarray(X).mean(axis=0)
        return means
    return _core.column_means(X, effective_n_threads())


def mean_variance_of(X: Matrix) -> float:
    """Return the mean of the columns' variances (squared units of X), dense or sparse.

    It is inf where it overflows.
    """
    if sparse.issparse(X):
        return float(np.mean(mean_variance_axis(X, axis=0)[1]))
    return _core.column_statistics(X, effective_n_threads())[1]
