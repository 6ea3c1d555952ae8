"""Fits of rows that are larger than memory, or on a cluster: time, memory and inertia.

    python benchmarks/large.py memory                      4 GB of rows under 1 GB, beside in memory
    python benchmarks/large.py cluster --library kwise     equal work on a Dask LocalCluster of two
    python benchmarks/large.py table --write FILE          all libraries, into a document
    python benchmarks/large.py overhead                    an iteration of Dask without work in it

``cluster`` takes kwise_ray, kwise_spark, kwise_local, dask_ml, sklearn (MiniBatchKMeans by hand)
and spark (its own, local[2]) as well, each where it is installed (``--peers`` names a Python that
has dask-ml): the start and the number of iterations are the same. Everything is printed as JSON, a
line a measurement.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from watching import Watch

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

    X, start = _rows_and_start(given)
    with (
        LocalCluster(2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster,
        Client(cluster) as client,
    ):
        x = client.persist(da.from_array(X, chunks=(-(-given.rows // given.parts), -1)))
        wait(x)
        fit(x[: given.rows // 4], start)  # what is imported and compiled counts apart
        with Watch() as watch:
            model = fit(x, start)
        return _told(watch, X, model.cluster_centers_, model.n_iter_)


def _rows_and_start(given: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows, and some of them to start from."""
    X = rows_of(given.rows, given.columns)
    return X, X[:: given.rows // given.clusters][: given.clusters].copy()


def _told(watch: Watch, X: np.ndarray, centers: np.ndarray, n_iter: int) -> dict[str, Any]:
    """Return what was watched, the inertia of all rows at the centers, and their digest."""
    inertia = 0.0
    for first in range(0, len(X), 100_000):
        block = X[first : first + 100_000].astype(float)
        apart = (block**2).sum(1)[:, None] - 2 * block @ centers.T + (centers**2).sum(1)
        inertia += float(apart.min(1).sum())
    return {
        "seconds": watch.seconds,
        "processor": watch.processor,
        "peak MB": watch.peak / 1e6,
        "inertia": inertia,
        "iterations": int(n_iter),
        "digest": hashlib.sha256(np.asarray(centers, float).tobytes()).hexdigest()[:16],
    }


def _settings(given: argparse.Namespace) -> Any:
    return {"n_init": 1, "max_iter": given.iterations, "tol": 0}


def by_kwise(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by kwise on Dask."""
    import kwise

    settings = _settings(given)
    return _dask_fit(
        given, lambda x, start: kwise.KMeans(given.clusters, init=start, **settings).fit(x)
    )


def by_kwise_elsewhere(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by kwise on Ray, on Spark, or in parts on this machine."""
    import kwise
    from kwise.engines import cutting, local

    engine = given.library.partition("_")[2]
    X, start = _rows_and_start(given)
    even = cutting.even(given.rows, given.parts)
    if engine == "local":
        local._PART_ROWS = even[0]
    else:
        module = importlib.import_module(f"kwise.engines.{engine}")
        if engine == "ray":
            importlib.import_module("ray").init(num_cpus=8, include_dashboard=False)
            places = module.places
            module.places = lambda ray: [(places(ray)[0][0], 1)] * given.parts
        else:
            module.sizes_for = lambda rows, _: cutting.even(len(rows), given.parts)
    model = kwise.KMeans(given.clusters, init=start, **_settings(given))
    model.fit(kwise.rows(X[: given.rows // 4], engine=engine))
    with Watch() as watch:
        model.fit(kwise.rows(X, engine=engine))
    return _told(watch, X, model.cluster_centers_, model.n_iter_)


def by_dask_ml(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by dask-ml."""
    from dask_ml.cluster import KMeans

    settings: Any = {"max_iter": given.iterations, "tol": 0.0}
    return _dask_fit(given, lambda x, start: KMeans(given.clusters, init=start, **settings).fit(x))


def by_sklearn(given: argparse.Namespace) -> dict[str, Any]:
    """Go through the rows as often in batches, on one machine; parts are other batches."""
    from sklearn.cluster import MiniBatchKMeans

    X, start = _rows_and_start(given)
    model, size = MiniBatchKMeans(given.clusters, init=start, n_init=1), 40_000 // given.parts
    with Watch() as watch:
        for _ in range(given.iterations):
            for first in range(0, len(X), size):
                model.partial_fit(X[first : first + size])
    return _told(watch, X, model.cluster_centers_, given.iterations)


def by_spark(given: argparse.Namespace) -> dict[str, Any]:
    """Fit by Spark's own k-means, which takes no start: its first centers are random rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyspark.ml.clustering import KMeans
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
    made = made.config("spark.ui.showConsoleProgress", "false")
    session = made.config("spark.ui.enabled", "false").getOrCreate()
    X = rows_of(given.rows, given.columns)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        cells = pa.FixedSizeListArray.from_arrays(pa.array(X.ravel()), given.columns)
        pq.write_table(pa.table({"x": cells.cast(pa.list_(pa.float32()))}), f"{folder}/x.parquet")
        frame = session.read.parquet(f"{folder}/x.parquet")
        frame = frame.select(array_to_vector("x").alias("features"))
        frame = frame.repartition(given.parts).cache()
        frame.count()
        kmeans = KMeans(
            k=given.clusters, initMode="random", maxIter=given.iterations, tol=0.0, seed=0
        )
        with Watch() as watch:
            model = kmeans.fit(frame)
        centers = np.array(model.clusterCenters())
        return _told(watch, X, centers, model.summary.numIter)


# What the table was made of, a line a fit.
RESULTS = Path(__file__).parent / "results" / "large.jsonl"

# Library -> what fits by it.
LIBRARIES: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "kwise": by_kwise,
    "kwise_local": by_kwise_elsewhere,
    "kwise_ray": by_kwise_elsewhere,
    "kwise_spark": by_kwise_elsewhere,
    "dask_ml": by_dask_ml,
    "sklearn": by_sklearn,
    "spark": by_spark,
}
NAMES = {
    "kwise": "kwise, Dask",
    "kwise_local": "kwise, in parts",
    "kwise_ray": "kwise, Ray",
    "kwise_spark": "kwise, Spark",
    "dask_ml": "dask-ml",
    "sklearn": "scikit-learn's `MiniBatchKMeans`, by hand",
    "spark": "Spark's own, local",
}


def table(given: argparse.Namespace) -> None:
    """Fit by every library that is here, cut in 4 parts and in 7; write a table."""
    lines = [
        "| | seconds | processor seconds | memory beside the rows | inertia, by the least "
        "| the same answer in 7 parts |",
        "|---|---|---|---|---|---|",
    ]
    found = {name: told for name in NAMES if (told := _in_both(given, name))}
    least = min(told["inertia"] for told, _ in found.values())
    for name, (told, same) in found.items():
        lines.append(
            f"| {NAMES[name]} | {told['seconds']:.1f} | {told['processor']:.1f} "
            f"| {told['peak MB']:,.0f} MB | {told['inertia'] / least:.6f} "
            f"| {'yes' if same else 'no'} |"
        )
    load = max(told["load"] for told, _ in found.values())
    busy = (
        f"The machine was busy (load {load:.0f} on {os.cpu_count()} cores): seconds say little, "
        "processor seconds more."
        if load > 2 * (os.cpu_count() or 1)
        else "The machine was quiet."
    )
    what = (
        f"{given.rows:,} rows x {given.columns} columns (float32), {given.clusters} clusters, "
        f"{given.iterations} iterations from given centers, two workers of one thread. {busy} "
    )
    text = "\n".join(lines)
    print(f"{what}\n\n{text}")
    if given.write:
        _write_between(Path(given.write), f"{what.strip()}\n\n{text}\n")


def _in_both(given: argparse.Namespace, name: str) -> tuple[dict[str, Any], bool] | None:
    """Return what a library tells of 4 parts, and whether 7 give the same centers; None without."""
    found = []
    kept = [json.loads(line) for line in RESULTS.read_text("utf-8").splitlines()]
    what = {each: getattr(given, each) for each in ("rows", "columns", "clusters", "iterations")}
    for parts in (4, 7):
        told = {"what": name, "parts": parts, **what}
        known = [each for each in kept if told.items() <= each.items()]
        if known and not given.anew:
            found.append(known[-1])
            continue
        if given.known:
            return None
        words = ["cluster", "--library", name, "--parts", str(parts)]
        words += [f"--{each}={value}" for each, value in what.items()]
        python = given.peers if name == "dask_ml" and given.peers else sys.executable
        done = subprocess.run(
            [python, __file__, *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return None
        found.append({**json.loads(done.stdout.splitlines()[-1]), **told, "load": _load()})
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(found[-1]) + "\n")
    return found[0], found[0]["digest"] == found[1]["digest"]


def _load() -> float:
    """Return how many threads want a core, on the average of the last minute."""
    return os.getloadavg()[0]


def _write_between(path: Path, text: str) -> None:
    """Put a text between the marks of a document."""
    marks = ("<!-- benchmarks/large.py table -->\n\n", "\n<!-- end -->")
    before, _, rest = path.read_text("utf-8").partition(marks[0])
    after = rest.partition(marks[1])[2]
    path.write_text(before + marks[0] + text + marks[1] + after, "utf-8")


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
    parser.add_argument("what", choices=["memory", "cluster", "overhead", "table"])
    parser.add_argument("--library", choices=list(LIBRARIES), default="kwise")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--columns", type=int, default=32)
    parser.add_argument("--clusters", type=int, default=20)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--budget", type=int, default=BUDGET, help="bytes that kwise may take")
    parser.add_argument("--folder", default=None, help="where files of rows are written")
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--peers", help="the Python of another environment, which has dask-ml")
    parser.add_argument("--anew", action="store_true", help="measure what is known, too")
    parser.add_argument("--known", action="store_true", help="tabulate, and measure nothing")
    parser.add_argument("--write", help="a document with marks, between which the table goes")
    given = parser.parse_args()
    if given.what == "memory":
        given.rows = given.rows or 32_000_000
        memory(given)
    elif given.what == "overhead":
        overhead(given)
    elif given.what == "table":
        given.rows = given.rows or 1_000_000
        table(given)
    else:
        given.rows = given.rows or 1_000_000
        print(json.dumps({"what": given.library, **LIBRARIES[given.library](given)}))


if __name__ == "__main__":
    main()
