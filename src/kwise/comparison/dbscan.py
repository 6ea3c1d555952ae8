"""DBSCAN: dense regions of any shape at one density, and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN as Model  # noqa: N811 - the table's row has the name
from sklearn.neighbors import NearestNeighbors

from kwise.comparison.base import Method, Partition

__all__ = ["DBSCAN"]


# The knee itself leaves the edges of groups out and breaks thin ones.
BEYOND_KNEE = 1.25


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:  # noqa: ARG001
    """Take eps a quarter beyond the knee of the sorted distances to neighbor min_samples."""
    min_samples = int(np.clip(2 * X.shape[1], 5, 20))
    if len(X) <= min_samples:
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    neighbors = NearestNeighbors(n_neighbors=min_samples).fit(X)
    reach = np.sort(neighbors.kneighbors()[0][:, -1])
    # The knee is the point farthest below the chord from the first to the last.
    chord = np.linspace(reach[0], reach[-1], len(reach))
    eps = BEYOND_KNEE * float(reach[np.argmax(chord - reach)])
    if eps <= 0.0:
        return Partition(np.zeros(len(X), dtype=np.intp), "no reach: one group")
    labels = Model(eps=eps, min_samples=min_samples).fit_predict(X)
    return Partition(labels.astype(np.intp), f"eps={eps:.4g}, min_samples={min_samples}")


DBSCAN = Method(
    name="dbscan",
    label="DBSCAN",
    fit=fit,
    rule="min_samples = 2 d within 5..20, eps = 1.25 times the knee of distances to that neighbor",
    finds="dense regions of any shape at one density, apart from noise",
    max_rows=30_000,
)
