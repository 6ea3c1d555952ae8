"""The tree of splits in two that bisecting k-means makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._core.columns import Matrix
from kwise.estimators._assign import assign


@dataclass(slots=True, eq=False)
class Node:
    """A cluster while the tree grows; ``order`` counts splits and is -1 for a leaf.

    ``rows`` are indices of its rows, ``center`` is in the data's own coordinates,
    ``inertia`` in squared units and ``priority`` says which leaf to split next: the highest.
    """

    rows: NDArray[np.intp]
    center: NDArray[np.floating]
    inertia: float
    priority: float
    order: int = -1
    left: Node | None = None
    right: Node | None = None

    def leaves(self) -> list[Node]:
        """Return the leaves below, from left to right."""
        return [node for node in self.walk() if node.left is None]

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below, left before right, without recursion."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.left is not None and node.right is not None:
                waiting += [node.right, node.left]


@dataclass(frozen=True, slots=True)
class SplitTree:
    """A grown tree as arrays, numbered as in hierarchical clustering.

    Node c < n_leaves is cluster c. Node n_leaves + m joins the two nodes ``children[m]``;
    the last split is the first join, and the last node is the root.
    """

    children: NDArray[np.intp]
    centers: NDArray[np.floating]
    inertias: NDArray[np.float64]
    counts: NDArray[np.intp]

    @property
    def n_leaves(self) -> int:
        """Return the number of clusters."""
        return len(self.children) + 1

    def cut(self, n_clusters: int) -> NDArray[np.int32]:
        """Return, for every leaf, its cluster after the first ``n_clusters - 1`` splits."""
        if not 1 <= n_clusters <= self.n_leaves:
            raise ValueError(
                f"n_clusters={n_clusters} cannot be cut from a tree with {self.n_leaves} "
                f"clusters; pass 1 to {self.n_leaves}, or fit with more clusters."
            )
        groups = np.arange(2 * self.n_leaves - 1)
        last_kept = 2 * self.n_leaves - 1 - n_clusters
        for m in reversed(range(len(self.children))):
            if self.n_leaves + m <= last_kept:
                groups[self.children[m]] = groups[self.n_leaves + m]
        # Clusters are numbered from left to right, as the leaves are.
        _, first, names = np.unique(groups[: self.n_leaves], return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[names].astype(np.int32)

    def descend(self, X: Matrix) -> NDArray[np.int32]:
        """Return the leaf that each row reaches by taking the nearer side at every split."""
        labels = np.zeros(X.shape[0], np.int32)
        waiting = [(2 * self.n_leaves - 2, np.arange(X.shape[0]))]
        while waiting:
            node, rows = waiting.pop()
            if node < self.n_leaves:
                labels[rows] = node
            elif len(rows):
                sides = self.children[node - self.n_leaves]
                right = assign(X[rows], self.centers[sides])[0] == 1
                waiting += [(sides[0], rows[~right]), (sides[1], rows[right])]
        return labels


def as_arrays(root: Node) -> SplitTree:
    """Lay out a grown tree in arrays."""
    nodes = list(root.walk())
    leaves = [node for node in nodes if node.left is None]
    joins = sorted((node for node in nodes if node.left is not None), key=lambda node: -node.order)
    ordered = leaves + joins
    number = {id(node): i for i, node in enumerate(ordered)}
    children = [[number[id(node.left)], number[id(node.right)]] for node in joins]
    return SplitTree(
        children=np.array(children, np.intp).reshape(-1, 2),
        centers=np.array([node.center for node in ordered]),
        inertias=np.array([node.inertia for node in ordered]),
        counts=np.array([len(node.rows) for node in ordered]),
    )
