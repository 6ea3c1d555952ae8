"""Trimmed k-means: outliers are left out."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from kwise.comparison.base import Method, Partition
from kwise.estimators import KMeans

__all__ = ["TRIMMED"]


# The share of rows that is left out.
TRIM = 0.05


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Leave out a twentieth of the rows; two clusters where no k is given."""
    k = min(2 if k is None else k, len(X) - int(TRIM * len(X)))
    with warnings.catch_warnings():
        # Fewer distinct rows than clusters: the outcome shows how many were found.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(k, trim=TRIM, random_state=seed).fit(X)
    return Partition(model.labels_.astype(np.intp), f"n_clusters={k}, trim={TRIM}")


TRIMMED = Method(
    name="trimmed",
    label="trimmed k-means",
    fit=fit,
    rule="the number of clusters asked for, a twentieth of the rows left out, best of ten starts",
    finds="round groups among outliers, which belong to none",
    max_rows=1_000_000,
)
