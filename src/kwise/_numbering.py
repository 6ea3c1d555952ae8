"""Numbers of clusters: in order of size, as people see them, and from 0 without gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels, Run

_FIRST_LOOK = 4_096

__all__ = ["coded", "count_distinct", "numbered_by_size", "renumbered", "size_order"]


def coded(labels: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.intp]]:
    """Return the distinct labels and each row's place among them; small counts need no sorting."""
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= len(labels):
        names, codes = np.unique(labels, return_inverse=True)
        return names, codes
    codes = labels.astype(np.intp)
    present = np.bincount(codes) > 0
    known = np.flatnonzero(present).astype(labels.dtype)
    return known, codes if present.all() else (np.cumsum(present) - 1)[codes]


def count_distinct(labels: Labels) -> int:
    """Return how many different numbers from 0 on there are, without sorting."""
    return int(np.count_nonzero(np.bincount(labels)))


def size_order(labels: Labels, k: int) -> NDArray[np.intp]:
    """Return the clusters from the largest to the smallest; of equals, the first row decides.

    ``order[0]`` is the cluster to be called 1; the order does not depend on how they were
    numbered before.
    """
    sizes = np.bincount(labels, minlength=k)
    first = np.full(k, len(labels), dtype=np.int64)
    present, rows = np.unique(labels[:_FIRST_LOOK], return_index=True)
    first[present] = rows  # most clusters have a row among the first
    for c in np.flatnonzero((first == len(labels)) & (sizes > 0)):
        first[c] = np.argmax(labels == c)
    return np.lexsort((first, -sizes))


def numbered_by_size(run: Run) -> Run:
    """Return the same run with its clusters in order of size, the largest first."""
    return renumbered(run, size_order(run.labels, len(run.centers)))


def renumbered(run: Run, order: NDArray[np.intp]) -> Run:
    """Return the same run with its clusters in another order: ``order[0]`` is to be the first."""
    place = np.argsort(order).astype(np.int32)
    history = run.history
    if history is not None:
        history = replace(history, centers=history.centers[:, order])
    return replace(run, centers=run.centers[order], labels=place[run.labels], history=history)
