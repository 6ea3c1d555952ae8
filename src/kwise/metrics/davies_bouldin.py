"""Davies-Bouldin index: how far each cluster reaches towards the one most like it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from kwise.metrics.cluster_sums import ClusterSums, cluster_sums
from kwise.types import Floats

__all__ = ["davies_bouldin_score", "mean_likeness"]


def davies_bouldin_score(
    X: ArrayLike, labels: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """Return the mean likeness of each cluster to its most similar one; lower is better.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data, finite.
    labels : array-like of shape (n_samples,)
        Cluster of each row; 2 to n_samples - 1 different ones.
    sample_weight : array-like of shape (n_samples,), optional
        Non-negative; a weight of 2 counts as the same row twice. ``None`` weighs all equally.

    Returns
    -------
    float
        At least 0, without unit; 0 is best.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than n_samples - 1 clusters.

    See Also
    --------
    calinski_harabasz_score : Another index of the same cost.

    Notes
    -----
    Costs O(n_samples * n_features + k**2 * n_features). Same values as scikit-learn's function
    of this name, which has no weights.

    References
    ----------
    .. [1] D. L. Davies and D. W. Bouldin, "A cluster separation measure",
       IEEE Transactions on Pattern Analysis and Machine Intelligence, 1979.

    Examples
    --------
    >>> from kwise.metrics import davies_bouldin_score
    >>> davies_bouldin_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1])
    0.1
    """
    return mean_likeness(*cluster_sums(X, labels, sample_weight=sample_weight))


def mean_likeness(sums: ClusterSums, squared: Floats, weight: Floats) -> float:
    """Return the index from what ``cluster_sums`` found."""
    spread = (
        np.bincount(sums.codes, weights=np.sqrt(squared) * weight, minlength=sums.n_clusters)
        / sums.weights
    )
    apart = cdist(sums.centers, sums.centers)
    # Rows of a cluster that are equal differ from their mean by its rounding alone.
    rounding = 8 * np.finfo(np.float64).eps * float(np.abs(sums.centers).max())
    if spread.max() <= rounding or apart.max() <= rounding:
        return 0.0
    apart[apart == 0.0] = np.inf
    likeness = (spread[:, None] + spread) / apart
    np.fill_diagonal(likeness, 0.0)
    return float(likeness.max(axis=1).mean())
