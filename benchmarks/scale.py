"""What a fit of rows in parts costs, reckoned: time and bytes by workers, rows, columns, clusters.

    python benchmarks/scale.py --rows 1e10 --columns 32 --clusters 1000 --workers 64
    python benchmarks/scale.py --measure        this machine's constants, and the model's error
    python benchmarks/scale.py --engines        the engines' alone, which are kept in results/

The model is a sum of passes: each takes the longest of reading, and computing, on one worker, and
what the network and the engine add. Nothing overlaps but reading and computing.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from watching import Watch

import kwise
from kwise.engines.memory import kept_bytes_a_row

# What --engines measured, an engine each: seconds of a step beside the work with two workers, and
# how many threads wanted a core then; null where nothing was measured, and the seconds are assumed.
RESULTS = Path(__file__).parent / "results" / "engines.json"


@dataclass(frozen=True)
class Cluster:
    """Workers and what they do a second; bytes, seconds, products (row x cluster x column)."""

    workers: int = 1
    cores: int = 2
    products: float = 6e9  # a core, in the first iteration
    later: float = 0.25  # what bounds leave of it, mean of later iterations
    memory: float = 8e9  # bytes a second that a worker's cores add up in turn
    disk: float = 3e9
    network: float = 1.25e9
    overhead: float = 0.02  # an engine's, a step
    memory_bytes: float = 64e9  # a worker's


@dataclass(frozen=True)
class Work:
    """The rows, and how they are clustered."""

    rows: float
    columns: int
    clusters: int
    iterations: int = 30
    itemsize: int = 4

    @property
    def bytes(self) -> float:
        """Bytes of the rows as numbers."""
        return self.rows * self.columns * self.itemsize

    @property
    def message(self) -> float:
        """Bytes that a worker sends in an iteration: exact sums and masses."""
        parts = 2 if self.itemsize == 4 and self.rows < 2**25 else 3
        padded = -(-self.columns // 8) * 8
        return self.clusters * parts * (padded + 1) * 8.0

    @property
    def kept(self) -> float:
        """Bytes of packed rows, labels and bounds."""
        kind = np.dtype(f"f{self.itemsize}")
        return self.rows * kept_bytes_a_row(self.columns, kind, self.clusters)


def reckon(work: Work, cluster: Cluster) -> dict[str, float]:
    """Return seconds of each step, and the bytes that go over the network."""
    own = work.bytes / cluster.workers
    held = min(1.0, cluster.workers * cluster.memory_bytes / max(work.bytes + work.kept, 1.0))
    kept = min(1.0, cluster.workers * cluster.memory_bytes / max(work.kept, 1.0))
    read = own * (1.0 - held) / cluster.disk
    talk = 0.0
    if cluster.workers > 1:
        down = work.clusters * work.columns * work.itemsize * 2.0
        talk = cluster.overhead + cluster.workers * (work.message + down) / cluster.network
    scan = work.rows * work.columns * work.clusters / cluster.workers
    scan /= cluster.cores * cluster.products
    serial = work.bytes / cluster.memory if work.rows <= 2**24 else 0.0
    hops = cluster.overhead * cluster.workers  # the variance goes from part to part
    setup = 3 * max(own / cluster.disk, own / (cluster.memory * cluster.cores)) + serial + hops
    seeding = 6 * (read + talk) + 10 * scan  # k-means||
    later = (1.0 - kept) * own / cluster.disk
    iteration = max(read, scan) + talk
    rest = (work.iterations - 1) * (max(later, cluster.later * scan) + talk)
    sent = (work.iterations + 6) * cluster.workers * work.message if cluster.workers > 1 else 0.0
    return {
        "set-up": setup,
        "seeding by k-means||": seeding,
        "first iteration": iteration,
        f"{work.iterations - 1} later ones": rest,
        "in all": setup + seeding + iteration + rest,
        "bytes sent": sent,
        "bytes of rows": work.bytes,
        "bytes kept": work.kept,
    }


def overheads() -> dict[str, tuple[float, str]]:
    """Return the seconds of a step beside the work on each engine, and how they are known."""
    told = {"local": (0.0, "none")}
    for engine, found in json.loads(RESULTS.read_text("utf-8")).items():
        load = found["load"]
        how = "assumed" if load is None else f"measured at load {load} on {os.cpu_count()} cores"
        told[engine] = (found["seconds"], how)
    return told


def keep(engine: str, seconds: float) -> None:
    """Write down what was measured."""
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    kept[engine] = {"seconds": round(seconds, 4), "load": round(os.getloadavg()[0], 1)}
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


def timed(work: Work, seed: int = 0) -> tuple[float, float, int]:
    """Fit here; return the first iteration, the mean of the others, and their number."""
    rng = np.random.default_rng(seed)
    n = int(work.rows)
    X = rng.normal(size=(n, work.columns)).astype(f"f{work.itemsize}")
    X += 3 * rng.integers(0, work.clusters, size=(n, 1)).astype(X.dtype)
    start = X[rng.choice(n, work.clusters, replace=False)]
    spent = []
    for iterations in (1, work.iterations):
        model = kwise.KMeans(work.clusters, init=start, n_init=1, max_iter=iterations, tol=0)
        begun = time.process_time()
        model.fit(kwise.rows(X))
        spent.append(time.process_time() - begun)
    count = max(1, model.n_iter_ - 1)
    return spent[0] / 2, (spent[1] - spent[0]) / count, count


def measure() -> None:
    """Fit the constants on one shape, and tell how far the model is off on others."""
    base = Work(200_000, 16, 50, 10)
    first, later, _ = timed(base)
    products = base.rows * base.columns * base.clusters / first
    cluster = Cluster(cores=1, products=products, later=min(1.0, later / first))
    print(f"{products / 1e9:.1f} G products a core and second, later {cluster.later:.2f} of it")
    print("| rows | columns | clusters | measured | reckoned | ratio |\n|---|---|---|---|---|---|")
    for work in (
        replace(base, rows=400_000),
        replace(base, clusters=100),
        replace(base, columns=32),
        replace(base, itemsize=8),
    ):
        one, rest, count = timed(work)
        scan = work.rows * work.columns * work.clusters / products
        reckoned = scan + count * cluster.later * scan
        found = one + count * rest
        print(
            f"| {work.rows:,.0f} | {work.columns} | {work.clusters} | {found:.2f} s "
            f"| {reckoned:.2f} s | {reckoned / found:.2f} |"
        )


def fitted(engine: str, work: Work, iterations: int) -> tuple[float, float]:
    """Fit in two parts on an engine here; return seconds, and those of all processes."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(int(work.rows), work.columns)).astype(np.float32)
    X += 3 * rng.integers(0, work.clusters, size=(len(X), 1)).astype(X.dtype)
    start = X[rng.choice(len(X), work.clusters, replace=False)]
    model = kwise.KMeans(work.clusters, init=start, n_init=1, max_iter=iterations, tol=0)
    with Watch() as watch:
        model.fit(kwise.rows(X, engine=engine))
    assert model.n_iter_ == iterations
    return watch.seconds, watch.processor


