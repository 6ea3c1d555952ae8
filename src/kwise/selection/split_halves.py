"""Random halves of a sample, each fitted for every k, shared by criteria that check on new rows."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from kwise._core.threads import abreast
from kwise.results import Run
from kwise.selection.context import SweepContext, rows_for
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
            self._runs[k] = self._fitter.fit(k, n_init=N_INIT, random_state=self._seed).best
        return self._runs[k]


def halves(context: SweepContext, n_splits: int, k: int) -> list[tuple[Half, Half]]:
    """Split the shared sample for k clusters in two at random, several times, and fit the halves.

    Splits are shared by number, and by all k that look at as many rows.
    """
    limit = rows_for(k, HALVES_ROWS)
    pairs = [
        context.shared(("halves", s, limit), lambda s=s: _split(context, s, limit))  # type: ignore[misc]
        for s in range(n_splits)
    ]
    abreast([partial(half.run, k) for pair in pairs for half in pair])
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
