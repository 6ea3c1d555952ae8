"""The contestants: how each does the same work. A contestant lacks what it cannot do.

A library comes in by a function here and a row of ``FOUND_BY``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
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
class Outcome:
    """What iterations from a start came to; ``n_iter`` is None where a contestant hides it."""

    inertia: float
    n_iter: int | None = None


@dataclass(frozen=True)
class Peer:
    """One contestant; every function takes the data and returns the work to be timed.

    ``is_exact`` contestants do Lloyd's iterations from the given start, and their inertia must
    agree; of others (approximate, or with a start of their own) it is shown. ``suits`` tells for
    which (rows, columns, clusters) a contestant is meant.
    """

    name: str
    lloyd: Callable[[Any, np.ndarray, int], Work] | None = None
    fit: Callable[[np.ndarray, int], Work] | None = None
    seeding: Callable[[np.ndarray, int], Work] | None = None
    random_starts: Callable[[np.ndarray, int], Work] | None = None
    silhouette: Callable[[np.ndarray, np.ndarray], Work] | None = None
    predict: Callable[[np.ndarray, np.ndarray], Work] | None = None
    transform: Callable[[np.ndarray, np.ndarray], Work] | None = None
    is_exact: bool = True
    takes_sparse: bool = False
    suits: Callable[[int, int, int], bool] = lambda n, d, k: True  # noqa: ARG005


def estimator_peer(name: str, kmeans: Any, seeding: Any = None, silhouette: Any = None) -> Peer:
    """Return a contestant with scikit-learn's names."""

    def lloyd(X: Any, start: np.ndarray, iterations: int) -> Work:
        def run() -> Outcome:
            model = kmeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0).fit(X)
            return Outcome(float(model.inertia_), int(model.n_iter_))

        return run

    def fit(X: np.ndarray, k: int) -> Work:
        return lambda: kmeans(k, random_state=0).fit(X)

    def random_starts(X: np.ndarray, k: int) -> Work:
        model = kmeans(k, init="random", n_init=10, max_iter=300, random_state=42)
        return lambda: model.fit(X).inertia_

    def fitted(X: np.ndarray, start: np.ndarray) -> Any:
        return kmeans(len(start), init=start, n_init=1, max_iter=1, tol=0).fit(X)

    def seeds(X: np.ndarray, k: int) -> Work:
        def run() -> list[int]:
            rows: list[int] = seeding(X, k, random_state=0)[1].tolist()
            return rows

        return run

    return Peer(
        name,
        lloyd,
        fit,
        seeding=seeds if seeding else None,
        random_starts=random_starts,
        silhouette=(lambda X, labels: lambda: silhouette(X, labels)) if silhouette else None,
        predict=lambda X, start: _bound(fitted(X, start).predict, X),
        transform=lambda X, start: _bound(fitted(X, start).transform, X),
        takes_sparse=True,
    )


def _bound(function: Callable[[Any], Any], X: Any) -> Work:
    """Return a call of a function on X."""
    return lambda: function(X)


def kwise_peer() -> Peer:
    return estimator_peer(
        "kwise", kwise.KMeans, kwise.kmeans_plusplus, kwise.metrics.silhouette_score
    )


def sklearn_peer() -> Peer:
    return estimator_peer(
        "scikit-learn",
        sklearn.cluster.KMeans,
        sklearn.cluster.kmeans_plusplus,
        sklearn.metrics.silhouette_score,
    )


def sklearnex_peer() -> Peer:
    """Return Intel's estimator itself: nothing of scikit-learn is patched."""
    return estimator_peer("sklearnex", import_module("sklearnex.cluster").KMeans)


def faiss_peer() -> Peer:
    """Return faiss, without its subsampling and with the same start."""
    faiss = import_module("faiss")

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        def run() -> Outcome:
            model = faiss.Kmeans(X.shape[1], len(start), niter=iterations, verbose=False)
            model.cp.max_points_per_centroid = 10**9
            model.cp.min_points_per_centroid = 1
            model.train(X, init_centroids=start)
            distances, _ = model.index.search(X, 1)
            return Outcome(float(distances.sum(dtype=np.float64)))

        return run

    # Not exact: it has a way of its own to fill clusters that lose their rows.
    return Peer("faiss", lloyd, is_exact=False, suits=lambda n, d, k: n * k * d >= 10**7)


