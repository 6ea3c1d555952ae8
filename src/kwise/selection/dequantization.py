"""Columns of few values read as the ranges that these stand for.

A year, a flag, a rating or a rounded number puts rows on stripes with nothing between them, which
every measure of density takes for groups. Uniform dequantization (Uria, Murray and Larochelle
2013) spreads the rows of a value over the range to half-way to the next values: what is left of
valleys is in the counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.types import Floats

__all__ = ["few_valued", "spread_values"]

# A column has few values if each is held by so many rows in the mean.
ROWS_PER_VALUE = 4
# Columns that are sorted at once.
_COLUMNS = 64


def few_valued(X: Floats) -> NDArray[np.bool_]:
    """Tell which columns hold few values for so many rows, but more than one."""
    few = np.empty(X.shape[1], dtype=bool)
    for first in range(0, X.shape[1], _COLUMNS):
        block = np.ascontiguousarray(X[:, first : first + _COLUMNS].T)
        block.sort(axis=1)
        n_values = 1 + np.count_nonzero(block[:, 1:] != block[:, :-1], axis=1)
        few[first : first + _COLUMNS] = (n_values > 1) & (n_values * ROWS_PER_VALUE <= len(X))
    return few


def spread_values(X: Floats, few: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Return the rows with these columns of few values spread; the others as they are."""
    if not few.any():
        return X
    spread = X.copy()
    for j in np.flatnonzero(few):
        values, which = np.unique(X[:, j], return_inverse=True)
        half = np.diff(values) / 2.0
        below, above = np.r_[half[0], half], np.r_[half, half[-1]]
        spread[:, j] += rng.uniform(-below[which], above[which])
    return spread
