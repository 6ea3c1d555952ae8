"""The descents of k-prototypes: seeds by k-means++ on mixed rows, then assign and update."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._callbacks import Told
from kwise._core.variants import MixedStep, assign_mixed, move_mixed
from kwise.estimators._mixed_table import Codes, MixedTable
from kwise.types import Floats

__all__ = ["MixedProblem", "PrototypeRun", "best_prototypes"]

# Passes over the rows in search of single moves.
_MOST_PASSES = 50
# Of so many short runs over a sample of rows the best is the start of a whole one (after P. S.
# Bradley and U. M. Fayyad, "Refining initial points for k-means clustering", ICML 1998).
_SHORT_RUNS, _SHORT_ITER = 8, 10
_SAMPLE_ROWS, _ROWS_A_CLUSTER = 4_000, 20


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

    def sample(self, size: int, rng: np.random.RandomState) -> MixedProblem:
        """Return the problem of some rows that have weight, or the same where they are few."""
        n = len(self.table.numbers)
        kept = np.arange(n) if self.weights is None else np.flatnonzero(self.weights)
        if len(kept) <= size:
            return self
        rows = np.sort(kept[rng.permutation(len(kept))[:size]])
        weights = None if self.weights is None else self.weights[rows]
        some = MixedTable(self.table.numbers[rows], self.table.codes[rows])
        return MixedProblem(some, weights, self.gamma, self.firsts)

    def step(self, means: Floats, modes: Codes) -> MixedStep:
        """Assign all rows."""
        return assign_mixed(
            self.table.numbers, self.table.codes, self.weights, means, self.penalties(modes)
        )

    def moved(self, step: MixedStep) -> tuple[MixedStep, int]:
        """Move single rows while that lowers the cost."""
        rows, firsts = self.table, self.firsts.astype(np.int64)
        found = (rows.numbers, rows.codes, self.weights, step, firsts, self.gamma)
        return move_mixed(*found, _MOST_PASSES)

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
    n_init: int,
    max_iter: int,
    *,
    rng: np.random.RandomState,
    fit: Told,
) -> tuple[PrototypeRun, tuple[float, ...]]:
    """Descend from several starts; return the best run and the cost of each.

    Callbacks hear of the starts and their iterations below ``fit``, and may end them.
    """
    runs = []
    for _ in range(n_init):
        start = _short_run(problem, n_clusters, max_iter, rng)
        told = fit.below("start", max_iter)
        runs.append(_descend(problem, start.means, start.modes, max_iter, told))
        if told.ended():
            break
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


def _short_run(
    problem: MixedProblem, n_clusters: int, max_iter: int, rng: np.random.RandomState
) -> PrototypeRun:
    """Return the best of several short runs over a sample."""
    sample = problem.sample(max(_SAMPLE_ROWS, _ROWS_A_CLUSTER * n_clusters), rng)
    runs = []
    for _ in range(_SHORT_RUNS):
        rows = _seeds(sample, n_clusters, rng)
        means, modes = sample.table.numbers[rows], sample.table.codes[rows]
        runs.append(_descend(sample, means, modes, min(max_iter, _SHORT_ITER)))
    return min(runs, key=lambda run: run.cost)


def _descend(
    problem: MixedProblem, means: Floats, modes: Codes, max_iter: int, told: Told | None = None
) -> PrototypeRun:
    """Assign and update in turn until no label changes, then move single rows, and so on."""
    step = problem.step(means, modes)
    n_iter, converged = 0, False
    while not converged and n_iter < max_iter:
        n_iter += 1
        means, modes = _update(problem, step, means, modes)
        before, step = step, problem.step(means, modes)
        if np.array_equal(step.labels, before.labels):
            moved, n_moves = problem.moved(step)
            means, modes = _update(problem, moved, means, modes)
            before, step = step, problem.step(means, modes)
            converged = n_moves == 0 or np.array_equal(step.labels, before.labels)
        if told is not None and told.below("iteration").ended():
            break
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
    if len(empty) and len(step.nearest):
        away = problem.weighed(step.nearest)
        farthest = np.argsort(-away, kind="stable")[: len(empty)]
        means[empty], modes[empty] = problem.table.numbers[farthest], problem.table.codes[farthest]
    return means, modes
