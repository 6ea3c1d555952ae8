"""k-means itself, as the method that the others are compared with."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from kwise.comparison.base import Method, Partition
from kwise.estimators import KMeans

__all__ = ["K_MEANS"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Take the best of ten starts; two clusters where no k is given."""
    k = 2 if k is None else k
    model = KMeans(k, n_init=10, random_state=seed)
    with warnings.catch_warnings():
        # Fewer distinct rows than clusters: the outcome shows how many were found.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X)
    return Partition(model.labels_.astype(np.intp), f"n_clusters={k}, n_init=10")


K_MEANS = Method(
    name="kmeans",
    label="k-means",
    fit=fit,
    rule="the number of clusters asked for, best of ten starts",
    finds="round groups of about equal width",
    max_rows=10_000_000,
)
