"""What a fit of rows in parts costs, reckoned: time and bytes by workers, rows, columns, clusters.

    python benchmarks/scale.py --rows 1e10 --columns 32 --clusters 1000 --workers 64
    python benchmarks/scale.py --measure        this machine's constants, and the model's error

The model is a sum of passes: each takes the longest of reading, and computing, on one worker, and
what the network and the engine add. Nothing overlaps but reading and computing.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass, replace

import numpy as np

import kwise
from kwise.engines.memory import kept_bytes_a_row


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
    setup = 3 * max(own / cluster.disk, own / (cluster.memory * cluster.cores)) + serial
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


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--measure", action="store_true")
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
        ("overhead", float, Cluster.overhead),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default)
    given = vars(parser.parse_args())
    if given.pop("measure"):
        measure()
        return
    work = Work(**{name: given.pop(name) for name in Work.__dataclass_fields__})
    for step, value in reckon(work, Cluster(**given)).items():
        unit = "GB" if "bytes" in step else "s"
        shown = value / 1e9 if unit == "GB" else value
        digits = 1 if shown >= 10 or shown == 0 else 2 - math.floor(math.log10(shown))
        print(f"{step:24s} {shown:14,.{max(0, digits)}f} {unit}")


if __name__ == "__main__":
    main()
