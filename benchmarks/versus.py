"""kwise beside its peers: the same work, in one run, with the same answer.

Every row runs the same data from the same start for the same number of iterations (or a whole
default fit from the same seed), asserts that the answers agree, and compares medians of
interleaved repeats. Ratios above 1 mean that kwise is faster.

    python benchmarks/versus.py [--quick] [--only NAME] [--json FILE] [--markdown FILE]

Peers that are not installed are left out: scikit-learn is always there; scikit-learn-intelex
(sklearnex) and faiss join where they import. Set OPENBLAS_CORETYPE where NumPy's OpenBLAS does not
know the processor, or the comparison favors kwise.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sklearn
from peers import PEERS, Peer
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning

import kwise


@dataclass
class Row:
    """One comparison: times in seconds of every contestant, and what they agreed on."""

    name: str
    times: dict[str, list[float]] = field(default_factory=dict)
    agreement: str = ""

    def median(self, who: str) -> float:
        """Return the median of someone's times, in seconds."""
        return statistics.median(self.times[who])

    def ratio(self, who: str) -> float:
        """Return how many times longer someone takes than kwise."""
        return self.median(who) / self.median("kwise")


def blobs(n: int, d: int, centers: int, spread: float, seed: int = 0) -> np.ndarray:
    X, _ = make_blobs(n, d, centers=centers, cluster_std=spread, random_state=seed)
    return np.ascontiguousarray(X, dtype=np.float32)


