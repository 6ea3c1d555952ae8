"""The best of the starts, as scikit-learn returns it."""

from __future__ import annotations

import numpy as np

from kwise._core.dataset import Dataset
from kwise.estimators.quality.base import Stopping
from kwise.results import Run


def keep_standard(
    packed: Dataset,  # noqa: ARG001 - what every search is given
    run: Run,
    rng: np.random.RandomState,  # noqa: ARG001
    stop: Stopping,  # noqa: ARG001
) -> Run:
    """Return the run as it is."""
    return run
