"""Bayesian information criterion of the round Gaussian mixture that k-means stands for."""

import math

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import lowest

__all__ = ["BIC"]


def score(context: SweepContext, run: Run) -> Score:
    """Return -2 log-likelihood + parameters * log(n_samples), for one variance in common.

    Each row counts for its own cluster alone, as in x-means; weights count as repeated rows.
    """
    d = context.n_features
    k = len(run.centers)
    sizes = np.bincount(run.labels, weights=context.sample_weight, minlength=k)
    n = float(sizes.sum())
    if n <= k or run.inertia <= 0.0:
        return Score(math.nan, note="every row lies on its center: no variance to model")
    variance = run.inertia / (d * (n - k))
    filled = sizes[sizes > 0]
    likelihood = (
        float(filled @ np.log(filled / n))
        - n * d / 2.0 * math.log(2.0 * math.pi * variance)
        - (n - k) * d / 2.0
    )
    n_parameters = (k - 1) + k * d + 1
    return Score(-2.0 * likelihood + n_parameters * math.log(n))


BIC = Criterion(
    name="bic",
    label="BIC (round clusters)",
    score=score,
    choose=lowest,
    direction="lower",
    min_k=1,
    source="Pelleg and Moore 2000",
    weights="used",
)
