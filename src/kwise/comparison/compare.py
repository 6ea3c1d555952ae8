"""Clustering methods side by side on one table."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array
from threadpoolctl import threadpool_limits

from kwise._progress import Progress, silent
from kwise._tables import resolve
from kwise.comparison.base import Method, Partition
from kwise.metrics import silhouette_estimate

__all__ = ["Comparison", "Outcome", "compare_methods"]

RandomState = int | np.random.RandomState | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one method did.

    ``labels`` (n_samples,) are -1 for noise; None where the method was skipped, and ``note``
    says why. ``silhouette`` is of the rows that are not noise, nan where there are not two
    groups; it favors round groups, as k-means does. ``seconds`` is the time of the fit.
    """

    method: str
    label: str
    settings: str
    labels: NDArray[np.intp] | None
    n_clusters: int
    noise: float
    silhouette: float
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several methods on one table; made by ``compare``.

    ``agreement[i, j]`` is the adjusted Rand index of methods i and j on the rows that neither
    calls noise: 1 for the same groups, about 0 for unrelated ones, nan where one was skipped.
    """

    outcomes: tuple[Outcome, ...]
    agreement: NDArray[np.float64]

    def table(self) -> list[dict[str, object]]:
        """Return one row a method, JSON-ready."""
        return [
            {
                "method": each.label,
                "settings": each.settings,
                "clusters": each.n_clusters,
                "noise": each.noise,
                "silhouette": None if math.isnan(each.silhouette) else each.silhouette,
                "seconds": each.seconds,
                "note": each.note,
            }
            for each in self.outcomes
        ]


def compare_methods(
    X: ArrayLike,
    methods: Sequence[str | Method],
    table: Mapping[str, Method],
    *,
    n_clusters: int | None = None,
    random_state: RandomState = None,
    progress: Progress = silent,
) -> Comparison:
    """Run methods of a table one after the other; those that the data are too large for say so."""
    data = check_array(X, dtype=[np.float64, np.float32], ensure_min_samples=2)
    chosen = [resolve(table, each, what="method") for each in methods]
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    outcomes = []
    for done, method in enumerate(chosen):
        progress(method.label, done, len(chosen))
        outcomes.append(_run(method, data, n_clusters, seed))
    progress("comparison", len(chosen), len(chosen))
    return Comparison(tuple(outcomes), _agreement(outcomes))


def _run(method: Method, X: NDArray[np.floating], k: int | None, seed: int) -> Outcome:
    """Run one method, or say why not."""
    if len(X) > method.max_rows:
        why = "needs n x n memory" if method.needs_square_memory else "would take too long"
        note = f"skipped: {len(X):,} rows, {why} above {method.max_rows:,}; pass a sample"
        return Outcome(method.name, method.label, "", None, 0, math.nan, math.nan, 0.0, note)
    start = time.perf_counter()
    with threadpool_limits(limits=1 if len(X) < 5_000 else None, user_api="blas"):
        found = method.fit(X, k, seed)
    seconds = time.perf_counter() - start
    return Outcome(
        method=method.name,
        label=method.label,
        settings=found.settings,
        labels=found.labels,
        n_clusters=found.n_clusters,
        noise=float((found.labels < 0).mean()),
        silhouette=_silhouette(X, found, seed),
        seconds=seconds,
    )


def _silhouette(X: NDArray[np.floating], found: Partition, seed: int) -> float:
    """Return the silhouette of the rows that are not noise."""
    kept = found.labels >= 0
    if not 2 <= found.n_clusters < kept.sum():
        return math.nan
    return silhouette_estimate(X[kept], found.labels[kept], random_state=seed).value


def _agreement(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return the adjusted Rand index of every pair."""
    table = np.full((len(outcomes), len(outcomes)), math.nan)
    for i, one in enumerate(outcomes):
        for j, other in enumerate(outcomes):
            if one.labels is not None and other.labels is not None:
                kept = (one.labels >= 0) & (other.labels >= 0)
                if kept.any():
                    table[i, j] = adjusted_rand_score(one.labels[kept], other.labels[kept])
    return table
