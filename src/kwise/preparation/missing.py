"""What is done about missing cells: one row a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

# Sums of squares of larger cells would overflow.
LARGEST = 1e100

# Policy -> what fills the missing cells of each column; None: nothing does.
FILLINGS: Mapping[str, Callable[[Floats], Floats] | None] = MappingProxyType(
    {
        "drop": None,
        "error": None,
        "median": lambda X: np.nanmedian(X, axis=0),
        "mean": lambda X: np.nanmean(X, axis=0),
    }
)


def refuse_missing(X: Floats, names: list[str]) -> None:
    """Raise ValueError for the first missing cell, if there is one."""
    missing = np.isnan(X)
    if not missing.any():
        return
    i, j = (int(each) for each in np.argwhere(missing)[0])
    n = int(missing.any(axis=1).sum())
    raise ValueError(
        f"{n:,} of {len(X):,} rows have missing cells, the first in row {i + 1}, "
        f"column {names[j]!r}; missing='drop' leaves such rows out, 'median' and 'mean' fill them"
    )


def fill(X: Floats, values: Floats) -> None:
    """Put each column's value into its missing cells, in place."""
    rows, columns = np.nonzero(np.isnan(X))
    X[rows, columns] = values[columns]


def refuse_infinite(X: Floats, names: list[str]) -> None:
    """Raise ValueError for the first cell that is infinite or whose square would be."""
    # fmin and fmax skip nan, and need no second matrix.
    low, high = (float(each.reduce(X, axis=None, initial=0.0)) for each in (np.fmin, np.fmax))
    if max(-low, high) <= LARGEST:
        return
    far = np.abs(X) > LARGEST
    i, j = (int(each) for each in np.argwhere(far)[0])
    if np.isfinite(X[i, j]):
        raise ValueError(
            f"row {i + 1}, column {names[j]!r}: {X[i, j]:.6g} is too large to be squared, as "
            f"k-means must; allowed are cells up to {LARGEST:.0e}: divide the column by a power "
            "of ten, or leave it out (drop)"
        )
    raise ValueError(
        f"row {i + 1}, column {names[j]!r}: the cell is infinite ({X[i, j]}); "
        "correct it, make it missing, or leave the column out (drop)"
    )
