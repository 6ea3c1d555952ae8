"""The rows of a table once each, with the weight of all that are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DistinctRows"]


@dataclass(frozen=True, eq=False)
class DistinctRows:
    """Rows that differ, ``X``, and how much is alike to each, ``weight``.

    ``first`` is where one of each stands in the table, ``which`` one each row of it is. ``spread``
    is the variance of the table, as a share of that of ``X``.
    """

    X: NDArray[np.floating]
    weight: NDArray[np.floating]
    first: NDArray[np.intp]
    which: NDArray[np.intp]
    spread: float
