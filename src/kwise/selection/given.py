"""A number of clusters that is given, not chosen."""

from __future__ import annotations

import numpy as np

from kwise.results import Floats

__all__ = ["check_given"]


def check_given(X: Floats, k: int) -> None:
    """Refuse a number of clusters that the rows cannot have."""
    if k < 1:
        raise ValueError(f"k={k} is not possible; pass a whole number from 1")
    for part in (X[: 50 * k], X):  # most tables show enough distinct rows at once
        distinct = len(np.unique(part, axis=0))
        if distinct >= k:
            return
    raise ValueError(
        f"k={k} is larger than the {distinct:,} distinct rows; pass at most {distinct}"
    )
