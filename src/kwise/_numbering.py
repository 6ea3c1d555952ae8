"""The numbers that people see: clusters in order of size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels, Run

__all__ = ["numbered_by_size", "size_order"]


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


def numbered_by_size(run: Run) -> Run:
    """Return the same run with its clusters in order of size, the largest first."""
    order = size_order(run.labels, len(run.centers))
    place = np.argsort(order).astype(np.int32)
    history = run.history
    if history is not None:
        history = replace(history, centers=history.centers[:, order])
    return replace(run, centers=run.centers[order], labels=place[run.labels], history=history)
