"""k-means with clusters of one size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.comparison.base import Method, Partition
from kwise.estimators import KMeans

__all__ = ["BALANCED"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Let sizes differ by one at most; two clusters where no k is given."""
    k = 2 if k is None else k
    model = KMeans(k, max_size="balanced", random_state=seed).fit(X)
    return Partition(model.labels_.astype(np.intp), f"n_clusters={k}, max_size='balanced'")


BALANCED = Method(
    name="balanced",
    label="k-means, equal sizes",
    fit=fit,
    rule="the number of clusters asked for, sizes that differ by one at most",
    finds="groups of one size, wanted rather than found",
    max_rows=200_000,
)
