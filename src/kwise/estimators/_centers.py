"""Centers of a fitted estimator, which may have been set by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils import check_array

from kwise._core.columns import Matrix
from kwise._inputs import has_finite_sum, is_float_matrix, readable

__all__ = ["centers_for", "plain_centers"]


def plain_centers(centers: Any) -> NDArray[np.floating]:
    """Return centers as finite floats."""
    if not (is_float_matrix(centers) and has_finite_sum(centers)):
        kinds = [np.float64, np.float32]
        with readable(centers, "cluster_centers_"):
            centers = check_array(centers, dtype=kinds, input_name="cluster_centers_")
    found: NDArray[np.floating] = centers
    return found


def centers_for(estimator: Any, X: Matrix, *, finite: bool = True) -> NDArray[np.floating]:
    """Return the centers of an estimator after checking that they fit X.

    Values that are not finite may go unseen if not ``finite``: for who sees them later.
    """
    centers = estimator.cluster_centers_
    if finite or sparse.issparse(X) or not is_float_matrix(centers):
        centers = plain_centers(centers)
    if centers.shape[1] != X.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} features, but {type(estimator).__name__} is expecting "
            f"{centers.shape[1]} features as input: cluster_centers_ has shape {centers.shape}."
        )
    found: NDArray[np.floating] = centers
    return found
