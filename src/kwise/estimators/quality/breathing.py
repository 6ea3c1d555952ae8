"""Breathing k-means, and moves of single rows at the end: a better optimum from one start.

B. Fritzke, "The breathing k-means algorithm", 2020. https://arxiv.org/abs/2006.15666
J. A. Hartigan and M. A. Wong, "Algorithm AS 136: a k-means clustering algorithm", Journal of the
Royal Statistical Society C 28(1), 1979.
"""

from __future__ import annotations

import numpy as np

from kwise import _core
from kwise._core.dataset import Dataset
from kwise.estimators._runs import as_run
from kwise.estimators.quality.base import Stopping
from kwise.init.k_means_plusplus import draw_kmeans_plusplus
from kwise.results import Run

# Enough for hundreds of breaths; more begin again with the first.
_N_DRAWS = 1024
# Up to so many products (rows x clusters x columns) a search takes next to no time, and is made
# from more starts too.
_SMALL, _MORE_STARTS = 10_000, 4


def breathe(packed: Dataset, run: Run, rng: np.random.RandomState, stop: Stopping) -> Run:
    """Search from where the run ended, and return the best that is found."""
    k = len(run.centers)
    if k == 1:
        return run
    n_samples, n_features = packed.X.shape
    starts = [np.ascontiguousarray(packed.held(run.centers))]
    if n_samples * n_features * k <= _SMALL:
        starts += [draw_kmeans_plusplus(packed, k, rng).centers for _ in range(_MORE_STARTS)]
    for centers in starts:
        uniforms = rng.random_sample(_N_DRAWS)
        found = as_run(
            packed,
            _core.breathe(
                packed.points, centers, uniforms, stop.max_iter, stop.tol, packed.n_threads
            ),
        )
        if found.inertia < run.inertia:
            run = found
    return run
