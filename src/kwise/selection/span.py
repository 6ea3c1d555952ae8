"""Rows in coordinates of the space that they span, which are no more than the rows."""

from __future__ import annotations

import numpy as np

from kwise._core.columns import Matrix
from kwise.types import Floats

__all__ = ["span_coordinates"]


def span_coordinates(X: Matrix) -> Floats:
    """Return coordinates of the rows with the same distances, at most one a row.

    They come from the eigenvectors of the rows' inner products: O(n_samples^2 n_features).
    """
    centered = X - X.mean(axis=0, dtype=np.float64)
    values, vectors = np.linalg.eigh(centered @ centered.T)
    kept = values > values[-1] * len(X) * np.finfo(np.float64).eps
    if not kept.any():
        return np.zeros((len(X), 1))
    coordinates: Floats = vectors[:, kept] * np.sqrt(values[kept])
    return coordinates
