"""What a clustering method is here: a name, a stated rule for its settings, and a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["FitMethod", "Method", "Partition"]


@dataclass(frozen=True, slots=True)
class Partition:
    """Labels that a method gave, -1 for noise, and the settings that its rule chose.

    ``tree`` holds the merges of an agglomerative method as scipy's ``linkage`` gives them;
    ``reachability`` the reach of each row, and ``ordering`` the order of OPTICS.
    """

    labels: NDArray[np.intp]
    settings: str
    bic: float = float("nan")
    tree: NDArray[np.float64] | None = None
    reachability: NDArray[np.float64] | None = None
    ordering: NDArray[np.intp] | None = None

    @property
    def n_clusters(self) -> int:
        """Number of clusters, noise not counted."""
        return len(set(self.labels.tolist()) - {-1})


class FitMethod(Protocol):
    """Cluster rows; ``k`` is a number of clusters to go by where the method needs one."""

    def __call__(self, X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
        """Return the labels and the settings."""


@dataclass(frozen=True, slots=True)
class Method:
    """A clustering method to compare with.

    ``max_rows`` is the number of rows up to which it is run: beyond it, time or memory (n x n
    where ``needs_square_memory``) would be out of bounds, and callers skip it and say so.
    ``rule`` says in words how its settings are chosen; ``finds`` what it finds that k-means
    does not. A method ``by_distances`` finds the same groups in any coordinates of the same rows.
    """

    name: str
    label: str
    fit: FitMethod
    rule: str
    finds: str
    max_rows: int
    needs_square_memory: bool = False
    by_distances: bool = False
