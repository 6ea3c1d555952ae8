"""Greedy k-means++ as a function, checked as estimators check: ``kwise.kmeans_plusplus``.

Apart from the draws, which the workers of a cluster need: these load no scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.utils import check_array, check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from kwise._core.dataset import pack_for_seeds
from kwise._inputs import check_rows, check_weights
from kwise.init.k_means_plusplus import draw_kmeans_plusplus

__all__ = ["kmeans_plusplus"]


@validate_params(  # type: ignore[untyped-decorator]
    {
        "X": ["array-like", "sparse matrix"],
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "sample_weight": ["array-like", None],
        "x_squared_norms": ["array-like", None],
        "random_state": ["random_state"],
        "n_local_trials": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def kmeans_plusplus(
    X: ArrayLike | sparse.spmatrix,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    x_squared_norms: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
    n_local_trials: int | None = None,
) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """Choose ``n_clusters`` rows of X as first centers, by greedy k-means++.

    The first is drawn by weight. For each next one ``n_local_trials`` rows are drawn with
    probability proportional to weight times squared distance to the nearest center so far,
    and the one that lowers the inertia most is taken.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Data, finite. float32 stays float32; other types are computed in float64.
    n_clusters : int
        Number of centers, in [1, n_samples].
    sample_weight : array-like of shape (n_samples,), default=None
        Non-negative. ``None`` weighs all samples equally.
    x_squared_norms : array-like of shape (n_samples,), default=None
        Accepted for compatibility with scikit-learn; only its length is looked at.
    random_state : int, RandomState or None, default=None
        An int gives the same centers every time, and scikit-learn's.
    n_local_trials : int, default=None
        Rows tried for each center but the first. ``None`` tries 2 + floor(ln(n_clusters));
        1 is the k-means++ of the paper.

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
        The chosen rows.
    indices : ndarray of shape (n_clusters,)
        Where they stand in X: ``X[indices]`` equals ``centers``.

    Raises
    ------
    ValueError
        If n_clusters exceeds n_samples, or the weights sum to zero.

    See Also
    --------
    KMeans : Clustering that starts from such centers.

    Notes
    -----
    Costs O(n_clusters * n_local_trials * n_samples * n_features).

    References
    ----------
    .. [1] D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding",
       SODA 2007. https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf

    Examples
    --------
    >>> from kwise import kmeans_plusplus
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> centers, indices = kmeans_plusplus(X, n_clusters=2, random_state=0)
    >>> centers
    array([[10,  2],
           [ 1,  0]])
    >>> indices
    array([3, 2])
    """
    rows = check_rows(X, accept_sparse="csr")
    weights = check_weights(sample_weight, rows)
    if rows.shape[0] < n_clusters:
        raise ValueError(f"n_samples={rows.shape[0]} should be >= n_clusters={n_clusters}.")
    if x_squared_norms is not None:
        norms = check_array(x_squared_norms, dtype=rows.dtype, ensure_2d=False)
        if norms.shape[0] != rows.shape[0]:
            raise ValueError(
                f"The length of x_squared_norms {norms.shape[0]} should be equal to the length "
                f"of n_samples {rows.shape[0]}."
            )
    packed = pack_for_seeds(rows, weights)
    rng = check_random_state(random_state)
    indices = draw_kmeans_plusplus(packed, n_clusters, rng, n_local_trials).rows()
    if isinstance(X, np.ndarray | Sequence):  # whole numbers stay whole
        return np.asarray(X)[indices], indices
    return (rows[indices].toarray() if sparse.issparse(rows) else rows[indices]), indices
