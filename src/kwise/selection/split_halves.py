"""Random halves of a sample, each fitted for every k, shared by criteria that check on new rows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from kwise.results import Run
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.fitter import fit_each
from kwise.selection.places import Places
from kwise.types import Floats

__all__ = ["HALVES_ROWS", "Half", "halves", "nearest_center"]

HALVES_ROWS = 2_000
N_INIT = 5


class Half:
    """One half: where its rows lie, and its own fit for each k."""

    def __init__(self, places: Places, seed: int) -> None:
        self.places = places
        self.X = places.rows
        self._seed = seed
        self._fitter = places.fitter()
        self._runs: dict[int, Run] = {}

    def run(self, k: int) -> Run:
        """Return the best of a few runs with ``k`` clusters on this half alone."""
        if k not in self._runs:
            fit_halves([self], k)
        return self._runs[k]


def fit_halves(parts: Iterable[Half], k: int) -> None:
    """Fit the halves that have no run with ``k`` clusters yet, several at a time."""
    new = [half for half in parts if k not in half._runs]
    if new:
        seeds = [half._seed for half in new]
        runs = fit_each([half._fitter for half in new], k, n_init=N_INIT, seeds=seeds)
        for half, run in zip(new, runs):
            half._runs[k] = run


def halves(context: SweepContext, n_splits: int, k: int) -> list[tuple[Half, Half]]:
    """Split the shared sample for k clusters in two at random, several times, and fit the halves.

    Splits are shared by number, and by all k that look at as many rows.
    """
    limit = rows_for(k, HALVES_ROWS)
    pairs = [
        context.shared(("halves", s, limit), lambda s=s: _split(context, s, limit))  # type: ignore[misc]
        for s in range(n_splits)
    ]
    fit_halves(chain.from_iterable(pairs), k)
    return pairs


def nearest_center(X: Floats, centers: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the index of the center nearest to each row."""
    nearest: NDArray[np.intp] = np.argmin(cdist(X, centers, "sqeuclidean"), axis=1)
    return nearest


def _split(context: SweepContext, number: int, limit: int) -> tuple[Half, Half]:
    """Draw one split."""
    rng = context.rng("halves", number)
    places = context.places(limit)
    order = rng.permutation(len(places))
    middle = len(order) // 2
    seed = int(rng.integers(2**31))
    parts = (order[:middle], order[middle:])
    first, second = (Half(places.of_rows(part), seed) for part in parts)
    return first, second