def _is_high_dimensional(n: int, d: int, k: int) -> bool:  # noqa: ARG001
    """Tell whether SuperKMeans is at home."""
    return d >= 64 and k >= 100


def faiss_super_peer() -> Peer:
    """Return faiss's SuperKMeans: approximate, from a start of its own."""
    faiss = import_module("faiss")

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        def run() -> Outcome:
            settings = faiss.SuperKMeansParameters()
            settings.niter = iterations
            settings.max_points_per_centroid = 10**9
            settings.min_points_per_centroid = 1
            settings.early_stop_threshold = 0
            model = faiss.SuperKMeans(X.shape[1], len(start), settings)
            model.train(X)
            centers = faiss.vector_to_array(model.centroids).reshape(start.shape)
            index = faiss.IndexFlatL2(X.shape[1])
            index.add(centers)
            distances, _ = index.search(X, 1)
            return Outcome(float(distances.sum(dtype=np.float64)))

        return run

    return Peer("faiss SuperKMeans", lloyd, is_exact=False, suits=_is_high_dimensional)


def superkmeans_peer() -> Peer:
    """Return SuperKMeans: approximate, from a start of its own, without its subsampling."""
    module = import_module("superkmeans")
    n_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        def run() -> Outcome:
            model = module.SuperKMeans(
                len(start),
                X.shape[1],
                hierarchical=False,
                iters=iterations,
                sampling_fraction=1.0,
                max_points_per_cluster=10**9,
                n_threads=n_threads,
                tol=0.0,
                early_termination=False,
            )
            centers = np.asarray(model.train(X)).reshape(start.shape)
            labels = np.asarray(model.assign(X, centers))
            return Outcome(inertia_of(X, centers, labels))

        return run

    return Peer("superkmeans", lloyd, is_exact=False, suits=_is_high_dimensional)


def geokmeans_peer(algorithm: str) -> Peer:
    """Return one of geokmeans' seven variants: exact, one thread, a start of its own."""
    module = import_module("geokmeans")

    def lloyd(X: np.ndarray, start: np.ndarray, iterations: int) -> Work:
        wide = X.astype(np.float64)

        def run() -> Outcome:
            model = module.GeoKMeans(
                len(start), algorithm=algorithm, max_iter=iterations, tol=0.0, random_state=1
            ).fit(wide)
            return Outcome(inertia_of(X, model.cluster_centers_, model.labels_), model.n_iter_)

        return run

    return Peer(
        f"geokmeans {algorithm}",
        lloyd,
        is_exact=False,
        suits=lambda n, d, k: d <= 64 and n * k * d <= 2 * 10**8,
    )


def inertia_of(X: np.ndarray, centers: np.ndarray, labels: np.ndarray) -> float:
    """Return the sum of squared distances to the centers of the labels, for who tells none."""
    total = 0.0
    for begin in range(0, len(X), 10_000):
        rows = slice(begin, begin + 10_000)
        difference = X[rows] - centers[labels[rows]]
        total += float(np.einsum("ij,ij->", difference, difference, dtype=np.float64))
    return total


# The module that must be there, and who comes with it.
FOUND_BY: Mapping[str, Callable[[], list[Peer]]] = {
    "kwise": lambda: [kwise_peer()],
    "sklearn": lambda: [sklearn_peer()],
    "sklearnex": lambda: [sklearnex_peer()],
    "faiss": lambda: [faiss_peer(), faiss_super_peer()],
    "superkmeans": lambda: [superkmeans_peer()],
    "geokmeans": lambda: [
        geokmeans_peer(algorithm) for algorithm in import_module("geokmeans").ALGORITHMS
    ],
}
MISSING = tuple(module for module in FOUND_BY if not find_spec(module))
PEERS = tuple(peer for module, make in FOUND_BY.items() if module not in MISSING for peer in make())
