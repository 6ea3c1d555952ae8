"""k-means of directions: rows brought to one length."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from kwise.comparison.base import Method, Partition
from kwise.estimators import KMeans

__all__ = ["COSINE"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Take the best of ten starts; two clusters where no k is given."""
    k = 2 if k is None else k
    with warnings.catch_warnings():
        # Rows of zeros, and fewer distinct directions than clusters: the outcome shows it.
        warnings.simplefilter("ignore", UserWarning)
        model = KMeans(k, metric="cosine", n_init=10, random_state=seed)
        model.fit(X if X.any() else np.ones_like(X))
    return Partition(model.labels_.astype(np.intp), f"n_clusters={k}, metric='cosine', n_init=10")


COSINE = Method(
    name="cosine",
    label="k-means, cosine",
    fit=fit,
    rule="the number of clusters asked for, by direction from the origin, best of ten starts",
    finds="groups of profiles, however strong each row is",
    max_rows=1_000_000,
)
