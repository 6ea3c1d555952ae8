"""Runs of k-means recorded iteration by iteration, to show how the answer was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.estimators import KMeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Floats, History

__all__ = ["MOST_RECORDED", "N_RECORDED", "recorded_runs"]

# Starts that are recorded, and rows that they run on (a stated sample of more).
N_RECORDED, MOST_RECORDED = 6, 5_000


def recorded_runs(X: Floats, k: int, seed: int) -> tuple[History, ...]:
    """Run k-means from several random starts, the best first, and keep every iteration.

    Starts are drawn plainly ("random"), not spread out as k-means++ does: they show best how
    far a single start can be trusted.
    """
    if k < 2:
        return ()
    rows = _sample(len(X), seed)
    data = X if rows is None else np.ascontiguousarray(X[rows])
    found = []
    for i in range(N_RECORDED):
        model = KMeans(
            k, init="random", n_init=1, random_state=seed + i, keep_history=True, tol=0.0
        )
        found.append(model.fit(data).history_)
    order = np.argsort([float(each.inertia[-1]) for each in found], kind="stable")
    return tuple(found[i] for i in order)


def _sample(n: int, seed: int) -> NDArray[np.int64] | None:
    """Draw the rows to run on; None: all of them."""
    if n <= MOST_RECORDED:
        return None
    return np.sort(np.random.default_rng(seed).permutation(n)[:MOST_RECORDED])
