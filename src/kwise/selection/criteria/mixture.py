"""BIC of a mixture of round Gaussians, each of its own width, started from the k-means clusters."""

import math

import numpy as np
from numpy.typing import NDArray

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
    norms = np.einsum("ij,ij->i", data, data)
    # Group by group, written again and again: new tables each time cost more than their numbers.
    share, squares, logs = np.zeros((k, n)), np.empty((k, n)), np.empty((k, n))
    share[labels, np.arange(n)] = 1.0
    before = -math.inf
    for _ in range(MAX_ITER):
        mass = np.maximum(share.sum(axis=1), 1e-9)
        _squared_distances(data, norms, (share @ data) / mass[:, None], squares)
        spread = np.multiply(share, squares, out=logs).sum(axis=1)
        variances = np.maximum(spread / (d * mass), floor)
        np.multiply(squares, (-0.5 / variances)[:, None], out=logs)
        logs += (np.log(mass / n) - 0.5 * d * np.log(2 * math.pi * variances))[:, None]
        peaks = logs.max(axis=0)
        logs -= peaks
        np.exp(logs, out=share)
        totals = share.sum(axis=0)
        likelihood = float((np.log(totals) + peaks).sum())
        if likelihood - before < TOL * n:
            break
        before = likelihood
        share /= totals
    return likelihood


def _squared_distances(data: Floats, norms: Floats, centers: Floats, out: Floats) -> None:
    """Write the squares by products: rows are centered, so what cancels is 1e-8 of the floor."""
    np.matmul(-2.0 * centers, data.T, out=out)
    out += norms
    out += np.einsum("ij,ij->i", centers, centers)[:, None]
    np.maximum(out, 0.0, out=out)


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
