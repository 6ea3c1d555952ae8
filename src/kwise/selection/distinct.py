"""Which rows of a large table are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.metrics.distinct_rows import DistinctRows
from kwise.selection.row_order import distinct_neighbors

__all__ = ["MOST_DISTINCT", "distinct_rows_of", "is_long"]

# From so many rows on it pays to look for rows that are alike, and to use them once if at most so
# large a share of them is distinct.
MANY_ROWS, MOST_DISTINCT = 50_000, 0.5


def is_long(X: NDArray[np.floating]) -> bool:
    """Tell whether it pays to look for rows that are alike."""
    return len(X) >= MANY_ROWS


def distinct_rows_of(
    rows: NDArray[np.floating], weight: NDArray[np.floating] | None, order: NDArray[np.intp]
) -> DistinctRows | None:
    """Return the distinct ones of rows, which stand in ``order``; None where too many differ.

    ``rows`` and ``weight`` are those of the table in that order, with like rows side by side.
    """
    first, along = distinct_neighbors(rows)
    if len(first) > MOST_DISTINCT * len(rows):
        return None
    each = np.ones(len(rows)) if weight is None else weight
    total = np.add.reduceat(each.astype(np.float64), first)
    distinct = np.ascontiguousarray(rows[first])
    spread = float(rows.var(axis=0).sum() / distinct.var(axis=0).sum())
    which = np.empty_like(along)
    which[order] = along
    return DistinctRows(distinct, total.astype(rows.dtype), order[first], which, spread)
