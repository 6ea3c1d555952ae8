"""What the criteria of one sweep share: data, fits, samples and streams of random numbers."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kwise._progress import Progress, silent
from kwise.results import Run
from kwise.selection.dequantization import spread_values
from kwise.selection.fitter import Fitter, Starts
from kwise.selection.numbering import settle_numbers
from kwise.selection.row_order import order_by_content, written_once

__all__ = ["SweepContext", "rows_for"]

# Up to so many clusters the usual samples are large enough.
USUAL_CLUSTERS = 20

Floats = NDArray[np.floating]
T = TypeVar("T")


def rows_for(k: int, usual: int) -> int:
    """Return how many rows a measure looks at: ``usual`` ones, doubled until k of them are few.

    The size depends on k alone, so that a score is the same whichever candidates stand beside it.
    """
    return int(usual * 2 ** max(0, math.ceil(math.log2(k / USUAL_CLUSTERS))))


class SweepContext:
    """The data under context, every fit made of them, and repeatable randomness.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Checked data, float32 or float64.
    sample_weight : ndarray of shape (n_samples,) or None
        Checked weights.
    n_init : int
        Starts for each number of clusters.
    seed : int
        Every random draw follows from it and from the names given to ``rng``.
    progress : callable, optional
        Called as ``progress(task, done, total)``.

    See Also
    --------
    Criterion : Scores the runs of a context.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.selection import SweepContext
    >>> context = SweepContext(np.array([[0.0], [1.0], [9.0], [10.0]]), None, n_init=2, seed=0)
    >>> context.run(2).inertia
    1.0
    """

    def __init__(
        self,
        X: Floats,
        sample_weight: Floats | None,
        *,
        n_init: int,
        seed: int,
        progress: Progress = silent,
    ) -> None:
        self.X = X
        self.sample_weight = sample_weight
        self.n_init = n_init
        self.seed = seed
        self.progress = progress
        self.starts: dict[int, Starts] = {}
        # How arguments and rows were read, in words for the reasons.
        self.notes: list[str] = []
        self._shared: dict[Hashable, object] = {}

    def say(self, words: str) -> None:
        """Note how rows or arguments were read, once."""
        if words not in self.notes:
            self.notes.append(words)

    @property
    def n_rows(self) -> int:
        """How many rows there are, counted by their weights."""
        if self.sample_weight is None:
            return len(self.X)
        return round(float(self.sample_weight.sum(dtype=np.float64)))

    def run(self, k: int) -> Run:
        """Return the best run with ``k`` clusters, fitting it if it is not there yet.

        Clusters are numbered by size here, once: scores, labels and models are of this run.
        """
        if k not in self.starts:
            fitter = self.shared("fitter", lambda: Fitter(self.X, self.sample_weight))
            starts = fitter.fit(k, n_init=self.n_init, random_state=self.seed)
            self.starts[k] = replace(starts, best=settle_numbers(self.X, starts.best))
        return self.starts[k].best

    def rng(self, *names: str | int) -> np.random.Generator:
        """Return the stream of random numbers that belongs to these names."""
        words = [zlib.crc32(str(name).encode()) for name in names]
        return np.random.default_rng([self.seed, *words])

    def rows(self, limit: int) -> NDArray[np.intp]:
        """Return a random sample of at most ``limit`` row numbers that all criteria share.

        Which rows, and in which order, depends on what they hold and on the seed alone. Where
        weights are given, each row comes as often as its weight asks, in proportion.
        """
        return self.shared(("rows", limit), lambda: self._draw_rows(limit))

    def sample(self, limit: int) -> NDArray[np.float64]:
        """Return the rows of ``rows(limit)`` as float64, less their mean.

        Columns of few values are spread over the ranges that the values stand for.
        """

        def make() -> NDArray[np.float64]:
            data = np.array(self.X[self.rows(limit)], dtype=np.float64)
            data -= data.mean(axis=0)
            return spread_values(data, self.rng("spread", limit))

        return self.shared(("sample", limit), make)

    def of_sample(self, limit: int) -> SweepContext:
        """Return the context of the sampled rows alone: small enough for another process."""
        rows = self.rows(limit)
        alone = SweepContext(self.X[rows], None, n_init=self.n_init, seed=self.seed)
        alone.shared("order", lambda: np.arange(len(rows)))
        alone.shared(("described", limit), lambda: self.describe_rows(limit))
        for k, starts in self.starts.items():
            best = replace(starts.best, labels=starts.best.labels[rows], history=None)
            alone.starts[k] = Starts(best, starts.inertias)
        return alone

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` made when this key was first asked for."""
        if key not in self._shared:
            self._shared[key] = make()
        found: T = self._shared[key]  # type: ignore[assignment]  # a key has one maker
        return found

    def _draw_rows(self, limit: int) -> NDArray[np.intp]:
        """Draw the sample of ``rows``."""
        weight = self.sample_weight
        if weight is None or weight.min() == weight.max():
            return self.shared("order", self._order)[:limit]
        # Systematic: each row comes as often as its weight says, give or take less than once.
        order = order_by_content(np.column_stack([self.X, weight]), self.seed)
        reach = np.cumsum(weight[order], dtype=np.float64)
        size = min(limit, int(np.count_nonzero(weight[order])))
        marks = (np.arange(size) + self.rng("rows", limit).random()) * (reach[-1] / size)
        drawn = np.minimum(np.searchsorted(reach, marks, side="right"), len(order) - 1)
        rows: NDArray[np.intp] = order[drawn]
        return rows

    def _order(self) -> NDArray[np.intp]:
        """Put the rows in the order in which samples take them."""
        return written_once(self.X, order_by_content(self.X, self.seed))

    def describe_rows(self, limit: int) -> str:
        """Say in a note which rows ``rows(limit)`` are; empty where they are simply all."""
        return self.shared(("described", limit), lambda: self._described(limit))

    def _described(self, limit: int) -> str:
        """Make the note of ``describe_rows``."""
        if self.sample_weight is not None:
            return f"{len(self.rows(limit)):,} rows drawn by weight"
        return f"a sample of {limit:,} rows" if len(self.X) > limit else ""
