"""First centers of rows in parts: the draws of ``kwise.init``, number by number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._core.columns import MOST_IN_TURN
from kwise._core.parts import Whole, draw_row
from kwise.engines.base import Engine
from kwise.engines.work import sum_in_order
from kwise.init.in_parts import Keyed, first_rows
from kwise.init.k_means_parallel import parallel_centers
from kwise.init.random import draw_indices
from kwise.init.sample import SAMPLE_ROWS, sample_centers
from kwise.results import Floats

__all__ = ["SEEDINGS"]

Seeding = Callable[..., Floats]


def plusplus(engine: Engine, whole: Whole, n_clusters: int, rng: np.random.RandomState) -> Floats:
    """Choose rows by greedy k-means++: one pass over the rows for each."""
    n_trials = 2 + int(np.log(n_clusters))
    uniforms = rng.random_sample(1 + (n_clusters - 1) * n_trials)
    own = getattr(engine, "kmeans_plusplus", None)
    rows = own(whole, n_clusters, uniforms, n_trials) if own is not None else None
    if rows is not None:
        return _rows(engine, whole, rows)
    first = draw_row(_weights(engine), whole.n_rows, engine.dtype, uniforms[0])
    seeds = _rows(engine, whole, np.array([first]))
    potential = sum_in_order(engine.each("seed", whole, seeds))
    for c in range(1, n_clusters):
        told = uniforms[1 + (c - 1) * n_trials :][:n_trials]
        trials = _trials(engine, whole, seeds, told * _to_draw_by(engine, potential))
        tried = np.concatenate(engine.each("try_seeds", whole, seeds, trials), axis=1)
        potentials = [engine.dtype.type(sum_in_order([chunks])) for chunks in tried]
        best = int(np.argmin(potentials))
        potential = sum_in_order([tried[best]])
        seeds = np.concatenate([seeds, trials[best : best + 1]])
    return seeds


def _to_draw_by(engine: Engine, potential: float) -> float:
    """Return the potential as ``potential_to_draw_by`` in the engine rounds it."""
    return potential if engine.n_rows > MOST_IN_TURN else float(engine.dtype.type(potential))


def _trials(engine: Engine, whole: Whole, seeds: Floats, targets: NDArray[np.float64]) -> Floats:
    """Return the rows at which the running sum of costs reaches the targets."""
    order = np.argsort(targets, kind="stable")
    start = (0.0, np.zeros(0, np.int64))
    _, found = engine.chain("look_up", start, whole, seeds, targets[order])
    missing = np.full(len(targets) - len(found), whole.n_rows - 1)
    rows = np.empty(len(targets), np.int64)
    rows[order] = np.concatenate([found, missing])
    return _rows(engine, whole, rows)


def random_rows(
    engine: Engine, whole: Whole, n_clusters: int, rng: np.random.RandomState
) -> Floats:
    """Choose distinct rows by weight."""
    weights = _weights(engine)
    found = draw_indices(whole.n_rows, engine.dtype, weights, rng, n_clusters)
    return _rows(engine, whole, found)


def parallel(
    engine: Engine,
    whole: Whole,
    n_clusters: int,
    rng: np.random.RandomState,
    **options: Any,
) -> Floats:
    """Choose centers by k-means||, with options of ``parallel_centers``."""
    first = _keyed(engine, whole, n_clusters, rng)
    so_far = first[:1]

    def ask(method: str, *args: Any) -> list[Any]:
        nonlocal so_far
        if method == "lower":
            (so_far,), args = args, ()
        return engine.each("candidates", whole, so_far, method, *args)

    return parallel_centers(ask, first, n_clusters, rng, **options)


def sample(engine: Engine, whole: Whole, n_clusters: int, rng: np.random.RandomState) -> Floats:
    """Choose the centers of k-means of a sample."""
    seed = int(rng.randint(2**31 - 1))
    share = max(SAMPLE_ROWS, 4 * n_clusters) / whole.n_rows
    found = engine.each("sample", whole, seed, share)
    weights = [each for _, each in found if each is not None]
    rows = np.concatenate([rows for rows, _ in found])
    return sample_centers(rows, np.concatenate(weights) if weights else None, n_clusters, rng)


def _keyed(engine: Engine, whole: Whole, n_clusters: int, rng: np.random.RandomState) -> Floats:
    """Return rows drawn by weight, by their hashes."""
    seed = int(rng.randint(2**31 - 1))
    found = engine.each("keyed", whole, seed, n_clusters)
    return first_rows([Keyed(*each) for each in found], n_clusters)


def _weights(engine: Engine) -> Floats | None:
    """Return all weights, where there are any."""
    return np.concatenate(engine.each("all_weights")) if engine.weighted else None


def _rows(engine: Engine, whole: Whole, numbers: NDArray[np.integer]) -> Floats:
    """Return numbered rows, less the shift."""
    numbers = np.asarray(numbers, np.int64)
    found: dict[int, Floats] = {}
    for each in engine.each("rows", numbers, whole):
        found.update(each)
    return np.stack([found[number] for number in numbers.tolist()])


# The names of ``kwise.init.INITIALIZERS``, for rows in parts.
SEEDINGS: Mapping[str, Seeding] = MappingProxyType(
    {"k-means++": plusplus, "random": random_rows, "k-means||": parallel, "sample": sample}
)
