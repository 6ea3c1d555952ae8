"""The numbers that people see: clusters in order of size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels

__all__ = ["size_order"]


def size_order(labels: Labels, k: int) -> NDArray[np.intp]:
    """Return the clusters from the largest to the smallest; of equals, the first row decides.

    ``order[0]`` is the cluster to be called 1; the order does not depend on how they were
    numbered before.
    """
    sizes = np.bincount(labels, minlength=k)
    first = np.full(k, len(labels), dtype=np.int64)
    present, rows = np.unique(labels, return_index=True)
    first[present] = rows
    return np.lexsort((first, -sizes))
