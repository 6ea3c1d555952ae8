"""Quantiles of columns whose cells come in blocks and are not kept, with a bound of the error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.types import Floats

__all__ = ["QuantileSketch"]

# Cells of one level: the rank is off by at most log2(n / _CELLS) / (2 * _CELLS) of n cells.
_CELLS = 8192


class QuantileSketch:
    """Cells of a column in levels; one of level h stands for 2**h cells.

    A level that is full is sorted, and every second cell goes one level up, from the first and
    the second in turns: no draw is random, and each such step moves a rank by 2**h at most
    (Manku, Rajagopalan, Lindsay 1998; Karnin, Lang, Liberty 2016). Up to 8,192 cells are all kept,
    and the quantiles those of NumPy.
    """

    def __init__(self) -> None:
        self._levels: list[Floats] = [np.empty(0)]
        self._takes_second: list[bool] = [False]
        self._off = 0
        self.n = 0

    @property
    def rank_error(self) -> float:
        """Return by how large a share of the cells a quantile's rank may be off, at most."""
        return self._off / max(self.n, 1)

    def add(self, cells: Floats) -> None:
        """Take finite cells in."""
        self.n += len(cells)
        self._levels[0] = np.concatenate([self._levels[0], cells])
        level = 0
        while level < len(self._levels) and len(self._levels[level]) > _CELLS:
            self._thin_out(level)
            level += 1

    def quantiles(self, shares: tuple[float, ...]) -> NDArray[np.float64]:
        """Return the cells at these shares of the ranks; nan where there is no cell."""
        if not self.n:
            return np.full(len(shares), np.nan)
        cells = np.concatenate(self._levels)
        weights = np.concatenate(
            [np.full(len(level), 2.0**h) for h, level in enumerate(self._levels)]
        )
        order = np.argsort(cells, kind="stable")
        ends = np.cumsum(weights[order])
        middles = ends - (weights[order] + 1.0) / 2.0
        ranks = np.asarray(shares) * (self.n - 1)
        found: NDArray[np.float64] = np.interp(ranks, middles, cells[order])
        return found

    def _thin_out(self, level: int) -> None:
        """Send every second cell of a level one level up; of an odd number the last one stays."""
        if level + 1 == len(self._levels):
            self._levels.append(np.empty(0))
            self._takes_second.append(False)
        cells = np.sort(self._levels[level])
        even = len(cells) // 2 * 2
        first = int(self._takes_second[level])
        self._takes_second[level] = not first
        self._levels[level + 1] = np.concatenate([self._levels[level + 1], cells[first:even:2]])
        self._levels[level] = cells[even:]
        self._off += 2**level
