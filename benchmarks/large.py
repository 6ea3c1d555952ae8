"""Fits of rows that are larger than memory, or on a cluster: time, memory and inertia.

    python benchmarks/large.py memory                      4 GB of rows under 1 GB, beside in memory
    python benchmarks/large.py cluster --library kwise     equal work on a Dask LocalCluster of two
    python benchmarks/large.py overhead                    an iteration of Dask without work in it

``cluster`` takes dask_ml, sklearn (MiniBatchKMeans by hand) and spark (its own, local[2]) as
well, each where it is installed: the start and the number of iterations are the same. Everything is
printed as JSON, a line a measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

PROGRAM = """
import json, re, resource, sys, time
import numpy as np, kwise
path, k, iterations, budget, limit = sys.argv[1], *map(int, sys.argv[2:])
start = np.load(path.replace(".npy", "-start.npy"))
kwise.KMeans(2, n_init=1).fit([[0.0], [1.0], [2.0]])  # what is imported counts apart
if limit:
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
X = kwise.rows(path, max_memory=budget) if budget else np.load(path)
begun, used = time.perf_counter(), time.process_time()
model = kwise.KMeans(k, init=start, n_init=1, max_iter=iterations, tol=0).fit(X)
print(json.dumps({
    "seconds": time.perf_counter() - begun, "processor": time.process_time() - used,
    "inertia": model.inertia_, "iterations": model.n_iter_,
    "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    "data MB": int(re.search(r"VmData:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e3,
}))
"""

# Bytes of data that the process may have, what is imported included, and what kwise is told.
LIMIT, BUDGET = 10**9, 6 * 10**8


def rows_of(n_rows: int, n_columns: int, seed: int = 0) -> np.ndarray:
    """Return overlapping groups of rows in float32."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_rows, n_columns), np.float32)
    X += 2 * rng.integers(0, 8, size=(n_rows, 1)).astype(np.float32)
    return X


