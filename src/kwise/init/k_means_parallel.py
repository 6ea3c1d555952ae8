"""k-means||: many candidates in few passes, and k-means of these by what they stand for.

B. Bahmani, B. Moseley, A. Vattani, R. Kumar and S. Vassilvitskii, "Scalable k-means++", VLDB 2012.
Whether a row becomes a candidate is decided by a hash of its number: the candidates, and so the
centers, are the same however rows are cut into parts, and in whatever order parts are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise import _core
from kwise._core.dataset import Dataset, pack
from kwise._core.parts import CHUNK_ROWS, Whole, hold_part
from kwise.init.base import Start
from kwise.init.hashing import uniforms_of
from kwise.init.in_parts import first_rows, keyed_rows, part_rows, parts_of, whole_of
from kwise.init.k_means_plusplus import draw_kmeans_plusplus

__all__ = ["OVERSAMPLING", "ROUNDS", "CandidateDistances", "draw_parallel", "parallel_centers"]

# Passes over the rows after the first, and candidates expected in each, by n_clusters.
ROUNDS, OVERSAMPLING = 5, 2
# Weights are counted in whole numbers, in two halves of so many bits.
_HALF = 26

Ask = Callable[..., list[Any]]


class CandidateDistances:
    """The distance of each row of a part to the nearest candidate, and which that is."""

    def __init__(
        self,
        X: NDArray[np.floating],
        weights: NDArray[np.floating] | None,
        first_row: int,
        whole: Whole,
        n_threads: int,
    ) -> None:
        self.X, self.weights, self.first_row = X, weights, first_row
        self.whole, self.n_threads = whole, n_threads
        self.n_candidates = 0
        self._nearest = np.full(len(X), np.inf, X.dtype)
        self._owner = np.zeros(len(X), np.int32)

    def lower(self, candidates: NDArray[np.floating]) -> NDArray[np.float64]:
        """Look at candidates from the ``n_candidates``-th on; return the chunks' potentials."""
        new = np.ascontiguousarray(candidates[self.n_candidates :])
        if len(new):
            for block in self._blocks():
                self._lower_block(block, new)
            self.n_candidates = len(candidates)
        potentials = [np.zeros(0)]
        for block in self._blocks():
            chunks = np.arange(0, block.stop - block.start, CHUNK_ROWS)
            potentials.append(np.add.reduceat(self._costs(block), chunks))
        return np.concatenate(potentials)

    def _lower_block(self, block: slice, new: NDArray[np.floating]) -> None:
        part = hold_part(
            self.X[block], None, self._unweighted(), len(new), kept=False, n_threads=self.n_threads
        )
        part.assign(new)
        distances = part.distances(new).astype(self.X.dtype)
        nearer = distances < self._nearest[block]
        self._nearest[block][nearer] = distances[nearer]
        self._owner[block][nearer] = part.labels()[nearer] + self.n_candidates

    def draw(self, factor: float, seed: int, salt: int) -> NDArray[np.floating]:
        """Return the rows whose hash is below their cost times ``factor``, less the shift."""
        chosen = [np.zeros(0, np.intp)]
        for block in self._blocks():
            n_rows = block.stop - block.start
            uniforms = uniforms_of(seed, salt, self.first_row + block.start, n_rows)
            drawn = uniforms < self._costs(block) * factor
            chosen.append(block.start + np.flatnonzero(drawn))
        return part_rows(self.X, self.whole.shift, np.concatenate(chosen))

    def masses(self) -> NDArray[np.int64]:
        """Return the weight that each candidate stands for, in halves that add up exactly."""
        if self.weights is None:
            return np.bincount(self._owner, minlength=self.n_candidates)[:, None].astype(np.int64)
        units = np.floor(
            np.ldexp(self.weights.astype(np.float64) / self.whole.largest_weight, 2 * _HALF)
        ).astype(np.int64)
        halves = [units >> _HALF, units & ((1 << _HALF) - 1)]
        return np.stack(
            [
                np.bincount(self._owner, half.astype(float), self.n_candidates).astype(np.int64)
                for half in halves
            ],
            axis=1,
        )

    def _blocks(self) -> list[slice]:
        """Return blocks of whole chunks: what all rows at once take would be dear."""
        rows, size = len(self.X), 64 * CHUNK_ROWS
        return [slice(first, min(first + size, rows)) for first in range(0, rows, size)]

    def _costs(self, block: slice) -> NDArray[np.float64]:
        costs = self._nearest[block].astype(np.float64)
        return costs if self.weights is None else costs * self.weights[block].astype(np.float64)

    def _unweighted(self) -> Whole:
        whole = self.whole
        return Whole(whole.n_rows, whole.shift, whole.largest, 1.0, weighted=False)


def parallel_centers(
    ask: Ask,
    first: NDArray[np.floating],
    n_clusters: int,
    rng: np.random.RandomState,
    *,
    rounds: int = ROUNDS,
    oversampling: float = OVERSAMPLING,
) -> NDArray[np.floating]:
    """Choose centers; ``ask(method, *args)`` returns what each part's distances answer, in order.

    ``first`` are the candidates to begin with: the first one, and where the data have too few
    distinct rows for more, those that fill up.
    """
    seed = int(rng.randint(2**31 - 1))
    candidates = first[:1]
    for salt in range(rounds):
        potential = _sum_in_order(ask("lower", candidates))
        if not potential > 0.0:
            break
        factor = oversampling * n_clusters / potential
        new = np.concatenate(ask("draw", factor, seed, salt + 1))
        candidates = np.concatenate([candidates, new])
    if len(candidates) < n_clusters:
        candidates = np.concatenate([candidates, first[1:]])
    ask("lower", candidates)
    masses = np.sum(ask("masses"), axis=0)
    counts = masses[:, 0] if masses.shape[1] == 1 else masses[:, 0] * 2.0**_HALF + masses[:, 1]
    return centers_of(candidates, counts, n_clusters, rng)


def centers_of(
    candidates: NDArray[np.floating],
    masses: NDArray[np.number],
    n_clusters: int,
    rng: np.random.RandomState,
) -> NDArray[np.floating]:
    """Return the centers of k-means of weighted candidates."""
    weights = np.asarray(masses, candidates.dtype)
    packed = pack(candidates, weights / weights.max(), center=False)
    start = draw_kmeans_plusplus(packed, n_clusters, rng)
    found = _core.lloyd(packed.points, start.centers, 300, 0.0, packed.n_threads)
    return packed.unshifted(found["centers"])


def draw_parallel(packed: Dataset, n_clusters: int, rng: np.random.RandomState) -> Start:
    """Choose centers by k-means||: 5 rounds of about ``2 * n_clusters`` candidates.

    The rounds read the rows 6 times, where k-means++ reads them once a cluster.
    """
    whole = whole_of(packed)
    parts = [
        CandidateDistances(X, weights, first, whole, packed.n_threads)
        for X, weights, first in parts_of(packed)
    ]

    def ask(method: str, *args: object) -> list[Any]:
        return [getattr(part, method)(*args) for part in parts]

    seed = int(rng.randint(2**31 - 1))
    keyed = [
        keyed_rows(X, weights, first, whole.shift, seed, n_clusters)
        for X, weights, first in parts_of(packed)
    ]
    return Start(parallel_centers(ask, first_rows(keyed, n_clusters), n_clusters, rng))


def _sum_in_order(chunks: list[NDArray[np.float64]]) -> float:
    """Add the chunks of all parts, one after the other."""
    return float(np.cumsum(np.concatenate(chunks))[-1])
