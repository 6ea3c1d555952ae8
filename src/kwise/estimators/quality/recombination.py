"""The best of many optima: of several starts, and of mixtures of the best of them.

Each center of one solution is paired with its counterpart in another, a coin decides which of the
two a child takes, and the child is searched from.

D. Gribel and T. Vidal, "HG-means: a scalable hybrid genetic algorithm for minimum sum-of-squares
clustering", Pattern Recognition 88, 2019. https://doi.org/10.1016/j.patcog.2018.12.022
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from kwise._core.dataset import Dataset
from kwise.estimators._runs import best_run, descend, is_same_partition
from kwise.estimators.quality.base import Stopping
from kwise.estimators.quality.breathing import breathe
from kwise.init import AnyStart, Start
from kwise.init.k_means_plusplus import draw_kmeans_plusplus
from kwise.results import Run

N_PLAIN = 100  # starts from which nothing is searched but the best
N_PARENTS = 8
# The search ends after so many children in a row that are no better than the best.
PATIENCE = 16
MOST_CHILDREN = 200
# What counts as better, as a share of the inertia.
LEAST_SAVING = 1e-7


def recombine(packed: Dataset, run: Run, rng: np.random.RandomState, stop: Stopping) -> Run:
    """Search from several starts, then from mixtures of what was found."""
    k = len(run.centers)
    if k == 1:
        return run
    # Drawn first, so that with one start these are those of n_init=100 with the same seed.
    starts = [draw_kmeans_plusplus(packed, k, rng) for _ in range(N_PLAIN - 1)]
    plain, _ = best_run(packed, starts, max_iter=stop.max_iter, tol=stop.tol)
    solutions = [breathe(packed, each, rng, stop) for each in (run, plain)]
    solutions += [
        _searched(packed, draw_kmeans_plusplus(packed, k, rng), rng, stop)
        for _ in range(N_PARENTS - 2)
    ]
    parents = _distinct(solutions)
    waited = 0
    for _ in range(MOST_CHILDREN):
        if waited == PATIENCE or len(parents) < 2:
            break
        first, second = rng.choice(len(parents), 2, replace=False)
        start = _mixed(packed, parents[first], parents[second], rng)
        child = _searched(packed, start, rng, stop)
        waited = 0 if child.inertia < parents[0].inertia * (1 - LEAST_SAVING) else waited + 1
        parents = _distinct([*parents, child])
    return parents[0]


def _searched(packed: Dataset, start: AnyStart, rng: np.random.RandomState, stop: Stopping) -> Run:
    """Descend from a start, and search from where that ends."""
    run = descend(packed, start, max_iter=stop.max_iter, tol=stop.tol)
    return breathe(packed, run, rng, stop)


def _mixed(packed: Dataset, first: Run, second: Run, rng: np.random.RandomState) -> Start:
    """Take every center from one of two solutions, each with its counterpart in the other."""
    ours, theirs = packed.held(first.centers), packed.held(second.centers)
    mine, counterparts = linear_sum_assignment(cdist(ours, theirs, "sqeuclidean"))
    coins = rng.random_sample(len(ours)) < 0.5
    mixed = np.where(coins[:, None], ours[mine], theirs[counterparts])
    return Start(np.ascontiguousarray(mixed))


def _distinct(runs: list[Run]) -> list[Run]:
    """Return the best of these runs that group the rows differently, best first."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda each: each.inertia):
        k = len(run.centers)
        if not any(is_same_partition(run.labels, each.labels, k) for each in kept):
            kept.append(run)
    return kept[:N_PARENTS]
