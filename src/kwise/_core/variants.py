"""Kernels of the other k-means: limited sizes, mixed tables, medoids."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwise._core import Labels, _native
from kwise._core.threads import effective_n_threads

__all__ = [
    "LimitedAssignment",
    "Medoids",
    "MixedStep",
    "assign_mixed",
    "assign_within",
    "move_mixed",
    "swap_medoids",
]


class LimitedAssignment(NamedTuple):
    """Labels of least cost within limits of size, and the prices that prove it.

    ``gap`` is what the cost may be above the least that is possible: rounding alone.
    """

    labels: Labels
    prices: NDArray[np.float64]
    cost: float
    gap: float


class MixedStep(NamedTuple):
    """Labels of mixed rows, and the sums of which the next prototypes are made.

    ``nearest`` (n_rows,) are their dissimilarities, ``sums`` (n_clusters, n_numbers) and
    ``masses`` (n_clusters,) add up numbers and weights, ``counts`` (n_levels, n_clusters) the
    weight of each category.
    """

    labels: Labels
    nearest: NDArray[np.float64]
    sums: NDArray[np.float64]
    masses: NDArray[np.float64]
    counts: NDArray[np.float64]


class Medoids(NamedTuple):
    """Rows that are centers, the labels of all rows, and the sum of their distances."""

    rows: NDArray[np.int64]
    labels: Labels
    cost: float
    n_swaps: int
    n_passes: int
    converged: bool


def assign_within(
    costs: NDArray[np.float64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    prices: NDArray[np.float64],
) -> LimitedAssignment:
    """Assign rows to clusters of ``least`` to ``most`` rows at the least sum of costs."""
    return LimitedAssignment(*_native.assign_within(costs, least, most, prices))


def assign_mixed(
    numbers: NDArray[np.float64],
    codes: NDArray[np.int32],
    weights: NDArray[np.float64] | None,
    means: NDArray[np.float64],
    penalties: NDArray[np.float64],
) -> MixedStep:
    """Assign each row to the nearest prototype.

    ``codes`` are rows of ``penalties`` (n_levels, n_clusters), -1 for a cell that costs nothing.
    """
    threads = effective_n_threads()
    return MixedStep(*_native.assign_mixed(numbers, codes, weights, means, penalties, threads))


def move_mixed(
    numbers: NDArray[np.float64],
    codes: NDArray[np.int32],
    weights: NDArray[np.float64] | None,
    step: MixedStep,
    firsts: NDArray[np.int64],
    gamma: float,
    max_passes: int,
) -> tuple[MixedStep, int]:
    """Move single rows to other clusters while that lowers the cost; say how many moved.

    The step that is returned has the labels and sums after the moves, and no dissimilarities.
    """
    *found, n_moves = _native.move_mixed(
        numbers, codes, weights, step.labels, firsts, gamma, len(step.masses), max_passes
    )
    labels, sums, masses, counts = found
    return MixedStep(labels, np.empty(0), sums, masses, counts), n_moves


def swap_medoids(
    distances: NDArray[np.floating],
    weights: NDArray[np.float64] | None,
    medoids: NDArray[np.int64],
    max_passes: int,
) -> Medoids:
    """Swap medoids (two at least) for other rows while that lowers the sum of distances."""
    return Medoids(*_native.swap_medoids(distances, weights, medoids, max_passes))
