"""The sum of squares between clusters, column by column: which columns set them apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.types import Floats

__all__ = ["squares_between"]


def squares_between(rows: Floats, labels: NDArray[np.integer]) -> Floats:
    """Return every column's sum of squares between clusters: O(n_samples * n_features)."""
    sizes = np.bincount(labels)
    sums = [rows[labels == c].sum(axis=0) for c in range(len(sizes))]
    means = np.column_stack(sums) / np.maximum(sizes, 1)
    # One cluster's mean is that of all rows to the last bit: nothing lies between.
    between: Floats = (sizes * (means - rows.mean(axis=0)[:, None]) ** 2).sum(axis=1)
    return between
