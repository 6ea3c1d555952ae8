"""What the choice of k costs: ``python benchmarks/choice/cost.py [ROWS ...]``.

Prints the seconds that ``select_k`` takes with its defaults for 10 columns and 5 groups, and, up to
10,000 rows, those of scikit-learn's ten fits (10 starts each) and nine silhouettes.
"""

from __future__ import annotations

import sys
import time

from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from kwise import select_k

MOST_BESIDE = 10_000


def main() -> None:
    """Measure and print one row a table."""
    print("| rows | kwise, s | scikit-learn's fits and silhouettes, s |", "|---|---|---|", sep="\n")
    for n in map(int, sys.argv[1:] or ("10000", "100000", "1000000")):
        X = make_blobs(n, 10, centers=5, random_state=0)[0]
        begun = time.perf_counter()
        select_k(X, random_state=0)
        ours = time.perf_counter() - begun
        theirs = f"{by_hand(X):.1f}" if n <= MOST_BESIDE else ""
        print(f"| {n:,} | {ours:.1f} | {theirs} |", flush=True)


def by_hand(X) -> float:
    """Return the seconds that ten fits and nine silhouettes take."""
    begun = time.perf_counter()
    for k in range(1, 11):
        labels = KMeans(k, n_init=10, random_state=0).fit(X).labels_
        if k > 1:
            silhouette_score(X, labels)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
