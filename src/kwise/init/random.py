"""Distinct rows at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise._core.packed import Packed


def draw_rows(packed: Packed, n_clusters: int, rng: np.random.RandomState) -> NDArray[np.floating]:
    """Choose distinct rows with probability proportional to their weight."""
    probabilities = packed.probabilities()
    chosen = rng.choice(len(probabilities), size=n_clusters, replace=False, p=probabilities)
    return packed.rows(chosen)
