"""Calinski-Harabasz index: dispersion between the clusters over dispersion within them."""

from __future__ import annotations

from numpy.typing import ArrayLike

from kwise.metrics.cluster_sums import ClusterSums, cluster_sums
from kwise.types import Floats

__all__ = ["calinski_harabasz_score", "dispersion_ratio"]


def calinski_harabasz_score(
    X: ArrayLike, labels: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """Return the ratio of between- to within-cluster dispersion; higher is better.

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
        At least 0, without unit; 1.0 where every cluster is a single point.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than n_samples - 1 clusters.

    See Also
    --------
    davies_bouldin_score : Another index of the same cost.
    silhouette_score : Looks at every pair of rows.

    Notes
    -----
    Costs O(n_samples * n_features). Same values as scikit-learn's function of this name,
    which has no weights.

    References
    ----------
    .. [1] T. Calinski and J. Harabasz, "A dendrite method for cluster analysis",
       Communications in Statistics 3, 1974.

    Examples
    --------
    >>> from kwise.metrics import calinski_harabasz_score
    >>> round(calinski_harabasz_score([[0.0], [1.0], [10.0], [11.0]], [0, 0, 1, 1]), 3)
    200.0
    """
    return dispersion_ratio(*cluster_sums(X, labels, sample_weight=sample_weight))


def dispersion_ratio(sums: ClusterSums, squared: Floats, weight: Floats) -> float:
    """Return the index from what ``cluster_sums`` found."""
    k, total = sums.n_clusters, float(sums.weights.sum())
    within = float(squared @ weight)
    between = float(sums.weights @ ((sums.centers - sums.origin) ** 2).sum(axis=1))
    if within == 0.0:
        return 1.0
    return between * (total - k) / (within * (k - 1.0))
