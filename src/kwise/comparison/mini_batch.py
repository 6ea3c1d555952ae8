"""Mini-batch k-means: k-means from random handfuls of rows, for tables beyond memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.comparison.base import Method, Partition
from kwise.estimators import MiniBatchKMeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MINI_BATCH"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Learn from batches of 1,024 rows."""
    model = MiniBatchKMeans(n_clusters=k or 1, n_init=3, random_state=seed).fit(X)
    return Partition(model.labels_.astype(np.intp), f"k={k}, batches of {model.batch_size:,}")


MINI_BATCH = Method(
    name="mini_batch",
    label="Mini-batch k-means",
    fit=fit,
    rule="k as chosen or given, batches of 1,024 rows, best of three starts",
    finds="nearly what k-means finds, from a part of the rows at a time",
    max_rows=10_000_000,
)