def measure_engine(engine: str) -> None:
    """Tell what a step costs on an engine beside the work, and how far the model is off."""
    few, many = Work(4 * 2048, 8, 64), Work(400_000, 32, 50)
    fitted(engine, few, 2)
    apart = np.subtract(fitted(engine, few, 12), fitted(engine, few, 2)) / 10
    keep(engine, float(apart[0]))
    fitted(engine, many, 2)
    found = np.subtract(fitted(engine, many, 12), fitted(engine, many, 2)) / 10
    alone = np.subtract(fitted("local", many, 12), fitted("local", many, 2)) / 10
    off = (alone[1] + apart[1]) / found[1] - 1
    print(
        f"| {engine} | {1e3 * apart[0]:.0f} | {1e3 * apart[1]:.0f} | {1e3 * found[1]:.0f} "
        f"| {1e3 * (alone[1] + apart[1]):.0f} | {off:+.0%} |",
        flush=True,
    )


def measure_engines() -> None:
    """Measure the engines that are installed, each with two workers on this machine."""
    print(
        "| engine | ms a step beside the work | of processors | an iteration of 400,000 x 32, "
        "k = 50: ms of processors | reckoned | off |\n|---|---|---|---|---|---|"
    )
    from distributed import Client, LocalCluster

    with (
        LocalCluster(2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster,
        Client(cluster),
    ):
        measure_engine("dask")
    for engine in ("ray", "spark"):
        with contextlib.suppress(ImportError):
            module = importlib.import_module(f"kwise.engines.{engine}")
            importlib.import_module("ray" if engine == "ray" else "pyspark")
            if engine == "ray":
                places = module.places
                module.places = lambda ray, places=places: [(places(ray)[0][0], 1)] * 2
            measure_engine(engine)


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--engines", action="store_true")
    parser.add_argument("--engine", choices=list(overheads()), default="dask")
    for name, kind, default in (
        ("rows", float, 1e9),
        ("columns", int, 32),
        ("clusters", int, 1000),
        ("iterations", int, 30),
        ("itemsize", int, 4),
        ("workers", int, 32),
        ("cores", int, 16),
        ("products", float, Cluster.products),
        ("disk", float, Cluster.disk),
        ("network", float, Cluster.network),
        ("memory-bytes", float, Cluster.memory_bytes),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    given = vars(parser.parse_args())
    if given.pop("measure"):
        measure()
        measure_engines()
        return
    if given.pop("engines"):
        measure_engines()
        return
    given["overhead"], how = overheads()[given.pop("engine")]
    work = Work(**{name: given.pop(name) for name in Work.__dataclass_fields__})
    for step, value in reckon(work, Cluster(**given)).items():
        unit = "GB" if "bytes" in step else "s"
        shown = value / 1e9 if unit == "GB" else value
        digits = 1 if shown >= 10 or shown == 0 else 2 - math.floor(math.log10(shown))
        print(f"{step:24s} {shown:14,.{max(0, digits)}f} {unit}")
    print(f"{'a step beside the work':24s} {given['overhead']:14.3f} s ({how})")


if __name__ == "__main__":
    main()
