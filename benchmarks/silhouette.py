"""kwise's exact silhouettes beside scikit-learn's: the same data and labels, the same values.

Every row asserts that no silhouette differs by 1e-9, then compares medians of interleaved repeats.
Labels are k-means' own, or random ones, for which every cluster may be the nearest to every row
and nothing can be spared. Of data too large for scikit-learn, some rows are checked against the
definition.

    python benchmarks/silhouette.py [--repeats 3] [--only TEXT] [--json FILE] [--markdown FILE]

Takes about two minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import measuring
import numpy as np
import sklearn.metrics
from versus_rows import Row, blobs

import kwise
from kwise.metrics import silhouette_estimate, silhouette_samples


@dataclass(frozen=True)
class Case:
    """Rows, columns and clusters; whose labels; and the ratio that kwise promises."""

    n: int
    d: int
    k: int
    labels: str = "k-means"
    promised: float | None = None

    @property
    def name(self) -> str:
        """Say what is measured."""
        return f"{self.n:,} x {self.d}, k = {self.k}, {self.labels} labels"

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and labels."""
        X = blobs(self.n, self.d, centers=self.k, spread=2.0).astype(np.float64)
        if self.labels == "random":
            return X, np.arange(self.n) % self.k
        return X, kwise.KMeans(self.k, random_state=0).fit_predict(X)


CASES = (
    Case(13_828, 2, 3, promised=40.0),
    Case(30_000, 10, 8, promised=40.0),
    Case(10_000, 64, 8, promised=15.0),
    Case(20_000, 10, 100),
    Case(13_828, 2, 3, "random"),
    Case(30_000, 10, 8, "random"),
    Case(10_000, 64, 8, "random"),
)
ALONE = (Case(100_000, 10, 8), Case(100_000, 10, 8, "random"))


@dataclass
class Alone:
    """Times of kwise alone, and what its answer was checked against."""

    name: str
    times: list[float] = field(default_factory=list)
    agreement: str = ""


def beside(case: Case, repeats: int, clock: measuring.Clock) -> Row:
    """Time both, after comparing every value."""
    X, labels = case.data()
    runs: dict[str, Callable[[], object]] = {
        "kwise": lambda: silhouette_samples(X, labels),
        "scikit-learn": lambda: sklearn.metrics.silhouette_samples(X, labels),
    }
    difference = np.abs(runs["kwise"]() - runs["scikit-learn"]()).max()  # type: ignore[operator]
    assert difference < 1e-9, (case, difference)
    row = Row(case.name, agreement=f"to {difference:.0e}")
    row.times = measuring.interleaved(runs, repeats, clock=clock)
    return row


def alone(case: Case, repeats: int) -> Alone:
    """Time kwise, after comparing some rows with the definition."""
    X, labels = case.data()
    values = silhouette_samples(X, labels)
    chosen = np.random.default_rng(0).choice(case.n, 50, replace=False)
    difference = max(abs(values[i] - by_definition(X, labels, i)) for i in chosen)
    assert difference < 1e-9, (case, difference)
    done = Alone(case.name, agreement=f"50 rows with the definition, to {difference:.0e}")
    for _ in range(repeats):
        start = time.perf_counter()
        silhouette_samples(X, labels)
        done.times.append(time.perf_counter() - start)
    return done


def by_definition(X: np.ndarray, labels: np.ndarray, i: int) -> float:
    """Return one row's silhouette from its distances to all rows."""
    distance = np.sqrt(((X - X[i]) ** 2).sum(axis=1))
    sums, sizes = np.bincount(labels, weights=distance), np.bincount(labels)
    own = labels[i]
    within = sums[own] / (sizes[own] - 1)
    nearest = np.delete(sums / sizes, own).min()
    return float((nearest - within) / max(within, nearest))


def sampled(case: Case, repeats: int) -> Alone:
    """Time an estimate from 2,000 rows, and say how far off it was, in standard errors."""
    X, labels = case.data()
    truth = float(silhouette_samples(X, labels).mean())

    def run() -> float:
        found = silhouette_estimate(X, labels, method="sampled", random_state=0)
        error = found.standard_error
        assert abs(found.value - truth) < 5 * error, (found, truth)
        done.agreement = f"{found.value:.6f} +- {error:.6f}, exact {truth:.6f}"
        return found.value

    done = Alone(f"{case.name}, 2,000 sampled rows")
    done.times = measuring.interleaved({"kwise": run}, repeats)["kwise"]
    return done


def markdown(rows: list[Row], others: list[Alone], promised: dict[str, float | None]) -> str:
    """Return the table."""
    lines = [
        "| silhouettes of | kwise | scikit-learn | times | promised | agreed |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in rows:
        ours, theirs = row.median("kwise"), row.median("scikit-learn")
        goal = promised[row.name]
        cells = [row.name, f"{ours * 1e3:.4g} ms", f"{theirs * 1e3:.4g} ms"]
        cells += [f"{theirs / ours:.1f}", f"{goal:.0f}" if goal else "", row.agreement]
        lines.append(f"| {' | '.join(cells)} |")
    for each in others:
        median = float(np.median(each.times))
        lines.append(f"| {each.name} | {median * 1e3:.4g} ms | | | | {each.agreement} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--clock", choices=measuring.CLOCKS, default="wall")
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    rows, others = [], []
    for case in (case for case in CASES if options.only in case.name):
        rows.append(beside(case, options.repeats, measuring.CLOCKS[options.clock]))
        print(f"{case.name:50} {rows[-1].ratio('scikit-learn'):.1f} times", file=sys.stderr)
    others = [alone(case, options.repeats) for case in ALONE if options.only in case.name]
    if not options.only:
        others.append(sampled(ALONE[0], options.repeats))
    table = markdown(rows, others, {case.name: case.promised for case in CASES})
    print(table)
    if options.markdown:
        options.markdown.write_text(table + "\n")
    if options.json:
        record = {"machine": measuring.machine(), "rows": [vars(row) for row in [*rows, *others]]}
        options.json.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
