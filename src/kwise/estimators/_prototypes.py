"""The descents of k-prototypes: seeds by k-means++ on mixed rows, then assign and update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._core.variants import MixedStep, assign_mixed
from kwise.estimators._mixed_table import Codes, MixedTable
from kwise.types import Floats

__all__ = ["MixedProblem", "PrototypeRun", "best_prototypes"]


@dataclass(frozen=True, slots=True)
class MixedProblem:
    """Rows to cluster: numbers (centered and scaled), codes, weights, what a mismatch costs.

    ``firsts`` are the places in the table of penalties where each column's levels begin, and the
    end of the last.
    """

    table: MixedTable
    weights: Floats | None
    gamma: float
    firsts: NDArray[np.intp]

    @property
    def n_levels(self) -> int:
        """Levels of all columns."""
        return int(self.firsts[-1])

    def penalties(self, modes: Codes) -> Floats:
        """Return what each level costs with each prototype, and what an unseen one does."""
        found = np.full((self.n_levels + 1, len(modes)), self.gamma)
        for column in modes.T:
            known = column >= 0
            found[column[known], np.flatnonzero(known)] = 0.0
        return found

    def step(self, means: Floats, modes: Codes) -> MixedStep:
        """Assign all rows."""
        return assign_mixed(
            self.table.numbers, self.table.codes, self.weights, means, self.penalties(modes)
        )

    def weighed(self, values: Floats) -> Floats:
        """Return values times the rows' weights."""
        return values if self.weights is None else values * self.weights


@dataclass(frozen=True, slots=True)
class PrototypeRun:
    """One descent: prototypes, labels, the sum of dissimilarities, the weight of each level."""

    means: Floats
    modes: Codes
    labels: NDArray[np.int32]
    cost: float
    counts: Floats
    masses: Floats
    n_iter: int


def best_prototypes(
    problem: MixedProblem,
    n_clusters: int,
    *,
    n_init: int,
    max_iter: int,
    rng: np.random.RandomState,
) -> tuple[PrototypeRun, tuple[float, ...]]:
    """Descend from several starts; return the best run and the cost of each."""
    runs = [_descend(problem, _seeds(problem, n_clusters, rng), max_iter) for _ in range(n_init)]
    return min(runs, key=lambda run: run.cost), tuple(run.cost for run in runs)


def _seeds(problem: MixedProblem, n_clusters: int, rng: np.random.RandomState) -> NDArray[np.intp]:
    """Draw rows by greedy k-means++: of a few drawn by dissimilarity, the one that lowers it most.

    D. Arthur and S. Vassilvitskii, "k-means++", SODA 2007.
    """
    n_trials = 2 + int(np.log(n_clusters))
    n_rows = len(problem.table.numbers)
    chances = np.ones(n_rows) if problem.weights is None else problem.weights
    rows = [_draw(chances, rng.random_sample())]
    nearest = _to_row(problem, rows[0])
    for _ in range(1, n_clusters):
        chances = problem.weighed(nearest)
        if not chances.any():  # no other row is distinct
            chances = problem.weighed(np.ones(n_rows))
        drawn = [_draw(chances, uniform) for uniform in rng.random_sample(n_trials)]
        tried = [np.minimum(nearest, _to_row(problem, row)) for row in drawn]
        costs = [float(problem.weighed(each).sum()) for each in tried]
        best = int(np.argmin(costs))
        rows.append(drawn[best])
        nearest = tried[best]
    return np.array(rows)


def _draw(chances: Floats, uniform: float) -> int:
    """Return a row drawn in proportion to its chance."""
    reach = np.cumsum(chances)
    return min(int(np.searchsorted(reach, uniform * reach[-1], side="right")), len(chances) - 1)


def _to_row(problem: MixedProblem, row: int) -> Floats:
    """Return the dissimilarity of all rows to one of them."""
    table = problem.table
    return problem.step(table.numbers[[row]], table.codes[[row]]).nearest


def _descend(problem: MixedProblem, rows: NDArray[np.intp], max_iter: int) -> PrototypeRun:
    """Assign and update in turn until no label changes."""
    means, modes = problem.table.numbers[rows], problem.table.codes[rows]
    step = problem.step(means, modes)
    n_iter, converged = 0, False
    while not converged and n_iter < max_iter:
        n_iter += 1
        means, modes = _update(problem, step, means, modes)
        before, step = step, problem.step(means, modes)
        converged = np.array_equal(step.labels, before.labels)
    cost = float(problem.weighed(step.nearest).sum())
    return PrototypeRun(means, modes, step.labels, cost, step.counts, step.masses, n_iter)


def _update(
    problem: MixedProblem, step: MixedStep, means: Floats, modes: Codes
) -> tuple[Floats, Codes]:
    """Return means and modes of the clusters; one without rows takes the farthest row."""
    held = step.masses > 0
    means = np.where(held[:, None], step.sums / np.where(held, step.masses, 1.0)[:, None], means)
    modes = modes.copy()
    for j in range(modes.shape[1]):
        counts = step.counts[problem.firsts[j] : problem.firsts[j + 1]]
        some = counts.any(axis=0)
        modes[some, j] = problem.firsts[j] + counts.argmax(axis=0)[some]
    empty = np.flatnonzero(~held)
    if len(empty):
        away = problem.weighed(step.nearest)
        farthest = np.argsort(-away, kind="stable")[: len(empty)]
        means[empty], modes[empty] = problem.table.numbers[farthest], problem.table.codes[farthest]
    return means, modes
