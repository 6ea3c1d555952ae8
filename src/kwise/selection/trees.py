"""Boosted decision trees, read from plain data: fitted elsewhere, only asked here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise.types import Floats

__all__ = ["Trees", "fitted_trees", "trees_of"]


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees whose leaves add up to log odds.

    ``names`` are the signs that nodes ask for. A node sends a row to ``left`` where the sign is
    at most ``threshold``, or is missing and ``missing_left`` says so; else to ``right``. Where
    ``left`` is the node itself, it is a leaf with a ``value``. All trees lie in one piece, their
    roots at ``roots``.
    """

    names: tuple[str, ...]
    base: float
    depth: int
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: Floats
    missing_left: NDArray[np.bool_]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: Floats

    def log_odds(self, signs: Mapping[str, Floats]) -> Floats:
        """Return the log odds of every row of signs; what is not among them is missing."""
        length = len(next(iter(signs.values())))
        unknown = np.full(length, np.nan)
        rows = np.column_stack([signs.get(name, unknown) for name in self.names])
        at = np.repeat(self.roots[None, :], len(rows), axis=0)
        which = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            asked = rows[which, self.feature[at]]
            left = (asked <= self.threshold[at]) | (np.isnan(asked) & self.missing_left[at])
            at = np.where(left, self.left[at], self.right[at])
        total: Floats = self.base + self.value[at].sum(axis=1)
        return total


@cache
def fitted_trees() -> Mapping[str, Trees]:
    """Return the trees that the package ships, by name."""
    text = resources.files("kwise.selection").joinpath("fitted_trees.json").read_text("utf-8")
    return {name: trees_of(data) for name, data in json.loads(text).items()}


def trees_of(data: Mapping[str, Any]) -> Trees:
    """Make trees of plain lists, one list a tree with one row a node."""
    roots = np.cumsum([0, *(len(tree) for tree in data["trees"][:-1])])
    nodes: Sequence[Sequence[float]] = [
        _placed(node, int(root), i)
        for root, tree in zip(roots, data["trees"])
        for i, node in enumerate(tree)
    ]
    feature, threshold, missing, left, right, value = np.array(nodes, dtype=np.float64).T
    return Trees(
        names=tuple(data["names"]),
        base=float(data["base"]),
        depth=int(data["depth"]),
        roots=roots.astype(np.intp),
        feature=feature.astype(np.intp),
        threshold=threshold,
        missing_left=missing > 0,
        left=left.astype(np.intp),
        right=right.astype(np.intp),
        value=value,
    )


def _placed(node: Sequence[float], root: int, place: int) -> list[float]:
    """Return a node with the places of its children among all nodes; a leaf is its own child."""
    if len(node) == 1:
        here = float(root + place)
        return [0.0, 0.0, 0.0, here, here, node[0]]
    feature, threshold, missing, left, right = node
    return [feature, threshold, missing, root + left, root + right, 0.0]
