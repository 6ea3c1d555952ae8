"""scikit-learn's function ``k_means``, for code that imports it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise.estimators._base import (
    Data,
    Init,
)
from kwise.estimators.kmeans import KMeans
from kwise.types import RandomState

__all__ = ["k_means"]


def k_means(  # noqa: PLR0913 - scikit-learn's parameters
    X: Data,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    init: Init = "k-means++",
    n_init: int | Literal["auto"] = "auto",
    max_iter: int = 300,
    verbose: int | bool = False,
    tol: float = 1e-4,
    random_state: RandomState = None,
    copy_x: bool = True,
    algorithm: Literal["lloyd", "elkan"] = "lloyd",
    return_n_iter: bool = False,
) -> tuple[NDArray[np.floating] | NDArray[np.int32] | float | int, ...]:
    """Fit a ``KMeans`` and return its centers, labels and inertia, as scikit-learn's function does.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Data, finite.
    n_clusters : int
        Number of clusters, in [1, n_samples].
    sample_weight : array-like of shape (n_samples,), default=None
        Non-negative weights; ``None`` weighs all rows equally.
    init, n_init, max_iter, verbose, tol, random_state, copy_x, algorithm
        As in ``KMeans``.
    return_n_iter : bool, default=False
        Return the number of iterations too.

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
        Centers, in X's float type.
    labels : ndarray of shape (n_samples,), int32
        Index of the nearest center of each row.
    inertia : float
        Weighted sum of squared distances to the nearest centers; lower is better.
    n_iter : int
        Iterations of the best run; only if ``return_n_iter``.

    See Also
    --------
    KMeans : The estimator, which can also label new rows.

    Examples
    --------
    >>> from kwise import k_means
    >>> centers, labels, inertia = k_means([[0.0], [1.0], [9.0], [10.0]], 2, random_state=0)
    >>> centers, labels, inertia
    (array([[9.5],
           [0.5]]), array([1, 1, 0, 0], dtype=int32), 1.0)
    """
    if not isinstance(return_n_iter, bool | np.bool_):
        raise TypeError(f"return_n_iter={return_n_iter!r} is neither True nor False.")
    model = KMeans(
        n_clusters,
        init=init,
        n_init=n_init,
        max_iter=max_iter,
        verbose=verbose,
        tol=tol,
        random_state=random_state,
        copy_x=copy_x,
        algorithm=algorithm,
    ).fit(X, sample_weight=sample_weight)
    found = (model.cluster_centers_, model.labels_, model.inertia_)
    return (*found, model.n_iter_) if return_n_iter else found
