"""Cosine and correlation k-means: rows are brought to one length, and the rest is k-means.

Half the squared distance of two unit vectors is 1 - cosine; of two that are centered first, it is
1 - Pearson's r. So nothing of the engine has to know.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._core.directions import Directions

__all__ = ["METRICS", "center_rows", "unit_rows"]

# Cells that sparse rows may have for their correlations, which need them dense (2 GB).
MOST_CELLS = 250_000_000


def unit_rows(X: Matrix) -> Matrix:
    """Return the rows divided by their lengths; a row of zeros, which has no direction, stays."""
    rows = Directions.of(X, centered=False)
    _warn_of(rows.without, "zeros alone, which have no direction")
    if sparse.issparse(X):
        scaled = X.copy()
        scaled.data = (X.data / np.repeat(rows.lengths, np.diff(X.indptr))).astype(X.dtype)
        return scaled
    return _all(rows)


def center_rows(X: Matrix) -> Matrix:
    """Return the rows less their means, divided by their lengths; a constant row becomes 0."""
    if X.shape[1] < 2:
        raise ValueError(
            "metric='correlation' needs at least 2 columns to correlate rows over, found "
            f'{X.shape[1]}; pass metric="euclidean".'
        )
    if sparse.issparse(X) and math.prod(X.shape) > MOST_CELLS:
        raise ValueError(
            f"metric='correlation' makes rows dense, and {X.shape[0]:,} x {X.shape[1]:,} "
            f'cells are more than {MOST_CELLS:,}. Pass metric="cosine": where nearly all '
            "cells are 0 so are the rows' means, and it says nearly the same."
        )
    rows = Directions.of(X, centered=True)
    _warn_of(rows.without, "the same value in every column, which has no correlation")
    return _all(rows)


METRICS: Mapping[str, Callable[[Matrix], Matrix]] = MappingProxyType(
    {"euclidean": lambda X: X, "cosine": unit_rows, "correlation": center_rows}
)


def _all(rows: Directions) -> NDArray[np.floating]:
    """Return all rows as unit vectors, in X's type."""
    made = np.empty(rows.X.shape, rows.X.dtype)
    for at in rows.blocks():
        made[at] = rows.dense(at)
    return made


def _warn_of(without: NDArray[np.bool_], what: str) -> None:
    """Say which rows say nothing; refuse where none says anything."""
    if not without.any():
        return
    n, first = int(np.count_nonzero(without)), int(without.argmax())
    if n == len(without):
        raise ValueError(f"Every row of X holds {what}.")
    rows = f"Row {first} of X holds" if n == 1 else f"{n:,} rows of X, first row {first}, hold"
    warnings.warn(
        f"{rows} {what}; counted as 0 in every column. Leave such rows out, or expect them "
        "together.",
        UserWarning,
        stacklevel=4,
    )
