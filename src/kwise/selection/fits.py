"""One number of clusters, fitted from several starts with ``KMeans``."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from kwise.estimators import KMeans
from kwise.results import Run

__all__ = ["Starts", "fit_k"]


@dataclass(frozen=True, slots=True)
class Starts:
    """The best of several runs, and the inertia of each, best first."""

    best: Run
    inertias: tuple[float, ...]


def fit_k(
    X: NDArray[np.floating],
    k: int,
    *,
    n_init: int,
    random_state: int,
    sample_weight: NDArray[np.floating] | None = None,
) -> Starts:
    """Run k-means from ``n_init`` starts: what ``KMeans`` with these arguments does."""
    # One stream for all starts, as within one fit, so that a plain KMeans repeats the answer.
    stream = np.random.RandomState(random_state)
    model = KMeans(n_clusters=k, n_init=1, random_state=stream)
    inertias: list[float] = []
    best: Run | None = None
    for _ in range(1 if k == 1 else n_init):
        with warnings.catch_warnings():
            # Fewer distinct rows than k: the caller has said so in its own words.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(X, sample_weight=sample_weight)
        inertias.append(float(model.inertia_))
        if best is None or model.inertia_ < best.inertia:
            best = Run(
                centers=model.cluster_centers_.copy(),
                labels=model.labels_.astype(np.int32),
                inertia=float(model.inertia_),
                n_iter=int(model.n_iter_),
                converged=int(model.n_iter_) < model.max_iter,
            )
    assert best is not None
    return Starts(best, tuple(sorted(inertias)))
