"""Sums whose order is part of the answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["add_in_order", "sum_in_order"]


def add_in_order(before: NDArray[np.float64], chunks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add the chunks to what is there, one after the other."""
    total = before.copy()
    for chunk in chunks:
        total += chunk
    return total


def sum_in_order(chunks: list[NDArray[np.float64]]) -> float:
    """Add the numbers of all parts, one after the other."""
    return float(np.cumsum(np.concatenate(chunks))[-1])
