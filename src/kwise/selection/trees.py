"""Boosted decision trees, read from plain data: fitted elsewhere, only asked here."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    """Make trees of plain data: one list a column, all trees' nodes after each other.

    ``sizes`` says how many nodes each tree has, its root first. A node asks for the sign at
    ``feature``, against ``number``; where that is -1 it is a leaf, and ``number`` its value.
    ``left`` and ``right`` count from the root.
    """
    sizes = np.asarray(data["sizes"], dtype=np.intp)
    roots = np.r_[0, np.cumsum(sizes)[:-1]].astype(np.intp)
    root, here = np.repeat(roots, sizes), np.arange(sizes.sum())
    feature = np.asarray(data["feature"], dtype=np.intp)
    number = np.asarray(data["number"], dtype=np.float64)
    leaf = feature < 0
    return Trees(
        names=tuple(data["names"]),
        base=float(data["base"]),
        depth=int(data["depth"]),
        roots=roots,
        feature=np.where(leaf, 0, feature),
        threshold=np.where(leaf, 0.0, number),
        missing_left=np.asarray(data["missing_left"], dtype=np.bool_),
        left=np.where(leaf, here, root + np.asarray(data["left"], dtype=np.intp)),
        right=np.where(leaf, here, root + np.asarray(data["right"], dtype=np.intp)),
        value=np.where(leaf, number, 0.0),
    )
