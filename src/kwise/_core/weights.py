"""Sample weights as the engine takes them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_sample_weight

from kwise._core.columns import Matrix


def check_weights(sample_weight: ArrayLike | None, X: Matrix) -> NDArray[np.floating] | None:
    """Return the weights in X's type, None for None; refuse those that k-means cannot use."""
    if sample_weight is None:
        return None
    weights: NDArray[np.floating] = _check_sample_weight(sample_weight, X, dtype=X.dtype)
    if (weights < 0).any():
        i = int(np.argmin(weights))
        raise ValueError(
            f"sample_weight[{i}]={weights[i]} is negative. Weights are at least 0; "
            "leave out the rows that should not count."
        )
    if not weights.any():
        raise ValueError("sample_weight is 0 for every row. At least one row must weigh something.")
    return weights
