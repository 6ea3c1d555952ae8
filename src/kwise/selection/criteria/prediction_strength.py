"""Prediction strength: how well clusters of one half of the data foretell those of the other."""

import math
from itertools import chain

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import above
from kwise.selection.split_halves import HALVES_ROWS, Half, halves, nearest_center

__all__ = ["PREDICTION_STRENGTH"]

N_SPLITS = 5
THRESHOLD = 0.8


def score(context: SweepContext, run: Run) -> Score:
    """Return the share of pairs kept together in the worst cluster; 1 for one cluster."""
    k = len(run.centers)
    if k == 1:
        return Score(1.0, 0.0, "one cluster is always foretold")
    limit = rows_for(k, HALVES_ROWS)
    if len(context.rows(limit)) < 4 * k:
        return Score(math.nan, note="needs 4 rows a cluster")
    pairs = halves(context, N_SPLITS, k)
    both_ways = chain(pairs, ((b, a) for a, b in pairs))
    strengths = [strength(a, b, k) for a, b in both_ways]
    error = float(np.std(strengths) / math.sqrt(N_SPLITS))
    return Score(float(np.mean(strengths)), error, context.describe_rows(limit))


def strength(train: Half, test: Half, k: int) -> float:
    """Return, for the worst test cluster, its share of pairs that the train centers keep."""
    foretold = nearest_center(test.X, train.run(k).centers)
    table = np.zeros((k, k))
    np.add.at(table, (test.run(k).labels, foretold), 1.0)
    sizes = table.sum(axis=1)
    together = (table * (table - 1.0)).sum(axis=1)
    # A cluster of one row has no pairs to keep: it is taken for not foretold.
    pairs = np.maximum(sizes * (sizes - 1.0), 1.0)
    return float((together / pairs).min())


PREDICTION_STRENGTH = Criterion(
    name="prediction_strength",
    label="Prediction strength",
    score=score,
    choose=above(THRESHOLD, n_errors=1.0),
    direction="threshold",
    min_k=1,
    source="Tibshirani and Walther 2005",
    uncertainty="spread over 5 splits in halves",
    weights="rows drawn by weight",
)