def write_rows(path: Path, n_rows: int, n_columns: int, k: int) -> None:
    """Write rows to a .npy file, and a start beside it."""
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (n_rows, n_columns))
    for i, first in enumerate(range(0, n_rows, 500_000)):
        size = min(500_000, n_rows - first)
        rows[first : first + size] = rows_of(size, n_columns, i)
    np.save(str(path).replace(".npy", "-start.npy"), np.array(rows[:: n_rows // k][:k]))
    rows.flush()


def memory(given: argparse.Namespace) -> None:
    """Fit in memory, and in a quarter of it; the limit counts data, not pages of the file."""
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "rows.npy"
        write_rows(path, given.rows, given.columns, given.clusters)
        size = path.stat().st_size
        told = {"rows": given.rows, "columns": given.columns, "GB": size / 1e9}
        for name, budget, limit in (("in memory", 0, 0), ("in parts", given.budget, LIMIT)):
            words = [given.clusters, given.iterations, budget, limit]
            command = [sys.executable, "-c", PROGRAM, str(path), *map(str, words)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"{name}: {done.stderr}")
            print(json.dumps({"what": name, **told, **json.loads(done.stdout)}), flush=True)


def _dask_fit(given: argparse.Namespace, fit: Callable[[Any, np.ndarray], Any]) -> dict[str, Any]:
    """Fit rows that lie on a LocalCluster of two."""
    import dask.array as da
    from distributed import Client, LocalCluster, wait

    X = rows_of(given.rows, given.columns)
    start = X[:: given.rows // given.clusters][: given.clusters].copy()
    with (
        LocalCluster(2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster,
        Client(cluster) as client,
    ):
        x = client.persist(da.from_array(X, chunks=(given.rows // 4, -1)))
        wait(x)
        fit(x[: given.rows // 4], start)  # what is imported and compiled counts apart
        begun = time.perf_counter()
        model = fit(x, start)
        return _told(begun, X, model.cluster_centers_, model.n_iter_)


def _told(begun: float, X: np.ndarray, centers: np.ndarray, n_iter: int) -> dict[str, Any]:
    """Return seconds, and the inertia of all rows at the centers."""
    spent = time.perf_counter() - begun
    inertia = 0.0
    for first in range(0, len(X), 100_000):
        block = X[first : first + 100_000].astype(float)
        apart = (block**2).sum(1)[:, None] - 2 * block @ centers.T + (centers**2).sum(1)
        inertia += float(apart.min(1).sum())
    return {"seconds": spent, "inertia": inertia, "iterations": int(n_iter)}


def by_kwise(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by kwise."""
    import kwise

    settings: Any = {"n_init": 1, "max_iter": given.iterations, "tol": 0}
    return _dask_fit(
        given, lambda x, start: kwise.KMeans(given.clusters, init=start, **settings).fit(x)
    )


def by_dask_ml(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by dask-ml."""
    from dask_ml.cluster import KMeans

    settings: Any = {"max_iter": given.iterations, "tol": 0.0}
    return _dask_fit(given, lambda x, start: KMeans(given.clusters, init=start, **settings).fit(x))


def by_sklearn(given: argparse.Namespace) -> dict[str, Any]:
    """Go through the rows as often in batches of 10,000, on one machine."""
    from sklearn.cluster import MiniBatchKMeans

    X = rows_of(given.rows, given.columns)
    start = X[:: given.rows // given.clusters][: given.clusters].copy()
    model = MiniBatchKMeans(given.clusters, init=start, n_init=1)
    begun = time.perf_counter()
    for _ in range(given.iterations):
        for first in range(0, len(X), 10_000):
            model.partial_fit(X[first : first + 10_000])
    return _told(begun, X, model.cluster_centers_, given.iterations)


def by_spark(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by Spark's own k-means, which takes no start: its first centers are random rows."""
    import pyarrow as pa
    from pyspark.ml.clustering import KMeans
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
    made = made.config("spark.ui.showConsoleProgress", "false")
    session = made.config("spark.ui.enabled", "false").getOrCreate()
    X = rows_of(given.rows, given.columns)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        import pyarrow.parquet as pq

        cells = pa.FixedSizeListArray.from_arrays(pa.array(X.ravel()), given.columns)
        pq.write_table(pa.table({"x": cells.cast(pa.list_(pa.float32()))}), f"{folder}/x.parquet")
        frame = session.read.parquet(f"{folder}/x.parquet")
        frame = frame.select(array_to_vector("x").alias("features")).repartition(4).cache()
        frame.count()
        begun = time.perf_counter()
        kmeans = KMeans(
            k=given.clusters, initMode="random", maxIter=given.iterations, tol=0.0, seed=0
        )
        model = kmeans.fit(frame)
        centers = np.array(model.clusterCenters())
        return _told(begun, X, centers, model.summary.numIter)


# Library -> what fits by it.
LIBRARIES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "kwise": by_kwise,
    "dask_ml": by_dask_ml,
    "sklearn": by_sklearn,
    "spark": by_spark,
}


def overhead(given: argparse.Namespace) -> None:
    """Time iterations of few rows in two workers: what is left is the engine's."""
    few = argparse.Namespace(**{**vars(given), "rows": 8192, "clusters": 8})
    spent = []
    for iterations in (2, 42):
        few.iterations = iterations
        spent.append(by_kwise(few))
    done = spent[1]["iterations"] - spent[0]["iterations"]
    each = (spent[1]["seconds"] - spent[0]["seconds"]) / max(done, 1)
    print(json.dumps({"what": "overhead", "ms an iteration": 1e3 * each, "iterations": done}))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["memory", "cluster", "overhead"])
    parser.add_argument("--library", choices=list(LIBRARIES), default="kwise")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--columns", type=int, default=32)
    parser.add_argument("--clusters", type=int, default=20)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--budget", type=int, default=BUDGET, help="bytes that kwise may take")
    parser.add_argument("--folder", default=None, help="where files of rows are written")
    given = parser.parse_args()
    if given.what == "memory":
        given.rows = given.rows or 32_000_000
        memory(given)
    elif given.what == "overhead":
        overhead(given)
    else:
        given.rows = given.rows or 4_000_000
        print(json.dumps({"what": given.library, **LIBRARIES[given.library](given)}))


if __name__ == "__main__":
    main()
