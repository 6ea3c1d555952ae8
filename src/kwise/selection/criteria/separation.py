"""Separation: whether the density has a valley between every cluster and its neighbor."""

import math
from itertools import chain

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import above
from kwise.selection.split_halves import HALVES_ROWS, halves
from kwise.selection.valleys import CRITICAL, valley_between_neighbors

__all__ = ["SEPARATION"]

N_SPLITS = 3
MIN_ROWS = 8


def score(context: SweepContext, run: Run) -> Score:
    """Return the shallowest valley between neighbors, as sqrt(n) * dip, on unseen rows.

    Mean over splits in halves, each half fitted and the other looked at.
    """
    k = len(run.centers)
    limit = rows_for(k, HALVES_ROWS)
    if len(context.rows(limit)) < MIN_ROWS * k:
        return Score(math.nan, note=f"needs {MIN_ROWS} rows a cluster")
    pairs = halves(context, N_SPLITS, k)
    both_ways = chain(pairs, ((b, a) for a, b in pairs))
    depths = [valley_between_neighbors(fitted, unseen, k) for fitted, unseen in both_ways]
    error = float(np.std(depths) / math.sqrt(len(depths)))
    return Score(float(np.mean(depths)), error, context.describe_rows(limit))


SEPARATION = Criterion(
    name="separation",
    label="Valleys between clusters",
    score=score,
    choose=above(CRITICAL),
    direction="threshold",
    source="dip along the line of centers: Kalogeratos and Likas 2012",
    uncertainty="spread over 3 splits in halves, both ways",
    weights="rows drawn by weight",
)
