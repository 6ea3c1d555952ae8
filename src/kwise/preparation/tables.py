"""What a preparation takes for a table."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["two_dimensional"]


def two_dimensional(X: object) -> object:
    """Return nested lists and the like as an array; refuse what no table can be made of."""
    if sparse.issparse(X):
        raise TypeError(
            "Sparse input is not supported here; pass X.toarray(), or give sparse rows to "
            "kwise.KMeans itself"
        )
    # Data frames have columns; what is left and converts to an array is one.
    if isinstance(X, (list, tuple)) or (
        hasattr(X, "__array__") and not isinstance(X, np.ndarray) and not hasattr(X, "columns")
    ):
        X = np.asarray(X)
    if isinstance(X, np.ndarray) and X.dtype.names is None:
        if X.ndim != 2:
            raise ValueError(
                f"Expected 2D array, got {X.ndim}D array instead: shape {X.shape}. Reshape your "
                "data: array.reshape(-1, 1) is one column, array.reshape(1, -1) one row"
            )
        if X.shape[1] == 0:
            raise ValueError(f"0 feature(s) (shape={X.shape}) while a minimum of 1 is required.")
        if X.dtype.kind == "c":
            raise ValueError("Complex data not supported: distances need real numbers")
    return X
