"""HDBSCAN: dense regions of any shape, at different densities, and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN as Model  # noqa: N811 - the table's row has the name

from kwise.comparison.base import Method, Partition

__all__ = ["HDBSCAN"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:  # noqa: ARG001
    """Take a fortieth of the rows, ten at least, for the smallest group."""
    size = max(10, len(X) // 40)
    if len(X) <= size:
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    labels = Model(min_cluster_size=size, min_samples=5, copy=True).fit_predict(X)
    return Partition(labels.astype(np.intp), f"min_cluster_size={size}, min_samples=5")


HDBSCAN = Method(
    name="hdbscan",
    label="HDBSCAN",
    fit=fit,
    rule="min_cluster_size = max(10, n / 40), min_samples = 5",
    finds="dense regions of any shape, at different densities, apart from noise",
    max_rows=30_000,
    by_distances=True,
)
