"""Bisecting k-means: divisive clustering, one split of the worst cluster at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.comparison.base import Method, Partition
from kwise.estimators import BisectingKMeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BISECTING"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Split the cluster of largest inertia until there are k."""
    model = BisectingKMeans(n_clusters=k or 1, n_init=3, random_state=seed).fit(X)
    return Partition(model.labels_.astype(np.intp), f"k={k}, n_init=3")


BISECTING = Method(
    name="bisecting",
    label="Bisecting k-means",
    fit=fit,
    rule="k as chosen or given, the cluster of largest inertia is split next",
    finds="round groups that nest, top down",
    max_rows=10_000_000,
)
