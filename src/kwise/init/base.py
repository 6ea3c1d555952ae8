"""What a way of choosing first centers looks like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwise import _core
from kwise._core.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Start:
    """First centers, in the packed rows' coordinates."""

    centers: NDArray[np.floating]

    @property
    def n_clusters(self) -> int:
        """How many they are."""
        return len(self.centers)


@dataclass(frozen=True)
class SeededStart:
    """A ``Start`` by greedy k-means++: the draws, and the centers when they are asked for.

    Who descends from it may leave the seeding to the engine's ``seeded_lloyd``.
    """

    packed: Dataset
    n_clusters: int
    uniforms: NDArray[np.float64]
    n_trials: int

    @cached_property
    def centers(self) -> NDArray[np.floating]:
        """The rows that these draws choose."""
        return self.packed.rows(self.rows())

    def rows(self) -> NDArray[np.integer]:
        """Return which rows these draws choose."""
        rows = _core.kmeans_plusplus(
            self.packed.points, self.n_clusters, self.uniforms, self.n_trials, self.packed.n_threads
        )
        return rows.view(np.intp)  # C's two names of the same type print differently


AnyStart: TypeAlias = Start | SeededStart


class Initializer(Protocol):
    """Chooses first centers; the only place where a run of k-means is random."""

    def __call__(self, packed: Dataset, n_clusters: int, rng: np.random.RandomState) -> AnyStart:
        """Return (n_clusters, n_features) centers in the packed rows' coordinates."""


class JointInitializer(Protocol):
    """Chooses first centers for several runs: what an ``Initializer`` would, call by call."""

    def __call__(
        self, packed: Dataset, n_clusters: int, rng: np.random.RandomState, n_starts: int
    ) -> NDArray[np.floating]:
        """Return (n_starts, n_clusters, n_features) centers in the packed rows' coordinates."""
