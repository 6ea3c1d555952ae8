"""Greedy k-means++: each center is the best of a few rows drawn by squared distance.

D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
The draws are scikit-learn's (1.3 and later), number by number.
"""

from __future__ import annotations

import numpy as np

from kwise._core.dataset import Dataset
from kwise.init.base import SeededStart


def draw_kmeans_plusplus(
    packed: Dataset, n_clusters: int, rng: np.random.RandomState, n_trials: int | None = None
) -> SeededStart:
    """Choose centers by greedy k-means++ with 2 + floor(ln k) trials each, unless told.

    All uniform numbers are drawn at once, in scikit-learn's order.
    """
    n_trials = usual_trials(n_clusters) if n_trials is None else n_trials
    uniforms = rng.random_sample(n_draws(n_clusters, n_trials))
    return SeededStart(packed, n_clusters, uniforms, n_trials)


def usual_trials(n_clusters: int) -> int:
    """Return how many rows are tried for each center."""
    return 2 + int(np.log(n_clusters))


def n_draws(n_clusters: int, n_trials: int) -> int:
    """Return how many numbers one start takes: one for the first center, one a trial for others."""
    return 1 + (n_clusters - 1) * n_trials
