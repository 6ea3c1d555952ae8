"""What a search for a better optimum looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kwise._core.dataset import Dataset
from kwise.results import Run


@dataclass(frozen=True, slots=True)
class Stopping:
    """When a descent ends: after so many iterations, or moves of centers below ``tol``."""

    max_iter: int
    tol: float


class Improvement(Protocol):
    """Looks for an optimum at least as good as the one where a run ended."""

    def __call__(
        self, packed: Dataset, run: Run, rng: np.random.RandomState, stop: Stopping
    ) -> Run:
        """Return the best run found; ``run`` itself where none is better."""
