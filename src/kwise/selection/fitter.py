"""One data set, packed once, fitted for any number of clusters from several starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, partial
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._core.dataset import Dataset, pack
from kwise._core.threads import abreast, effective_n_threads
from kwise.estimators._runs import best_of_each, best_run, descend, go_together
from kwise.estimators.quality import QUALITIES, Stopping
from kwise.init import Start
from kwise.init.k_means_plusplus import draw_kmeans_plusplus, n_draws, usual_trials
from kwise.results import Run
from kwise.selection.span import span_coordinates

__all__ = ["Fitter", "Starts", "fit_each", "fit_many"]

MAX_ITER = 300
TOL = 1e-4
# Above so many clusters, a few random starts hardly ever find all groups.
MANY_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class Starts:
    """The best of several runs, and the inertia of each, best first."""

    best: Run
    inertias: tuple[float, ...]


class Fitter:
    """Fits one data set again and again, as ``KMeans`` would; many clusters better than that.

    More columns than rows say no more about distances than as many columns as rows: such
    data are fitted in coordinates of their own span, which keep every distance. ``spread`` is the
    variance of the rows that the given ones stand for, as a share of theirs, and ``n_columns`` how
    many columns they came in, where these are coordinates of a span already.
    """

    def __init__(
        self,
        X: Matrix,
        sample_weight: NDArray[np.floating] | None = None,
        *,
        spread: float = 1.0,
        n_columns: int | None = None,
    ) -> None:
        self._X, self._weight = X, sample_weight
        self._is_wide = X.shape[1] > X.shape[0] and not sparse.issparse(X)
        self._rows = span_coordinates(X) if self._is_wide else X
        self._packed = pack(self._rows, sample_weight)
        # The tolerance is a share of the mean variance of the columns as they were given.
        share = self._packed.X.shape[1] / (n_columns or X.shape[1])
        self._tol = spread * self._packed.variance * TOL * share

    def again(self) -> Fitter:
        """Return one that fits the same beside this: rows packed once serve one fit at a time."""
        other = copy(self)
        other._packed = pack(self._rows, self._weight)
        return other

    def fit(self, k: int, *, n_init: int, random_state: int, quality: str = "standard") -> Starts:
        """Run k-means from ``n_init`` starts: what ``KMeans`` with these arguments finds.

        Above ``MANY_CLUSTERS`` the quality is "better" at least.
        """
        # One stream for all starts, as within one fit of KMeans.
        stream, packed = np.random.RandomState(random_state), self._packed_now()
        starts = (draw_kmeans_plusplus(packed, k, stream) for _ in range(_n_starts(k, n_init)))
        run, inertias = best_run(packed, starts, max_iter=MAX_ITER, tol=self._tol)
        search = QUALITIES["better" if k > MANY_CLUSTERS and quality == "standard" else quality]
        run = search(packed, run, stream, Stopping(MAX_ITER, self._tol))
        return Starts(self._in_own_columns(run), tuple(sorted(inertias)))

    def descend_from(self, centers: NDArray[np.floating]) -> Run:
        """Run k-means from these centers; the rows are not wide."""
        start = Start(np.ascontiguousarray(self._packed.held(centers)))
        return descend(self._packed_now(), start, max_iter=MAX_ITER, tol=self._tol)

    def _packed_now(self) -> Dataset:
        """Return the rows for as many threads as there are here: one, where works are abreast."""
        n_threads = min(self._packed.n_threads, effective_n_threads())
        return replace(self._packed, n_threads=n_threads)

    def _in_own_columns(self, run: Run) -> Run:
        """Return a run of wide rows in the data's own columns, any other as it is."""
        return replace(run, centers=self._centers(run)) if self._is_wide else run

    def _centers(self, run: Run) -> NDArray[np.floating]:
        """Return the means of the clusters in the data's own columns."""
        share = np.zeros((len(run.centers), len(self._X)))
        share[run.labels, np.arange(len(self._X))] = 1.0 if self._weight is None else self._weight
        mass = share.sum(axis=1, keepdims=True)
        centers: NDArray[np.floating] = (share / np.where(mass > 0, mass, 1.0)) @ self._X
        return centers.astype(self._X.dtype, copy=False)


class _Again(Protocol):
    """What can be had a second time."""

    def again(self: F) -> F:
        """Return one that does the same beside this."""


F = TypeVar("F", bound=_Again)
T = TypeVar("T")


def fit_many(
    fitter: F,
    fit: Callable[[F, int], T],
    ks: Sequence[int],
    before: Callable[[int], None] | None = None,
) -> list[T]:
    """Return ``fit(fitter, k)`` for each k, several at a time; ``before`` is ``abreast``'s."""
    idle: SimpleQueue[F] = SimpleQueue()
    idle.put(fitter)

    def work(k: int) -> T:
        try:
            mine = idle.get_nowait()
        except Empty:
            mine = fitter.again()
        try:
            return fit(mine, k)
        finally:
            idle.put(mine)

    return abreast([partial(work, k) for k in ks], before)


def fit_each(fitters: Sequence[Fitter], k: int, *, n_init: int, seeds: Iterable[int]) -> list[Run]:
    """Return the best run of each data set, small ones that leave cores idle: several at a time."""
    if k <= MANY_CLUSTERS and _are_small(fitters, k):
        return _in_one_call(fitters, k, n_init, seeds)
    return abreast(
        [
            partial(
                lambda fitter, seed: fitter.fit(k, n_init=n_init, random_state=seed).best, *pair
            )
            for pair in zip(fitters, seeds)
        ]
    )


def _are_small(fitters: Sequence[Fitter], k: int) -> bool:
    """Tell whether the engine takes all of these at once."""
    packed = [fitter._packed for fitter in fitters]
    alike = len({type(each.points) for each in packed}) == 1
    return alike and all(not sparse.issparse(each.X) and go_together(each, k) for each in packed)


def _in_one_call(fitters: Sequence[Fitter], k: int, n_init: int, seeds: Iterable[int]) -> list[Run]:
    """Return what ``fit`` finds in each data set: the engine is called once."""
    packed = [fitter._packed_now() for fitter in fitters]
    draw = cache(partial(_draws, k, n_init))  # many have the same seed
    uniforms = np.array([draw(seed) for _, seed in zip(fitters, seeds)])
    found = best_of_each(
        packed, k, uniforms, usual_trials(k),
        max_iter=MAX_ITER, tols=[fitter._tol for fitter in fitters],
    )  # fmt: skip
    return [fitter._in_own_columns(run) for fitter, (run, _) in zip(fitters, found)]


def _draws(k: int, n_init: int, seed: int) -> NDArray[np.float64]:
    """Return what ``draw_kmeans_plusplus`` draws for every start, one after the other."""
    shape = _n_starts(k, n_init), n_draws(k, usual_trials(k))
    return np.random.RandomState(seed).random_sample(shape)


def _n_starts(k: int, n_init: int) -> int:
    """Return how many starts differ: there is one for one cluster."""
    return 1 if k == 1 else n_init
