"""Agglomerative clustering by other linkages than Ward's: a tree of merges, cut at k."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from kwise.comparison.base import Method, Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AVERAGE", "COMPLETE", "SINGLE", "fit_tree"]

Linkage: TypeAlias = Literal["single", "complete", "average", "ward"]


def fit_tree(X: NDArray[np.floating], k: int | None, seed: int, *, method: Linkage) -> Partition:
    """Merge the nearest two groups until one is left, and cut the tree at k groups."""
    del seed  # nothing is drawn
    if len(X) < 2:
        return Partition(np.zeros(len(X), dtype=np.intp), "one row: one group")
    tree = linkage(X, method)
    labels = fcluster(tree, k or 1, "maxclust").astype(np.intp) - 1
    return Partition(labels, f"{method} linkage, cut at {k}", tree=tree)


def _method(method: Linkage, finds: str) -> Method:
    """Make the row of one linkage."""
    return Method(
        name=f"agglomerative_{method}",
        label=f"Agglomerative, {method}",
        fit=partial(fit_tree, method=method),
        rule="cut at k as chosen or given",
        finds=finds,
        max_rows=10_000,
        needs_square_memory=True,
    )


SINGLE = _method("single", "chains of near neighbors, of any shape; one bridge joins two groups")
COMPLETE = _method("complete", "groups of similar diameter; outliers decide much")
AVERAGE = _method("average", "groups of different sizes, and how they nest")
