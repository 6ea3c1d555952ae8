"""Test against one group: whether any cluster holds two groups with a valley between them."""

import math
from itertools import chain

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import below
from kwise.selection.split_halves import HALVES_ROWS, halves
from kwise.selection.valleys import CRITICAL, valley_inside_a_group

__all__ = ["ONE_GROUP"]

N_SPLITS = 3
MIN_ROWS = 16


def score(context: SweepContext, run: Run) -> Score:
    """Return the deepest valley inside a cluster, as sqrt(n) * dip, on unseen rows.

    For k = 1 this tests whether the data are one group.
    """
    k = len(run.centers)
    limit = rows_for(k, HALVES_ROWS)
    if len(context.rows(limit)) < MIN_ROWS * k:
        return Score(math.nan, note=f"needs {MIN_ROWS} rows a cluster")
    pairs = halves(context, N_SPLITS, k)
    both_ways = chain(pairs, ((b, a) for a, b in pairs))
    depths = [valley_inside_a_group(fitted, unseen, k) for fitted, unseen in both_ways]
    error = float(np.std(depths) / math.sqrt(len(depths)))
    return Score(float(np.mean(depths)), error, context.describe_rows(limit))


ONE_GROUP = Criterion(
    name="one_group",
    label="Test against one group",
    score=score,
    choose=below(CRITICAL),
    direction="threshold",
    min_k=1,
    source="dip test: Hartigan and Hartigan 1985; as g-means: Hamerly and Elkan 2003",
    uncertainty="spread over 3 splits in halves, both ways",
    weights="rows drawn by weight",
)
