"""How bisecting k-means grows its tree: which leaf is split next, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._core.dataset import Dataset
from kwise.estimators._assign import assign_inertia
from kwise.estimators._base import Init, choose_start
from kwise.estimators._runs import descend
from kwise.estimators._split_tree import Node
from kwise.init import Start
from kwise.results import Run

# Starts whose inertia differs by less count as equal, and the first is kept, as in scikit-learn.
_EQUAL = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits clusters in two; ``tol`` is in squared units."""

    packed: Dataset
    init: Init
    n_init: int
    max_iter: int
    tol: float
    by_inertia: bool
    rng: np.random.RandomState
    verbose: bool = False

    def grow(self, n_clusters: int, ended: Callable[[], bool]) -> Node:
        """Split leaf after leaf until there are ``n_clusters``; return the root.

        ``ended`` is told of every split, and returns whether it is to be the last.
        """
        root = self._root()
        leaves = [root]
        for order in range(n_clusters - 1):
            place = max(range(len(leaves)), key=lambda i: leaves[i].priority)
            node = leaves[place]
            node.left, node.right = self._split(node)
            node.order = order
            leaves[place : place + 1] = [node.left, node.right]
            if ended():
                break
        return root

    def _root(self) -> Node:
        """Return the cluster of all rows."""
        start = Start(self.packed.rows(np.zeros(1, np.intp)))
        run = descend(self.packed, start, max_iter=2, tol=0.0)
        return Node(np.arange(self.packed.X.shape[0]), run.centers[0], run.inertia, 0.0)

    def _split(self, node: Node) -> tuple[Node, Node]:
        """Return the two halves of a cluster, the second empty where it cannot be split."""
        weights = self.packed.weights
        rows = node.rows if weights is None else node.rows[weights[node.rows] > 0]
        if len(rows) < 2:
            rest = self._node(node.rows[:0], node.center, 0.0)
            return self._node(node.rows, node.center, node.inertia), rest
        part = self.packed.subset(node.rows)
        run = self._best_split(part)
        if self.verbose:
            print(f"New centroids from bisection: {run.centers}")  # noqa: T201 - the contract
        left, right = (self._half(node, part, run, c) for c in (0, 1))
        return left, right

    def _best_split(self, part: Dataset) -> Run:
        """Run k-means with two clusters from every start; return the best run."""
        best: Run | None = None
        for _ in range(self.n_init):
            start = choose_start(self.init, part, 2, self.rng)
            run = descend(part, start, max_iter=self.max_iter, tol=self.tol, verbose=self.verbose)
            if best is None or run.inertia < best.inertia * _EQUAL:
                best = run
        assert best is not None
        return best

    def _half(self, node: Node, part: Dataset, run: Run, c: int) -> Node:
        """Return one side of a split, with its own inertia."""
        own = np.flatnonzero(run.labels == c)
        if not len(own):  # all rows are equal
            return self._node(node.rows[:0], self.packed.unshifted(run.centers[c]), 0.0)
        weights = None if part.weights is None else part.weights[own]
        inertia = assign_inertia(part.X[own], run.centers[c : c + 1], weights)[1]
        inertia = float(self.packed.own_inertia(inertia))
        return self._node(node.rows[own], self.packed.unshifted(run.centers[c]), inertia)

    def _node(self, rows: NDArray[np.intp], center: NDArray[np.floating], inertia: float) -> Node:
        """Return a leaf with the priority that the strategy gives it."""
        return Node(rows, center, inertia, inertia if self.by_inertia else float(len(rows)))
