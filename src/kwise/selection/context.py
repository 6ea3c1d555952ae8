"""What the criteria of one sweep share: data, fits, samples and streams of random numbers."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._core.threads import each_alone
from kwise._progress import Progress, silent
from kwise.metrics.distinct_rows import DistinctRows
from kwise.results import Run
from kwise.selection.coreset import CoresetFitter, coreset, is_large, weighted_fitter
from kwise.selection.dequantization import few_valued, spread_values
from kwise.selection.distinct import MOST_DISTINCT, distinct_rows_of, is_long
from kwise.selection.fitter import Fitter, Starts, fit_many
from kwise.selection.numbering import settle_numbers
from kwise.selection.places import Places
from kwise.selection.row_order import ordered_with_kinds, written_once

__all__ = ["MOST_CELLS", "SweepContext", "rows_for"]

# The seed of all draws but those of starts.
DRAWS = 0
# So many cells of sparse rows may be written out.
MOST_CELLS = 50_000_000
# So many cells may be packed a second time, for fits beside each other.
MOST_CELLS_TWICE = 10_000_000
NEEDS_DENSE = "it needs dense rows, and these are sparse and too large to be written out"
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
    X : ndarray or sparse matrix of shape (n_samples, n_features)
        Checked data, float32 or float64.
    sample_weight : ndarray of shape (n_samples,) or None
        Checked weights.
    n_init : int
        Starts for each number of clusters.
    seed : int
        The starts of k-means follow from it. Samples, splits and references do not: they follow
        from what the rows hold, so that nobody can try seeds until the evidence pleases.
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
        X: Matrix,
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
        self.names = tuple(str(j) for j in range(X.shape[1]))
        self._shared: dict[Hashable, object] = {}

    def say(self, words: str) -> None:
        """Note how rows or arguments were read, once."""
        if words not in self.notes:
            self.notes.append(words)

    @property
    def n_rows(self) -> int:
        """How many rows there are, counted by their weights."""
        if self.sample_weight is None:
            return int(self.X.shape[0])
        return round(float(self.sample_weight.sum(dtype=np.float64)))

    def run(self, k: int) -> Run:
        """Return the best run with ``k`` clusters, fitting it if it is not there yet.

        Clusters are numbered by size here, once: scores, labels and models are of this run.
        """
        if k not in self.starts:
            self._fit(self.shared("fitter", self._fitter)[0], k)
        return self.starts[k].best

    def fit_all(self, ks: Sequence[int], before: Callable[[int], None] | None = None) -> None:
        """Fit what ``run`` will be asked for, several at a time; ``before`` is ``abreast``'s."""
        if all(k in self.starts for k in ks):
            return
        if self.X.size > MOST_CELLS_TWICE:
            each_alone([partial(self.run, k) for k in ks], before)
        else:
            fit_many(self.shared("fitter", self._fitter)[0], self._fit, ks, before)

    def _fit(self, fitter: Fitter | CoresetFitter, k: int) -> None:
        """Fit with ``k`` clusters, if that has not been done."""
        if k in self.starts:
            return
        starts = fitter.fit(k, n_init=self.n_init, random_state=self.seed, quality="better")
        which = self.shared("fitter", self._fitter)[1]
        best = starts.best if which is None else self._in_place(starts.best, which)
        self.starts[k] = replace(starts, best=settle_numbers(self.X, best))

    def _fitter(self) -> tuple[Fitter | CoresetFitter, NDArray[np.intp] | None]:
        """Return what fits the rows, and which of its rows each of the table is.

        Starts are drawn from rows by their places, so these follow from what the rows hold. Large
        tables of which at most half the rows are distinct are fitted as these, each with the
        weight of all that are alike: no sum differs, and less is computed.
        """
        if self.X.size > MOST_CELLS:  # a copy would take memory that may be needed
            weight = self.sample_weight
            return self._searched(Fitter(self.X, weight), self.X, weight, in_order=False), None
        if (alike := self.alike) is not None:
            fitter = Fitter(alike.X, alike.weight, spread=alike.spread)
            return self._searched(fitter, alike.X, alike.weight), alike.which
        rows, weight = self._in_order()
        which = np.empty(len(order := self._content_order()), dtype=np.intp)
        which[order] = np.arange(len(order))
        return self._searched(Fitter(rows, weight), rows, weight), which

    def _searched(
        self, whole: Fitter, rows: Matrix, weight: Floats | None, *, in_order: bool = True
    ) -> Fitter | CoresetFitter:
        """Look for centers among few rows of a large table, and say so."""
        if sparse.issparse(rows) or not is_large(*rows.shape):
            return whole
        order = np.arange(len(rows)) if in_order else self._content_order()
        at, mass = coreset(rows, weight, order, self.rng("coreset").random())
        self.say(
            f"Centers were looked for among {len(at):,} rows, drawn by their distance from the "
            f"mean and weighted, and led to their places among all {self.X.shape[0]:,}."
        )
        return CoresetFitter(whole, weighted_fitter(np.ascontiguousarray(rows[at]), mass))

    @property
    def alike(self) -> DistinctRows | None:
        """The rows once each, where many of a large table are alike."""

        def make() -> DistinctRows | None:
            if sparse.issparse(self.X) or self.X.size > MOST_CELLS or not is_long(self.X):
                return None
            if self._kinds_of_rows > MOST_DISTINCT * self.X.shape[0]:
                return None
            rows, weight = self._in_order()
            assert not sparse.issparse(rows)
            return distinct_rows_of(rows, weight, self._content_order())

        return self.shared("alike", make)

    def _in_order(self) -> tuple[Matrix, Floats | None]:
        """Return the rows, their varying columns alone, and weights, in order of content."""
        order, weight = self._content_order(), self.sample_weight
        rows = self.X[order] if self.varying.all() else self.X[order][:, self.varying]
        return rows, None if weight is None else weight[order]

    def _in_place(self, run: Run, which: NDArray[np.intp]) -> Run:
        """Return the run of rows that the table's are ``which`` of, in all columns."""
        run = replace(run, labels=run.labels[which])
        if self.varying.all():
            return run
        centers = np.repeat(self.dense[:1], len(run.centers), axis=0)
        centers[:, self.varying] = run.centers
        return replace(run, centers=centers)

    @property
    def varying(self) -> NDArray[np.bool_]:
        """Which columns hold more than one value; the others are no evidence of anything."""

        def make() -> NDArray[np.bool_]:
            if sparse.issparse(self.X):
                return np.ones(self.X.shape[1], dtype=bool)
            found: NDArray[np.bool_] = (self.X[:1] != self.X).any(axis=0)
            return found if found.any() else ~found

        return self.shared("varying", make)

    @property
    def n_features(self) -> int:
        """How many columns vary."""
        return int(np.count_nonzero(self.varying))

    def rng(self, *names: str | int) -> np.random.Generator:
        """Return the stream of random numbers that belongs to these names, whatever the seed."""
        return np.random.default_rng([zlib.crc32(str(name).encode()) for name in names])

    def rows(self, limit: int) -> NDArray[np.intp]:
        """Return a random sample of at most ``limit`` row numbers that all criteria share.

        Which rows, and in which order, depends on what they hold alone. Where weights are given,
        each row comes as often as its weight asks, in proportion.
        """
        return self.shared(("rows", limit), lambda: self._draw_rows(limit))

    def sample(self, limit: int) -> NDArray[np.float64]:
        """Return the rows of ``rows(limit)`` as float64, less their mean.

        Columns of few values are spread over the ranges that the values stand for.
        """
        few = self.few_valued(limit)

        def make() -> NDArray[np.float64]:
            data = self.raw_sample(limit)
            data = data - data.mean(axis=0)
            return spread_values(data, few, self.rng("spread", limit))

        return self.shared(("sample", limit if few.any() else self._reach(limit)), make)

    def places(self, limit: int) -> Places:
        """Return the rows of ``sample(limit)`` for all that looks at their distances alone."""
        sample = self.sample(limit)
        few = self.few_valued(limit).any()
        return self.shared(
            ("places", limit if few else self._reach(limit)), lambda: Places.of(sample)
        )

    def principal(self, limit: int) -> NDArray[np.float64]:
        """Return the rows of ``sample(limit)`` along the principal axes."""
        sample = self.sample(limit)
        few = self.few_valued(limit).any()

        def make() -> NDArray[np.float64]:
            along: NDArray[np.float64] = sample @ np.linalg.svd(sample, full_matrices=False)[2].T
            return along

        return self.shared(("principal", limit if few else self._reach(limit)), make)

    def few_valued(self, limit: int) -> NDArray[np.bool_]:
        """Tell which columns of ``raw_sample(limit)`` hold few values."""

        def make() -> NDArray[np.bool_]:
            return few_valued(self.raw_sample(limit))

        return self.shared(("few valued", self._reach(limit)), make)

    def _reach(self, limit: int) -> int:
        """Return how many rows ``rows(limit)`` has where these are the first of one order."""
        return limit if self._is_weighted else min(limit, self.X.shape[0])

    def raw_sample(self, limit: int) -> NDArray[np.float64]:
        """Return the rows of ``rows(limit)`` as float64, as they are, in columns that vary."""
        some = self.X[self.rows(limit)]
        if sparse.issparse(some):
            if some.shape[0] * some.shape[1] > MOST_CELLS:
                raise ValueError(NEEDS_DENSE)
            some = some.toarray()
        rows = np.asarray(some, dtype=np.float64)
        return rows if self.varying.all() else np.ascontiguousarray(rows[:, self.varying])

    @property
    def dense(self) -> Floats:
        """The rows, which a criterion that asks for them needs dense."""
        if sparse.issparse(self.X):
            raise ValueError(NEEDS_DENSE)
        rows: Floats = self.X
        return rows

    def of_sample(self, limit: int) -> SweepContext:
        """Return the context of the sampled rows alone: small enough for another process."""
        rows = self.rows(limit)
        alone = SweepContext(self.X[rows], None, n_init=self.n_init, seed=self.seed)
        alone.shared("order", lambda: np.arange(len(rows)))
        alone.shared("varying", lambda: self.varying)
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

    @property
    def _is_weighted(self) -> bool:
        """Whether some rows weigh more than others."""
        weight = self.sample_weight
        return weight is not None and bool(weight.min() != weight.max())

    def _draw_rows(self, limit: int) -> NDArray[np.intp]:
        """Draw the sample of ``rows``."""
        weight = self.sample_weight
        if weight is None or not self._is_weighted:
            return self.shared("order", self._order)[:limit]
        # Systematic: each row comes as often as its weight says, give or take less than once.
        order = self._content_order()
        reach = np.cumsum(weight[order], dtype=np.float64)
        size = min(limit, int(np.count_nonzero(weight[order])))
        marks = (np.arange(size) + self.rng("rows", limit).random()) * (reach[-1] / size)
        drawn = np.minimum(np.searchsorted(reach, marks, side="right"), len(order) - 1)
        rows: NDArray[np.intp] = order[drawn]
        return rows

    def _order(self) -> NDArray[np.intp]:
        """Put the rows in the order in which samples take them."""
        order = self._content_order()
        return order if sparse.issparse(self.X) else written_once(self.X, order)

    def _content_order(self) -> NDArray[np.intp]:
        """Put the rows, and their weights, in an order that follows from what they hold."""
        return self._ordered()[0]

    @property
    def _kinds_of_rows(self) -> int:
        """How many distinct rows there are at least; 0 where that is not known."""
        return 0 if self.sample_weight is not None else self._ordered()[1]

    def _ordered(self) -> tuple[NDArray[np.intp], int]:
        """Return the order of content, and of how many kinds the rows with their weights are."""

        def make() -> tuple[NDArray[np.intp], int]:
            weight = self.sample_weight
            if sparse.issparse(self.X):
                # One number a row, summed along its cells, which are in order.
                along = self.X @ np.random.default_rng(0).normal(size=self.X.shape[1])
                parts = [along] if weight is None else [along, weight]
                return ordered_with_kinds(np.column_stack(parts), DRAWS)
            rows = self.X if weight is None else np.column_stack([self.X, weight])
            return ordered_with_kinds(rows, DRAWS)

        return self.shared("content order", make)

    def describe_rows(self, limit: int) -> str:
        """Say in a note which rows ``rows(limit)`` are; empty where they are simply all."""
        return self.shared(("described", limit), lambda: self._described(limit))

    def _described(self, limit: int) -> str:
        """Make the note of ``describe_rows``."""
        if self.sample_weight is not None:
            return f"{len(self.rows(limit)):,} rows drawn by weight"
        return f"a sample of {limit:,} rows" if self.X.shape[0] > limit else ""
