"""Ward's agglomerative clustering: a tree of merges, cut where the next merge costs most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from kwise.comparison.base import Method, Partition

__all__ = ["WARD"]

MOST_GROUPS = 10


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:  # noqa: ARG001
    """Cut the tree at k groups, or before the largest relative rise of the merging height."""
    if len(X) < 3:
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    tree = linkage(X, "ward")
    if k is None:
        heights = np.maximum(tree[::-1, 2][:MOST_GROUPS], 1e-300)
        # heights[i] is the cost of going from i + 2 groups to i + 1.
        k = int(np.argmax(heights[:-1] / heights[1:])) + 2
    labels = fcluster(tree, k, "maxclust").astype(np.intp) - 1
    return Partition(labels, f"cut at {k}", tree=tree)


WARD = Method(
    name="ward",
    label="Ward",
    fit=fit,
    rule="cut before the largest relative rise of the merging height, 2 to 10 groups",
    finds="groups of different sizes, and how they nest",
    max_rows=10_000,
    needs_square_memory=True,
    by_distances=True,
)
