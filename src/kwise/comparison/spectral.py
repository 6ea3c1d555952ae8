"""Spectral clustering: k-means on the eigenvectors of a graph of near neighbors."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import SpectralClustering
from sklearn.neighbors import kneighbors_graph

from kwise.comparison.base import Method, Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SPECTRAL"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Cut the graph of the ten nearest neighbors into k parts."""
    n_neighbors = min(10, len(X) - 1)
    if k is None or len(X) <= max(k, 2):
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    neighbors = kneighbors_graph(X, n_neighbors, include_self=True)
    graph = (neighbors + neighbors.T) / 2
    # The parts of a graph share one eigenvalue, of which older ARPACKs find some vectors alone.
    n_parts, _ = connected_components(graph)
    model = SpectralClustering(
        k,
        affinity="precomputed",
        eigen_solver="arpack" if n_parts == 1 else "lobpcg",
        assign_labels="cluster_qr",
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Parts that do not hang together are what is looked for.
        warnings.filterwarnings("ignore", "Graph is not fully connected")
        labels = model.fit_predict(graph).astype(np.intp)
    return Partition(labels, f"k={k}, {n_neighbors} nearest neighbors")


SPECTRAL = Method(
    name="spectral",
    label="Spectral",
    fit=fit,
    rule="k as chosen or given, graph of the ten nearest neighbors",
    finds="groups of any shape that hang together by near neighbors",
    max_rows=5_000,
)
