"""What a way of choosing first centers looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kwise._core import FirstLabels
from kwise._core.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Start:
    """First centers, in the packed rows' coordinates; maybe the nearest of them to each row."""

    centers: NDArray[np.floating]
    labels: FirstLabels | None = None


class Initializer(Protocol):
    """Chooses first centers; the only place where a run of k-means is random."""

    def __call__(self, packed: Dataset, n_clusters: int, rng: np.random.RandomState) -> Start:
        """Return (n_clusters, n_features) centers in the packed rows' coordinates."""


class JointInitializer(Protocol):
    """Chooses first centers for several runs: what an ``Initializer`` would, call by call."""

    def __call__(
        self, packed: Dataset, n_clusters: int, rng: np.random.RandomState, n_starts: int
    ) -> NDArray[np.floating]:
        """Return (n_starts, n_clusters, n_features) centers in the packed rows' coordinates."""
