"""What a way of choosing first centers looks like."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kwise._core.packed import Packed


class Initializer(Protocol):
    """Chooses first centers; the only place where a run of k-means is random."""

    def __call__(
        self, packed: Packed, n_clusters: int, rng: np.random.RandomState
    ) -> NDArray[np.floating]:
        """Return (n_clusters, n_features) centers in the packed rows' coordinates."""


class JointInitializer(Protocol):
    """Chooses first centers for several runs: what an ``Initializer`` would, call by call."""

    def __call__(
        self, packed: Packed, n_clusters: int, rng: np.random.RandomState, n_starts: int
    ) -> NDArray[np.floating]:
        """Return (n_starts, n_clusters, n_features) centers in the packed rows' coordinates."""
