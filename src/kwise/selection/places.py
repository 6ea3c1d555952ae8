"""Rows for all that looks at their distances alone, in as few columns as hold these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise.selection.fitter import Fitter
from kwise.selection.span import span_coordinates
from kwise.types import Floats

__all__ = ["Places"]


@dataclass(frozen=True, slots=True)
class Places:
    """Where rows lie: as they are, or in coordinates of their span where that has fewer columns.

    ``n_columns`` is how many columns they came in.
    """

    rows: Floats
    n_columns: int

    @classmethod
    def of(cls, X: Floats) -> Places:
        """Place these rows."""
        return cls(span_coordinates(X) if X.shape[1] > X.shape[0] else X, X.shape[1])

    def __len__(self) -> int:
        return len(self.rows)

    def of_rows(self, which: NDArray[np.integer] | NDArray[np.bool_]) -> Places:
        """Return the places of some of the rows."""
        return Places(self.rows[which], self.n_columns)

    def fitter(self) -> Fitter:
        """Return what fits these rows as it would in the columns that they came in."""
        return Fitter(self.rows, n_columns=self.n_columns)