def interleaved(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Time every contestant in turn, ``repeats`` times over, after one warm-up."""
    times: dict[str, list[float]] = {who: [] for who in runs}
    for run in runs.values():
        run()
    for _ in range(repeats):
        for who, run in runs.items():
            start = time.perf_counter()
            run()
            times[who].append(time.perf_counter() - start)
    return times


def lloyd_row(n: int, d: int, k: int, iterations: int, repeats: int) -> Row:
    """Time a given number of iterations from one start of k random rows."""
    X = blobs(n, d, centers=k, spread=4.0)
    rng = np.random.default_rng(0)
    start = X[np.sort(rng.choice(n, k, replace=False))].copy()
    runs = {peer.name: peer.lloyd(X, start, iterations) for peer in PEERS if peer.lloyd}
    row = Row(f"{iterations} iterations, {n:,} x {d}, k = {k}")
    inertias = {who: float(run()) for who, run in runs.items()}  # type: ignore[arg-type]
    for who, inertia in inertias.items():
        # float32 peers round along the way; the same optimum is within this of ours.
        assert abs(inertia / inertias["kwise"] - 1) < 2e-4, (row.name, who, inertias)
    row.agreement = f"inertia {inertias['kwise']:.6g}"
    row.times = interleaved(runs, repeats)
    return row


def fit_row(n: int, d: int, k: int, repeats: int, dtype: type = np.float64) -> Row:
    """Time a default fit from one seed, to convergence."""
    X = blobs(n, d, centers=k, spread=4.0).astype(dtype)
    runs = {peer.name: peer.fit(X, k) for peer in PEERS if peer.fit}
    row = Row(f"default fit, {n:,} x {d}, k = {k}, {np.dtype(dtype).name}")
    fits = {who: run() for who, run in runs.items()}
    same = np.mean(fits["kwise"].labels_ == fits["scikit-learn"].labels_)
    worse = fits["kwise"].inertia_ / fits["scikit-learn"].inertia_ - 1
    assert worse < 0.02, (row.name, worse)
    row.agreement = (
        f"{same:.2%} of labels the same, {fits['scikit-learn'].n_iter_} and "
        f"{fits['kwise'].n_iter_} iterations"
    )
    row.times = interleaved(runs, repeats)
    return row


def seeding_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time greedy k-means++ alone."""
    X = blobs(n, d, centers=k, spread=4.0).astype(np.float64)
    runs = {peer.name: peer.seeding(X, k) for peer in PEERS if peer.seeding}
    row = Row(f"k-means++ alone, {n:,} x {d}, k = {k}")
    seeds = {who: run() for who, run in runs.items()}
    same = np.mean([a == b for a, b in zip(seeds["kwise"], seeds["scikit-learn"], strict=True)])
    row.agreement = f"{same:.0%} of seeds the same"
    assert same == 1.0, row
    row.times = interleaved(runs, repeats)
    return row


def silhouette_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time the exact mean silhouette."""
    X = blobs(n, d, centers=k, spread=2.0).astype(np.float64)
    labels = kwise.KMeans(k, random_state=0).fit_predict(X)
    runs = {peer.name: peer.silhouette(X, labels) for peer in PEERS if peer.silhouette}
    row = Row(f"silhouette, {n:,} x {d}, k = {k}")
    values = {who: float(run()) for who, run in runs.items()}  # type: ignore[arg-type]
    assert abs(values["kwise"] - values["scikit-learn"]) < 1e-9, values
    row.agreement = f"{values['kwise']:.9f}"
    row.times = interleaved(runs, repeats)
    return row


def sweep_row(repeats: int) -> Row:
    """Time the elbow loop of a well-known tutorial: k = 1..10, ten random starts each."""
    X, _ = make_blobs(200, centers=3, cluster_std=2.75, random_state=42)
    X = (X - X.mean(axis=0)) / X.std(axis=0)

    def sweep(peer: Peer) -> Callable[[], object]:
        return lambda: [peer.random_starts(X, k)() for k in range(1, 11)]  # type: ignore[misc]

    runs = {peer.name: sweep(peer) for peer in PEERS if peer.random_starts}
    row = Row("elbow loop, 200 x 2, k = 1..10, 10 random starts")
    inertias = {who: run() for who, run in runs.items()}
    assert np.allclose(inertias["kwise"], inertias["scikit-learn"], rtol=1e-9)
    row.agreement = "the same ten inertias"
    row.times = interleaved(runs, 3 * repeats)
    return row


def rows(quick: bool) -> list[Callable[[], Row]]:
    r = 3 if quick else 7
    few = [
        lambda: lloyd_row(20_000, 2, 8, 20, 3 * r),
        lambda: lloyd_row(100_000, 2, 10, 20, r),
        lambda: lloyd_row(1_000_000, 8, 16, 20, r),
        lambda: lloyd_row(13_828, 2, 6, 20, 3 * r),
        lambda: fit_row(100_000, 2, 10, r),
        lambda: fit_row(13_828, 2, 6, r),
        lambda: sweep_row(r),
        lambda: silhouette_row(13_828, 2, 3, 3),
    ]
    more = [
        lambda: lloyd_row(100_000, 64, 100, 20, r),
        lambda: lloyd_row(100_000, 128, 10, 20, r),
        lambda: lloyd_row(50_000, 128, 1000, 20, 3),
        lambda: lloyd_row(60_000, 784, 10, 20, 3),
        lambda: lloyd_row(60_000, 784, 100, 20, 3),
        lambda: fit_row(1_000_000, 8, 20, 3),
        lambda: fit_row(300_000, 16, 100, 3),
        lambda: fit_row(100_000, 32, 100, 3),
        lambda: fit_row(50_000, 128, 100, 3),
        lambda: seeding_row(1_000_000, 16, 100, 3),
        lambda: seeding_row(50_000, 128, 400, 3),
        lambda: seeding_row(100_000, 2, 100, 3),
        lambda: silhouette_row(30_000, 10, 8, 3),
        lambda: silhouette_row(10_000, 64, 8, 3),
    ]
    return few if quick else few + more


def machine() -> dict[str, object]:
    """Say what was measured, and on what."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "cpu": cpu[0].partition(": ")[2] if cpu else platform.processor(),
        "threads": int(os.environ.get("OMP_NUM_THREADS", len(os.sched_getaffinity(0)))),
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", ""),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "kwise": kwise.build_info(),
        "commit": commit.stdout.strip(),
    }


def markdown(done: list[Row]) -> str:
    peers = [peer.name for peer in PEERS if peer.name != "kwise"]
    lines = [
        "| work | kwise | " + " | ".join(f"{p} | times" for p in peers) + " | agreed on |",
        "|---|---" + "|---:|---:" * len(peers) + "|---|",
    ]
    for row in done:
        cells = [row.name, f"{row.median('kwise') * 1e3:.4g} ms"]
        for p in peers:
            there = p in row.times
            cells += [f"{row.median(p) * 1e3:.4g} ms", f"{row.ratio(p):.1f}"] if there else ["", ""]
        lines.append("| " + " | ".join([*cells, row.agreement]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the rows that take seconds")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    done = []
    for make in rows(options.quick):
        row = make()
        if options.only not in row.name:
            continue
        done.append(row)
        ratios = ", ".join(f"{row.ratio(p):.1f}x {p}" for p in row.times if p != "kwise")
        print(f"{row.name:50} {row.median('kwise') * 1e3:10.3f} ms   {ratios}", file=sys.stderr)
    print(markdown(done))
    if options.markdown:
        options.markdown.write_text(markdown(done) + "\n")
    if options.json:
        record = {"machine": machine(), "rows": [vars(row) for row in done]}
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
