"""What is computed of one part of the rows, wherever it lies: the whole protocol of an engine.

Every task is a method of ``Shard``, and every answer depends on the rows and the arguments alone:
a shard that is lost is made again anywhere, from its rows, and answers with the same bits. What a
shard remembers (packed rows, labels, bounds) only makes it faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwise._core.parts import (
    Part,
    PartSeeding,
    Whole,
    add_to_column_sums,
    chunk_squares,
    hold_part,
    seed_part,
)
from kwise._core.threads import effective_n_threads
from kwise._core.units import in_unit
from kwise.engines.work import add_in_order
from kwise.init.in_parts import Keyed, keyed_rows, part_rows
from kwise.init.k_means_parallel import CandidateDistances
from kwise.init.sample import sampled_rows
from kwise.results import Floats

__all__ = ["Far", "Shard", "Step", "Sums", "Survey"]


class Survey(NamedTuple):
    """What one look at a part tells: the columns' least and largest values, and its weights.

    ``bad`` is the first row and column with a value that is not finite, or None.
    """

    n_rows: int
    low: Floats
    high: Floats
    bad: tuple[int, int] | None
    largest_weight: float
    least_weight: float


@dataclass(frozen=True)
class Step:
    """Centers to label rows by, and those before, from which ``shifts`` tells how far they went.

    ``index`` counts the steps of a run, and ``run`` the runs.
    """

    run: int
    index: int
    whole: Whole
    centers: Floats
    previous: Floats | None = None
    shifts: NDArray[np.float64] | None = None


class Sums(NamedTuple):
    """What a part adds to the next centers: rows whose label changed, exact sums and masses."""

    n_moved: int
    sums: NDArray[np.float64]
    mass: NDArray[np.float64]

    def plus(self, other: Sums) -> Sums:
        """Return both together: no addition rounds."""
        return Sums(self.n_moved + other.n_moved, self.sums + other.sums, self.mass + other.mass)


class Far(NamedTuple):
    """Rows far from their centers: distances, numbers, rows less the shift, weights, labels."""

    distances: Floats
    numbers: NDArray[np.int64]
    rows: Floats
    weights: NDArray[np.float64]
    labels: NDArray[np.int32]


class Shard:
    """One part of the rows; it begins at a multiple of ``CHUNK_ROWS``.

    ``kept`` says whether its rows stay packed in memory between steps.
    """

    def __init__(
        self,
        X: Floats,
        weights: Floats | None,
        first_row: int,
        *,
        kept: bool = True,
        n_threads: int | None = None,
    ) -> None:
        self.X, self.weights, self.first_row, self.kept = X, weights, first_row, kept
        self.n_threads = n_threads or effective_n_threads()
        self._scaled: tuple[int, Floats] = (0, X)
        self._part: Part | None = None
        self._at: tuple[int, int] | None = None
        self._n_moved = 0
        self._seeding: PartSeeding | None = None
        self._n_seeds, self._potentials = 0, np.zeros(0)
        self._candidates: CandidateDistances | None = None

    def _in(self, exponent: int) -> Floats:
        """Return the rows in units of ``2**exponent``; the last ones asked for stay in memory."""
        if self._scaled[0] != exponent:
            self._scaled = (exponent, in_unit(self.X, exponent))
        return self._scaled[1]

    # --- What the rows are -----------------------------------------------------------------------

    def survey(self) -> Survey:
        """Look at the rows once."""
        low, high = self.X.min(axis=0), self.X.max(axis=0)
        bad = None
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            row, column = np.argwhere(~np.isfinite(self.X))[0].tolist()
            bad = (self.first_row + row, column)
        weights = self.weights
        heavy, light = (1.0, 1.0) if weights is None else (weights.max(), weights.min())
        return Survey(len(self.X), low, high, bad, float(heavy), float(light))

    def column_sums(self, before: Floats, exponent: int) -> Floats:
        """Return the sums of the columns so far with these rows added in turn."""
        return add_to_column_sums(self._in(exponent), before)

    def column(self, exponent: int) -> Floats:
        """Return the only column."""
        return np.ascontiguousarray(self._in(exponent)[:, 0])

    def all_weights(self) -> Floats | None:
        """Return the weights."""
        return self.weights

    def exact_sums(self, whole: Whole) -> Sums:
        """Return the exact sum of the rows, unweighted."""
        X = self._in(whole.exponent)
        part = hold_part(X, None, whole, 1, kept=False, n_threads=self.n_threads)
        part.assign(np.zeros((1, self.X.shape[1]), self.X.dtype))
        return Sums(0, *part.sums())

    def squares(
        self, before: NDArray[np.float64], shift: Floats, exponent: int
    ) -> NDArray[np.float64]:
        """Return the sums of differences from the shift, and of squares, with these rows added."""
        return add_in_order(before, chunk_squares(self._in(exponent), shift, self.n_threads))

    # --- A descent -------------------------------------------------------------------------------

    def assign(self, step: Step) -> Sums:
        """Label the rows by a step's centers."""
        part = self._reach(step)
        return Sums(self._n_moved, *part.sums())

    def inertias(self, step: Step) -> NDArray[np.float64]:
        """Return the inertia of each chunk of rows."""
        return self._reach(step).chunk_inertias(step.centers)

    def farthest(self, step: Step, count: int) -> Far:
        """Return the rows farthest from their centers, farthest first, of equals the last."""
        rows, labels, distances = self._reach(step).farthest(step.centers, count)
        weights = np.ones(len(rows)) if self.weights is None else self.weights[rows].astype(float)
        far = part_rows(self._in(step.whole.exponent), step.whole.shift, rows)
        return Far(distances, rows + self.first_row, far, weights, labels)

    def labels(self, step: Step) -> NDArray[np.int32]:
        """Return the label of every row."""
        return self._reach(step).labels()

    def _reach(self, step: Step) -> Part:
        """Bring labels and sums to a step: from the one before, or, where it is lost, anew."""
        here = (step.run, step.index)
        if self._part is not None and self._at == here:
            return self._part
        self._seeding = self._candidates = None
        if self._part is None or self._at != (step.run, step.index - 1):
            self._part = hold_part(
                self._in(step.whole.exponent),
                self.weights,
                step.whole,
                len(step.centers),
                kept=self.kept,
                n_threads=self.n_threads,
            )
            if step.previous is not None:
                self._part.assign(step.previous)
        if step.shifts is not None:
            self._part.centers_moved(step.shifts)
        self._at = None
        self._n_moved = self._part.assign(step.centers)
        self._at = here
        return self._part

    # --- First centers ---------------------------------------------------------------------------

    def rows(self, numbers: NDArray[np.int64], whole: Whole) -> dict[int, Floats]:
        """Return those of the numbered rows that are here, less the shift."""
        here = (numbers >= self.first_row) & (numbers < self.first_row + len(self.X))
        own = numbers[here]
        X = self._in(whole.exponent)
        return dict(zip(own.tolist(), part_rows(X, whole.shift, own - self.first_row)))

    def seed(self, whole: Whole, seeds: Floats) -> NDArray[np.float64]:
        """Take the seeds that were not taken yet; return the chunks' potentials."""
        return self._seeded(whole, seeds)

    def try_seeds(self, whole: Whole, seeds: Floats, trials: Floats) -> NDArray[np.float64]:
        """Return what the chunks' potentials would be with each of some more seeds."""
        self._seeded(whole, seeds)
        assert self._seeding is not None
        return np.stack([self._seeding.lower(trial, False) for trial in trials])

    def look_up(
        self,
        before: tuple[float, NDArray[np.int64]],
        whole: Whole,
        seeds: Floats,
        targets: NDArray[np.float64],
    ) -> tuple[float, NDArray[np.int64]]:
        """Go on with the running sum of costs; add the rows at which it reaches targets."""
        total, found = before
        self._seeded(whole, seeds)
        assert self._seeding is not None
        here, end = self._seeding.look_up(targets[len(found) :], whole.n_rows, total)
        return end, np.concatenate([found, here[here < len(self.X)] + self.first_row])

    def _seeded(self, whole: Whole, seeds: Floats) -> NDArray[np.float64]:
        if self._seeding is None or self._n_seeds > len(seeds):
            self._part = self._at = None
            X = self._in(whole.exponent)
            self._seeding = seed_part(X, whole.shift, self.weights, self.n_threads)
            self._n_seeds = 0
        for seed in seeds[self._n_seeds :]:
            self._potentials = self._seeding.lower(np.ascontiguousarray(seed), True)
        self._n_seeds = len(seeds)
        return self._potentials

    def keyed(self, whole: Whole, seed: int, count: int) -> Keyed:
        """Return the rows with the smallest keys."""
        X = self._in(whole.exponent)
        return keyed_rows(X, self.weights, self.first_row, whole.shift, seed, count)

    def sample(self, whole: Whole, seed: int, share: float) -> tuple[Floats, Floats | None]:
        """Return about a share of the rows, less the shift, and their weights."""
        X = self._in(whole.exponent)
        return sampled_rows(X, self.weights, self.first_row, whole.shift, seed, share)

    def candidates(self, whole: Whole, candidates: Floats, method: str, *args: object) -> object:
        """Answer for k-means||, whose candidates so far are these."""
        if self._candidates is None or self._candidates.n_candidates > len(candidates):
            self._part = self._at = None
            self._candidates = CandidateDistances(
                self._in(whole.exponent), self.weights, self.first_row, whole, self.n_threads
            )
        potentials = self._candidates.lower(candidates)
        return potentials if method == "lower" else getattr(self._candidates, method)(*args)
