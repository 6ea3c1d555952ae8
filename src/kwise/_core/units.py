"""Units: the power of two that values are divided by where their size would leave a float's range.

A power of two changes no digit. The engine's float32 filters hold squares of values whose spread is
ordinary, and float64 squares of all but the largest; what lies outside is brought there and back.
"""

from __future__ import annotations

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix, Sparse

__all__ = [
    "LEAST_ORDINARY",
    "MOST_ORDINARY",
    "ORDINARY_EXPONENT",
    "common_exponent",
    "in_unit",
    "is_ordinary",
    "is_surely_ordinary",
    "largest_exponent",
    "spread_exponent",
    "unit_exponent",
]

# Variances (squared units) between these need no other unit.
LEAST_ORDINARY, MOST_ORDINARY = 2.0**-64, 2.0**80

# Data that span up to 2**30 and no less than 2**-30 are read as they are.
_NEAR = 30

# Squares of values of a larger exponent may leave float64's range when many are added.
ORDINARY_EXPONENT = 440


def is_ordinary(variance: float) -> bool:
    """Tell whether values of this variance are held as they are; 0 and NaN are not known to be."""
    return LEAST_ORDINARY <= variance <= MOST_ORDINARY


def is_surely_ordinary(X: NDArray[np.floating], largest: float) -> bool:
    """Tell whether a few rows of X show that its variance is ordinary, without a pass over it.

    ``largest`` is the largest absolute value. A column that spans s has squares of differences from
    its mean that add up to s**2 / 2 at least.
    """
    if not 0.0 < largest <= math.sqrt(MOST_ORDINARY):
        return False
    some = X[:: max(1, len(X) // 16)].astype(np.float64)
    widest = float((some.max(axis=0) - some.min(axis=0)).max())
    # Twice the limit, for roundings.
    return widest**2 / (2 * X.size) >= 2 * LEAST_ORDINARY


def unit_exponent(X: Matrix) -> int:
    """Return the exponent of the unit in which X is best read, 0 where it is as good as any."""
    exponent = spread_exponent(X)
    return exponent if abs(exponent) > _NEAR else 0


def spread_exponent(X: Matrix) -> int:
    """Return e such that the widest column spans about 2**e; where none varies, the largest value.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    if sparse.issparse(X):
        return largest_exponent(X.data)
    # Halves, since the span of two finite values may overflow.
    half = np.ldexp(X.max(axis=0).astype(np.float64), -1)
    half -= np.ldexp(X.min(axis=0).astype(np.float64), -1)
    widest = float(half.max())
    if not math.isfinite(widest):
        raise ValueError("X holds values that are not finite.")
    return math.frexp(widest)[1] if widest > 0.0 else largest_exponent(X)


def largest_exponent(values: NDArray[np.floating]) -> int:
    """Return the least e such that all values are below 2**e in size, 0 where there is none."""
    largest = _size(values)
    if not math.isfinite(largest):
        raise ValueError("X holds values that are not finite.")
    return math.frexp(largest)[1]


def _size(values: NDArray[np.floating]) -> float:
    """Return the largest absolute value."""
    return float(max(values.max(), -values.min())) if values.size else 0.0


def common_exponent(*arrays: NDArray[np.floating]) -> int:
    """Return the exponent of the largest of all values, 0 where float64 holds their squares.

    As it does those of all float32 values.
    """
    sizes = [_size(values) for values in arrays if values.dtype != np.float32]
    largest = max(sizes, default=0.0)
    exponent = math.frexp(largest)[1]
    return exponent if abs(exponent) > ORDINARY_EXPONENT else 0


@overload
def in_unit(X: NDArray[np.floating], exponent: int) -> NDArray[np.floating]: ...


@overload
def in_unit(X: Sparse, exponent: int) -> Sparse: ...


@overload
def in_unit(X: Matrix, exponent: int) -> Matrix: ...


def in_unit(X: Matrix, exponent: int) -> Matrix:
    """Return ``X / 2**exponent``; X itself where the exponent is 0."""
    if exponent == 0:
        return X
    with np.errstate(over="ignore", under="ignore"):
        if sparse.issparse(X):
            parts = (np.ldexp(X.data, -exponent), X.indices, X.indptr)
            return type(X)(parts, shape=X.shape)
        scaled: NDArray[np.floating] = np.ldexp(X, -exponent)
    return scaled
