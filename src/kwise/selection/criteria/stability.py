"""Stability: how well the least stable cluster comes back in bootstrap samples (Jaccard)."""

import math
from itertools import repeat

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.fitter import Fitter, fit_each
from kwise.selection.places import Places
from kwise.selection.rules import above
from kwise.selection.split_halves import nearest_center

__all__ = ["STABILITY"]

N_BOOTSTRAPS = 10
MAX_ROWS = 1_000
N_INIT = 2
THRESHOLD = 0.75


def score(context: SweepContext, run: Run) -> Score:
    """Return the least mean Jaccard likeness of a cluster to its best match; 1 is perfect."""
    k = len(run.centers)
    limit = rows_for(k, MAX_ROWS)
    data = context.places(limit)
    if len(data) < 4 * k:
        return Score(math.nan, note="needs 4 rows a cluster")
    if k == 1:
        return Score(1.0, 0.0, "one cluster always comes back")
    seed = int(context.rng("stability").integers(2**31))
    whole = context.shared(("stability", limit), data.fitter)
    samples = [_bootstrap(context, data, limit, b) for b in range(N_BOOTSTRAPS)]
    run, *others = fit_each([whole, *samples], k, n_init=N_INIT, seeds=repeat(seed))
    likeness = np.array(
        [_best_likeness(run.labels, nearest_center(data.rows, each.centers), k) for each in others]
    )
    means = likeness.mean(axis=0)
    worst = int(np.argmin(means))
    error = float(likeness[:, worst].std() / math.sqrt(N_BOOTSTRAPS))
    note = f"{N_BOOTSTRAPS} bootstrap samples"
    sampled = context.describe_rows(limit)
    return Score(float(means[worst]), error, f"{note} of {sampled}" if sampled else note)


def _bootstrap(context: SweepContext, data: Places, limit: int, number: int) -> Fitter:
    """Return what fits rows that are drawn with replacement, the same ones for every k."""

    def make() -> Fitter:
        drawn = context.rng("stability", number).integers(len(data), size=len(data))
        return data.of_rows(drawn).fitter()

    return context.shared(("stability", limit, number), make)


def _best_likeness(labels: np.ndarray, others: np.ndarray, k: int) -> np.ndarray:
    """Return each cluster's largest intersection over union with a cluster of the other."""
    both = np.zeros((k, k))
    np.add.at(both, (labels, others), 1.0)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    best: np.ndarray = (both / np.maximum(either, 1.0)).max(axis=1)
    return best


STABILITY = Criterion(
    name="stability",
    label="Bootstrap stability",
    score=score,
    choose=above(THRESHOLD),
    direction="threshold",
    min_k=1,
    source="Hennig 2007",
    uncertainty="spread over 10 bootstrap samples",
    weights="rows drawn by weight",
)
