"""k-prototypes: columns of two values count as categories."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise.comparison.base import Method, Partition
from kwise.estimators import KPrototypes

__all__ = ["K_PROTOTYPES"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Compare columns of two values by their modes; two clusters where no k is given."""
    k = 2 if k is None else k
    two = [j for j, column in enumerate(X.T) if len(np.unique(column)) == 2]
    model = KPrototypes(k, categorical=two, random_state=seed).fit(X)
    settings = f"n_clusters={k}, gamma={model.gamma_:.3g}, {len(two)} columns of categories"
    return Partition(model.labels_.astype(np.intp), settings)


K_PROTOTYPES = Method(
    name="k_prototypes",
    label="k-prototypes",
    fit=fit,
    rule="the number of clusters asked for, gamma from the data, best of ten starts",
    finds="groups of rows that share categories and are near in numbers",
    max_rows=1_000_000,
)
