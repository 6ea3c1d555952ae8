"""Distances by any metric, for k-medoids: all pairs where they fit, or rows to a few others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise.estimators._assign import distances
from kwise.estimators._metric import METRICS

__all__ = ["Metric", "between", "compared", "square"]

Metric: TypeAlias = str | Callable[..., float]

# Distances in one block (64 MB).
_BLOCK = 1 << 23


def compared(X: Matrix, metric: Metric) -> Matrix:
    """Return the rows in the space in which the metric compares them."""
    return METRICS[metric](X) if isinstance(metric, str) and metric in METRICS else X


def between(X: Matrix, others: Matrix, metric: Metric) -> NDArray[np.floating]:
    """Return the distances of rows to others, both as ``compared`` has them.

    Those that follow from squared differences come from the engine, bit for bit the same on any
    number of threads; 1 - cosine is half of a squared one.
    """
    if isinstance(metric, str) and metric in METRICS:
        dense = others.toarray() if sparse.issparse(others) else others
        found, _ = distances(X, dense)
        return found if metric == "euclidean" else found * found / 2
    from sklearn.metrics import pairwise_distances  # a twentieth of a second, for other metrics

    measured: NDArray[np.floating] = pairwise_distances(X, others, metric=metric)
    return measured


def square(X: Matrix, metric: Metric, dtype: Any) -> NDArray[np.floating]:
    """Return the distances of all pairs of rows, computed in blocks."""
    n = X.shape[0]
    found = np.empty((n, n), dtype)
    size = max(1, _BLOCK // n)
    for first in range(0, n, size):
        found[first : first + size] = between(X[first : first + size], X, metric)
    return found
