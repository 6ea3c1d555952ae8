"""Rows in a random order: the first of them, and the first few of clusters that these miss."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RandomOrder"]


class RandomOrder:
    """A permutation of the rows, from which samples for several labelings are taken."""

    def __init__(self, order: NDArray[np.intp]) -> None:
        self._order = order

    def first(self, count: int) -> NDArray[np.intp]:
        """Return the first rows."""
        return self._order[:count]

    def missed(self, count: int, codes: NDArray[np.integer], least: int) -> NDArray[np.intp]:
        """Return ``least`` rows of each cluster that has fewer among the first ``count``.

        A cluster of fewer rows gives all that it has.
        """
        seen = np.bincount(codes[self.first(count)], minlength=int(codes.max()) + 1)
        scarce = (np.flatnonzero(codes == c) for c in np.flatnonzero(seen < least))
        return np.concatenate([self._order[:0], *(self._first_of(rows, least) for rows in scarce)])

    def _first_of(self, rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
        """Return those of some rows that come first."""
        return rows[np.argsort(self._places[rows])[:count]]

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """Where each row is in the order."""
        places = np.empty_like(self._order)
        places[self._order] = np.arange(len(self._order))
        return places
