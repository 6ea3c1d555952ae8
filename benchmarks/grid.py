"""Is kwise anywhere slower than scikit-learn? 200 shapes, from tiny to large, worst first.

    OMP_NUM_THREADS=2 python benchmarks/grid.py [OUT.jsonl] [--markdown FILE]
    OMP_NUM_THREADS=2 python benchmarks/grid.py OUT.jsonl --only-worse 1.1
    OMP_NUM_THREADS=1 python benchmarks/grid.py --clock cpu          # on a busy machine

Shapes are drawn from a fixed seed, evenly in the logarithms of n (100 to 1e6), d (1 to 1024) and
k (1 to 1000), of those that have at least two rows a cluster, take at most 256 MB and are done in
seconds; half are float32, half are groups and half are noise. Both sides start from the same k
random rows and do the same number of iterations, at most ten, on the same number of threads;
their inertias must agree. Ratios of medians above 1 mean that kwise is faster.

The measurements are appended to OUT.jsonl, one line a shape: what is there already is not
measured again, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import measuring
import numpy as np
import sklearn.cluster
from sklearn.exceptions import ConvergenceWarning

import kwise

N_SHAPES = 200
SEED = 20
MAX_BYTES = 256 * 2**20
MAX_PAIRS = 1e8  # rows times clusters: one iteration compares them all
MAX_PRODUCTS = 8e9  # rows times clusters times columns
MAX_ITER = 10
BOTH = {"kwise": kwise.KMeans, "scikit-learn": sklearn.cluster.KMeans}


@dataclass(frozen=True)
class Shape:
    """Rows, columns, clusters, and what the rows are like."""

    n: int
    d: int
    k: int
    dtype: str
    structure: str

    def __str__(self) -> str:
        return f"{self.n:,} x {self.d}, k = {self.k}, {self.dtype}, {self.structure}"


def shapes() -> list[Shape]:
    """Draw the shapes: always the same ones."""
    rng = np.random.default_rng(SEED)
    drawn: list[Shape] = []
    while len(drawn) < N_SHAPES:
        n, d, k = (_two_digits(10 ** rng.uniform(0, e)) for e in (6, math.log10(1024), 3))
        dtype = "float32" if len(drawn) % 2 else "float64"
        structure = "groups" if len(drawn) % 4 < 2 else "noise"
        fits = n * d * np.dtype(dtype).itemsize <= MAX_BYTES
        if n >= max(100, 2 * k) and fits and n * k <= MAX_PAIRS and n * k * d <= MAX_PRODUCTS:
            drawn.append(Shape(n, d, k, dtype, structure))
    return drawn


def _two_digits(value: float) -> int:
    """Round to two digits."""
    return int(float(f"{value:.1e}"))


def rows(shape: Shape) -> np.ndarray:
    """Make the data of a shape: standard normal, around k centers if they are groups."""
    rng = np.random.default_rng([shape.n, shape.d, shape.k])
    X = rng.standard_normal((shape.n, shape.d), dtype=shape.dtype)
    if shape.structure == "groups":
        centers = 1.5 * rng.standard_normal((shape.k, shape.d), dtype=shape.dtype)
        X += centers[rng.integers(shape.k, size=shape.n)]
    return X


def measure(shape: Shape, repeats: int, clock: str, budget: float) -> dict[str, object]:
    """Time both sides at the same work; raise if their answers differ."""
    X = rows(shape)
    rng = np.random.default_rng(0)
    start = X[np.sort(rng.choice(shape.n, shape.k, replace=False))].copy()

    def work(kmeans: type, iterations: int) -> Callable[[], kwise.KMeans]:
        return lambda: kmeans(shape.k, init=start, n_init=1, max_iter=iterations, tol=0).fit(X)

    # One side may converge an iteration earlier, by rounding: then both do that many.
    iterations = min(work(kmeans, MAX_ITER)().n_iter_ for kmeans in BOTH.values())
    runs = {name: work(kmeans, iterations) for name, kmeans in BOTH.items()}
    inertias = {name: float(run().inertia_) for name, run in runs.items()}
    apart = abs(inertias["kwise"] - inertias["scikit-learn"]) / (inertias["scikit-learn"] or 1.0)
    assert apart < (1e-3 if shape.dtype == "float32" else 1e-6), (shape, inertias)
    times = measuring.interleaved(runs, repeats, clock=measuring.CLOCKS[clock], budget=budget)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        **asdict(shape),
        "iterations": iterations,
        "seconds": medians,
        "repeats": len(times["kwise"]),
        "ratio": medians["scikit-learn"] / medians["kwise"],
        "clock": clock,
        "inertia": inertias["kwise"],
    }


def key(record: dict[str, object]) -> Shape:
    """Return the shape of a record."""
    return Shape(**{name: record[name] for name in Shape.__dataclass_fields__})  # type: ignore[arg-type]


def read(path: Path) -> dict[Shape, dict[str, object]]:
    """Return the last record of every shape in a file that may not exist yet."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {key(record): record for record in map(json.loads, lines) if "machine" not in record}


def markdown(records: list[dict[str, object]], n_worst: int = 20) -> str:
    """Return a summary and the worst shapes as a table."""
    ratios = sorted(float(record["ratio"]) for record in records)  # type: ignore[arg-type]
    lines = [
        f"{len(ratios)} shapes: {sum(r < 1 for r in ratios)} slower than scikit-learn, worst "
        f"{ratios[0]:.2f}, median {statistics.median(ratios):.1f}, best {ratios[-1]:.1f} times "
        "its speed.",
        "",
        "| n | d | k | rows | iterations | kwise | scikit-learn | times |",
        "|---:|---:|---:|---|---:|---:|---:|---:|",
    ]
    for record in sorted(records, key=lambda record: record["ratio"])[:n_worst]:  # type: ignore[arg-type, return-value]
        seconds: dict[str, float] = record["seconds"]  # type: ignore[assignment]
        lines.append(
            f"| {record['n']:,} | {record['d']} | {record['k']} | {record['dtype']}, "
            f"{record['structure']} | {record['iterations']} | {seconds['kwise'] * 1e3:.4g} ms | "
            f"{seconds['scikit-learn'] * 1e3:.4g} ms | {record['ratio']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what is missing, then print all, worst first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", default=Path("grid.jsonl"))
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--clock", choices=measuring.CLOCKS, default="wall")
    parser.add_argument("--only-worse", type=float, metavar="RATIO")
    parser.add_argument("--worst", type=int, default=20, help="rows of the table")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    done = read(options.out)
    again = options.only_worse is not None
    repeats, budget = (50, 3.0) if again else (20, 0.5)
    with options.out.open("a") as file:
        print(json.dumps({"machine": measuring.machine()}), file=file)
        for number, shape in enumerate(shapes(), 1):
            found = done.get(shape)
            if (found is not None) != again or (again and found["ratio"] >= options.only_worse):  # type: ignore[index]
                continue
            done[shape] = measure(shape, repeats, options.clock, budget)
            print(json.dumps(done[shape]), file=file, flush=True)
            print(f"{number:3} {shape}: {done[shape]['ratio']:.2f}", file=sys.stderr)
    text = markdown(list(done.values()), options.worst)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")


if __name__ == "__main__":
    main()
