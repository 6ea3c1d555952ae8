"""MiniBatchKMeans beside scikit-learn's: seconds, and the inertia of all rows, for ten seeds.

python benchmarks/minibatch.py [n_seeds]
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import sklearn.cluster
from sklearn.datasets import make_blobs

import kwise


def main(n_seeds: int) -> None:
    """Fit 1,000,000 x 16 with k = 100, in turn, and compare medians."""
    X, _ = make_blobs(1_000_000, 16, centers=100, cluster_std=4.0, random_state=0)
    seconds: dict[str, list[float]] = {"kwise": [], "scikit-learn": []}
    inertias: dict[str, list[float]] = {"kwise": [], "scikit-learn": []}
    for seed in range(n_seeds):
        for name, library in (("kwise", kwise), ("scikit-learn", sklearn.cluster)):
            start = time.perf_counter()
            model = library.MiniBatchKMeans(100, random_state=seed).fit(X)
            seconds[name].append(time.perf_counter() - start)
            inertias[name].append(-float(kwise.KMeans.score(as_kmeans(model), X)))
    for name, taken in seconds.items():
        print(
            f"{name:13} {statistics.median(taken):8.3f} s, "
            f"inertia {statistics.median(inertias[name]):.8g} (medians of {n_seeds})"
        )
    ratio = statistics.median(seconds["scikit-learn"]) / statistics.median(seconds["kwise"])
    print(f"{ratio:.1f} times faster")
    assert statistics.median(inertias["kwise"]) <= statistics.median(inertias["scikit-learn"]) * (
        1 + 1e-9
    )


def as_kmeans(model: object) -> kwise.KMeans:
    """Return a model with these centers, so that one function scores both."""
    centers: np.ndarray = model.cluster_centers_  # type: ignore[attr-defined]
    return kwise.KMeans(len(centers), init=centers, n_init=1, max_iter=1).fit(centers)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
