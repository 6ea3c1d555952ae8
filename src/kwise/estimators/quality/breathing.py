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
from kwise.results import Run

# Enough for hundreds of breaths; more begin again with the first.
_N_DRAWS = 1024


def breathe(packed: Dataset, run: Run, rng: np.random.RandomState, stop: Stopping) -> Run:
    """Search from where the run ended; return what is found if it is better."""
    uniforms = rng.random_sample(_N_DRAWS)
    if len(run.centers) == 1:
        return run
    centers = np.ascontiguousarray(packed.held(run.centers))
    found = as_run(
        packed,
        _core.breathe(packed.points, centers, uniforms, stop.max_iter, stop.tol, packed.n_threads),
    )
    return found if found.inertia < run.inertia else run
