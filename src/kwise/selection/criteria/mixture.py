"""BIC of a mixture of round Gaussians, each of its own width, started from the k-means clusters."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import lowest
from kwise.selection.split_halves import nearest_center
from kwise.types import Floats

__all__ = ["MIXTURE"]

MAX_ROWS = 5_000
MAX_ITER = 30
TOL = 1e-4  # nats per row
NARROWEST = 1e-3  # least variance of a group, as a share of the whole


def score(context: SweepContext, run: Run) -> Score:
    """Return -2 log-likelihood + parameters * log(n_rows) after some steps of EM.

    Rows count for all clusters in proportion, so overlap is no disadvantage.
    """
    k = len(run.centers)
    data = context.sample(MAX_ROWS)
    n, d = data.shape
    whole = float((data**2).sum()) / (n * d)
    if n <= 2 * k or whole <= 0.0:
        return Score(math.nan, note="too few distinct rows for a mixture")
    shift = context.shared(("mixture", "shift"), lambda: _mean(context))
    centers = np.asarray(run.centers, dtype=np.float64)[:, context.varying] - shift
    likelihood = _fit(data, nearest_center(data, centers), k, NARROWEST * whole)
    n_parameters = (k - 1) + k * d + k
    value = -2.0 * likelihood + n_parameters * math.log(n)
    return Score(value, note=context.describe_rows(MAX_ROWS))


def _mean(context: SweepContext) -> Floats:
    """Return the mean that the sample's rows are told from."""
    mean: Floats = context.raw_sample(MAX_ROWS).mean(axis=0)
    return mean


def _fit(data: Floats, labels: NDArray[np.intp], k: int, floor: float) -> float:
    """Run EM from hard labels and return the log-likelihood."""
    n, d = data.shape
    share = np.zeros((n, k))
    share[np.arange(n), labels] = 1.0
    logs = np.empty((n, k))
    before = -math.inf
    for _ in range(MAX_ITER):
        mass = np.maximum(share.sum(axis=0), 1e-9)
        centers = (share.T @ data) / mass[:, None]
        squares = cdist(data, centers, "sqeuclidean")
        # One table, written again and again: a new one each time costs more than its numbers.
        spread = np.multiply(share, squares, out=logs).sum(axis=0)
        variances = np.maximum(spread / (d * mass), floor)
        np.divide(squares, variances, out=logs)
        logs += d * np.log(2 * math.pi * variances)
        logs *= -0.5
        logs += np.log(mass / n)
        peaks = logs[:, 0].copy()
        for c in range(1, k):  # quicker than to look along rows of so few numbers
            np.maximum(peaks, logs[:, c], out=peaks)
        logs -= peaks[:, None]
        np.exp(logs, out=share)
        totals = share.sum(axis=1, keepdims=True)
        likelihood = float((np.log(totals) + peaks[:, None]).sum())
        if likelihood - before < TOL * n:
            break
        before = likelihood
        share /= totals
    return likelihood


MIXTURE = Criterion(
    name="mixture",
    label="BIC (mixture)",
    score=score,
    choose=lowest,
    direction="lower",
    min_k=1,
    source="Fraley and Raftery 2002",
    weights="rows drawn by weight",
)
