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


def few_valued(X: Floats) -> NDArray[np.bool_]:
    """Tell which columns hold few values for so many rows, but more than one."""
    n_values = np.array([len(np.unique(column)) for column in X.T])
    few: NDArray[np.bool_] = (n_values > 1) & (n_values * ROWS_PER_VALUE <= len(X))
    return few


def spread_values(X: Floats, rng: np.random.Generator) -> Floats:
    """Return the rows with every column of few values spread; the others as they are."""
    few = few_valued(X)
    if not few.any():
        return X
    spread = X.copy()
    for j in np.flatnonzero(few):
        values, which = np.unique(X[:, j], return_inverse=True)
        half = np.diff(values) / 2.0
        below, above = np.r_[half[0], half], np.r_[half, half[-1]]
        spread[:, j] += rng.uniform(-below[which], above[which])
    return spread
