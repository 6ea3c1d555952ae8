"""The other k-means beside the packages that they replace: cost and processor time, equal work.

    make peers
    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
    python benchmarks/variants.py --peers build/peers/bin/python [--most-rows 5000]

kwise runs here, the other package in the other Python (``variants_peers.py``), on the same rows,
both from one start of their own kind where nothing else is said. Time is that of the process on one
thread, imports and making the rows left out, so that it holds on a busy machine too. It writes
``results/variants.md``.

    python benchmarks/variants.py --embeddings

fits a million directions of 384 columns to 1,000 clusters by the cosine, 20 iterations at most,
with as many threads as there are, and prints seconds and the memory that was needed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from sklearn.preprocessing import normalize

import kwise
from kwise.ordered import kmeans_1d

HERE = Path(__file__).resolve().parent
K = 10


def mixed(n: int) -> dict[str, np.ndarray]:
    """Return rows of five numbers and five categories around ten prototypes."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, K, n)
    numbers = rng.normal(size=(K, 5))[group] * 1.5 + rng.normal(size=(n, 5))
    shares = rng.dirichlet(np.full(8, 0.5), size=(K, 5))
    codes = (shares[group].cumsum(axis=2) > rng.random((n, 5, 1))).argmax(axis=2)
    return {"numbers": numbers, "codes": codes}


def plain(n: int, d: int) -> dict[str, np.ndarray]:
    """Return rows without groups, where limits of size cost most."""
    return {"X": np.random.default_rng(0).normal(size=(n, d))}


def blobs(n: int) -> dict[str, np.ndarray]:
    """Return rows of thirty round groups."""
    return {"X": make_blobs(n, 10, centers=30, cluster_std=3.0, random_state=0)[0]}


def words(n: int) -> dict[str, np.ndarray]:
    """Return rows of counts of any length: documents of ten topics."""
    rng = np.random.default_rng(0)
    topics = rng.dirichlet(np.full(200, 0.1), size=K)
    lengths = rng.integers(20, 2000, n)
    rows = [rng.multinomial(m, topics[c]) for m, c in zip(lengths, rng.integers(0, K, n))]
    return {"X": np.array(rows, dtype=float)}


def amounts(n: int) -> dict[str, np.ndarray]:
    """Return one column of amounts, as a map's classes are made of."""
    return {"X": np.random.default_rng(0).lognormal(9.0, 1.2, size=(n, 1))}


def prototypes(data: dict[str, np.ndarray], seed: int) -> float:
    """Cluster mixed rows."""
    table = np.empty((len(data["codes"]), 10), dtype=object)
    table[:, :5], table[:, 5:] = data["numbers"], data["codes"].astype(str)
    return kwise.KPrototypes(K, gamma=1.0, n_init=1, random_state=seed).fit(table).cost_


def sizes(data: dict[str, np.ndarray], seed: int) -> float:
    """Cluster into equal sizes."""
    return kwise.KMeans(K, max_size="balanced", n_init=1, random_state=seed).fit(data["X"]).inertia_


def medoids(data: dict[str, np.ndarray], seed: int) -> float:
    """Find thirty medoids, distances included."""
    model = kwise.KMedoids(30, init="random", n_init=1, random_state=seed).fit(data["X"])
    return float(cdist(data["X"], model.cluster_centers_).min(axis=1).sum())


def cosine(data: dict[str, np.ndarray], seed: int) -> float:
    """Cluster directions."""
    model = kwise.KMeans(K, metric="cosine", n_init=1, random_state=seed).fit(data["X"])
    return spherical_cost(data["X"], model.labels_)


def breaks(data: dict[str, np.ndarray], seed: int) -> float:  # noqa: ARG001 - nothing is drawn
    """Find the ten classes of one column of least squares."""
    return kmeans_1d(data["X"][:, 0], [K]).run(K).inertia


def spherical_cost(X: np.ndarray, labels: np.ndarray) -> float:
    """Return the sum of 1 - cosine to the direction of each cluster's mean."""
    units = normalize(X)
    return float(sum(len(u) - np.linalg.norm(u.sum(axis=0)) for u in
                     (units[labels == c] for c in np.unique(labels))))  # fmt: skip


