"""The contestants: how each does the same work. A contestant lacks what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import sklearn.cluster
import sklearn.metrics

import kwise.metrics

Work = Callable[[], Any]


@dataclass(frozen=True)
class Peer:
    """One contestant; every field takes the data and returns the work to be timed."""

    name: str
    lloyd: Callable[[np.ndarray, np.ndarray, int], Work] | None = None
    fit: Callable[[np.ndarray, int], Work] | None = None
    seeding: Callable[[np.ndarray, int], Work] | None = None
    random_starts: Callable[[np.ndarray, int], Work] | None = None
    silhouette: Callable[[np.ndarray, np.ndarray], Work] | None = None


def estimator_peer(name: str, kmeans: Any, seeding: Any, silhouette: Any) -> Peer:
    """Return a contestant with scikit-learn's names."""

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        model = kmeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0)
        return lambda: model.fit(X).inertia_

    def fit(X: np.ndarray, k: int) -> Work:
        return lambda: kmeans(k, random_state=0).fit(X)

    def random_starts(X: np.ndarray, k: int) -> Work:
        model = kmeans(k, init="random", n_init=10, max_iter=300, random_state=42)
        return lambda: model.fit(X).inertia_

    def seeds(X: np.ndarray, k: int) -> Work:
        def run() -> list[int]:
            rows: list[int] = seeding(X, k, random_state=0)[1].tolist()
            return rows

        return run

    def score(X: np.ndarray, labels: np.ndarray) -> Work:
        return lambda: silhouette(X, labels)

    return Peer(
        name,
        lloyd,
        fit,
        seeds if seeding else None,
        random_starts,
        score if silhouette else None,
    )


def faiss_peer() -> Peer:
    """Return faiss, without its subsampling and with the same start."""
    faiss = import_module("faiss")

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        def run() -> float:
            model = faiss.Kmeans(X.shape[1], len(start), niter=iterations, verbose=False)
            model.cp.max_points_per_centroid = len(X)
            model.cp.min_points_per_centroid = 1
            model.train(X, init_centroids=start)
            distances, _ = model.index.search(X, 1)
            return float(distances.sum(dtype=np.float64))

        return run

    return Peer("faiss", lloyd)


def find_peers() -> tuple[Peer, ...]:
    """Return kwise, scikit-learn and whatever else is installed."""
    peers = [
        estimator_peer(
            "kwise", kwise.KMeans, kwise.kmeans_plusplus, kwise.metrics.silhouette_score
        ),
        estimator_peer(
            "scikit-learn",
            sklearn.cluster.KMeans,
            sklearn.cluster.kmeans_plusplus,
            sklearn.metrics.silhouette_score,
        ),
    ]
    if find_spec("sklearnex"):
        peers.append(
            estimator_peer("sklearnex", import_module("sklearnex.cluster").KMeans, None, None)
        )
    if find_spec("faiss"):
        peers.append(faiss_peer())
    return tuple(peers)


PEERS = find_peers()