Case = tuple[str, str, Callable[[int], dict[str, np.ndarray]], int, Callable[..., float]]
CASES: list[Case] = [
    ("mixed table, k = 10", "kmodes", mixed, 3_000, prototypes),
    ("mixed table, k = 10", "kmodes", mixed, 100_000, prototypes),
    (
        "equal sizes, 50 columns, k = 10",
        "k-means-constrained",
        lambda n: plain(n, 50),
        2_000,
        sizes,
    ),
    (
        "equal sizes, 50 columns, k = 10",
        "k-means-constrained",
        lambda n: plain(n, 50),
        23_000,
        sizes,
    ),
    ("medoids, 10 columns, k = 30", "kmedoids", blobs, 5_000, medoids),
    ("breaks of one column, k = 10", "jenkspy", amounts, 5_000, breaks),
    ("breaks of one column, k = 10", "mapclassify", amounts, 5_000, breaks),
    ("breaks of one column, k = 10", "ckwrap", amounts, 1_000_000, breaks),
    ("cosine, 200 columns, k = 10", "scikit-learn by hand", words, 10_000, cosine),
]


def ours(run: Callable[..., float], data: dict[str, np.ndarray], seeds: int) -> dict[str, float]:
    """Return the mean cost and time of several seeds."""
    run({each: rows[:200] for each, rows in data.items()}, 0)  # imports
    began = time.process_time()
    costs = [run(data, seed) for seed in range(seeds)]
    return {"cost": float(np.mean(costs)), "seconds": (time.process_time() - began) / seeds}


def theirs(python: str, package: str, data: dict[str, np.ndarray], seeds: int) -> dict[str, float]:
    """Return the same of another package."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npz"
        np.savez(path, **data)
        command = [python, str(HERE / "variants_peers.py"), package, str(path), str(seeds)]
        found: dict[str, float] = json.loads(subprocess.check_output(command))
    return found


def embeddings(n: int = 1_000_000, d: int = 384, k: int = 1_000) -> None:
    """Fit rows of any length around three directions a cluster, and say what it took."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(3 * k, d)).astype(np.float32)
    X = np.empty((n, d), np.float32)
    for first in range(0, n, 50_000):
        away = 1.5 * rng.normal(size=(50_000, d))
        X[first : first + 50_000] = directions[rng.integers(0, 3 * k, 50_000)] + away
    X *= rng.lognormal(0, 0.5, size=(n, 1)).astype(np.float32)
    began, used = time.perf_counter(), time.process_time()
    model = kwise.KMeans(k, metric="cosine", random_state=0, max_iter=20).fit(X)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{n:,} x {d}, k = {k:,}, {model.n_iter_} iterations: {time.perf_counter() - began:.0f} s, "
        f"{time.process_time() - used:.0f} s of processors; {X.nbytes / 1e9:.1f} GB of rows, "
        f"{peak:.1f} GB at most"
    )


def main() -> None:
    """Run every case and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers")
    parser.add_argument("--embeddings", action="store_true")
    parser.add_argument("--most-rows", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    if asked.embeddings:
        embeddings()
        return
    if asked.peers is None:
        parser.error("--peers is wanted: a Python that has the other packages")
    lines = [
        "| work | rows | beside | cost, theirs / ours | seconds, theirs | ours | times |",
        "|---|---:|---|---:|---:|---:|---:|",
    ]
    for what, package, make, n, run in CASES:
        if n > asked.most_rows:
            continue
        data, seeds = make(n), asked.seeds if n < 100_000 else 1
        other, own = theirs(asked.peers, package, data, seeds), ours(run, data, seeds)
        lines.append(
            f"| {what} | {n:,} | {package} | {other['cost'] / own['cost']:.4f} | "
            f"{other['seconds']:.2f} | {own['seconds']:.2f} | "
            f"{other['seconds'] / own['seconds']:.1f} |"
        )
        print(lines[-1], flush=True)
    (HERE / "results" / "variants.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
