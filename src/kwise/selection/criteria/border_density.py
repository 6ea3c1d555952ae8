"""Density at borders: how densely rows lie between neighboring clusters, beside their centers."""

import math
from itertools import chain

import numpy as np
from scipy.spatial.distance import cdist

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import down_to
from kwise.selection.split_halves import HALVES_ROWS, Half, halves, nearest_center
from kwise.types import Floats

__all__ = ["BORDER_DENSITY"]

N_SPLITS = 3
MIN_ROWS = 8
# Half the width of what is looked at, as a share of the way from center to center.
REACH = 0.15
# One even stretch cut in two has the same density everywhere; a bell has more in the middle.
THRESHOLD = -0.25


def score(context: SweepContext, run: Run) -> Score:
    """Return log(density at the border / lower density at the two centers), for the worst pair.

    Counted along the line of centers, on rows that did not make the clusters.
    """
    k = len(run.centers)
    limit = rows_for(k, HALVES_ROWS)
    if len(context.rows(limit)) < MIN_ROWS * k:
        return Score(math.nan, note=f"needs {MIN_ROWS} rows a cluster")
    pairs = halves(context, N_SPLITS, k)
    both_ways = chain(pairs, ((b, a) for a, b in pairs))
    worst = [_densest_border(fitted, unseen, k) for fitted, unseen in both_ways]
    error = float(np.std(worst) / math.sqrt(len(worst)))
    return Score(float(np.mean(worst)), error, context.describe_rows(limit))


def _densest_border(fitted: Half, unseen: Half, k: int) -> float:
    """Return the largest log ratio between any cluster and its nearest neighbor."""
    centers = fitted.run(k).centers
    labels = nearest_center(unseen.X, centers)
    apart = cdist(centers, centers)
    np.fill_diagonal(apart, np.inf)
    return max(
        _log_ratio(unseen.X[(labels == c) | (labels == other)], centers[c], centers[other])
        for c, other in enumerate(np.argmin(apart, axis=1))
    )


def _log_ratio(rows: Floats, start: Floats, end: Floats) -> float:
    """Compare the rows half-way with those at the less dense of both ends."""
    way = end - start
    along = (rows - start) @ way / max(float(way @ way), 1e-300)
    near = [np.count_nonzero(np.abs(along - place) < REACH) for place in (0.0, 0.5, 1.0)]
    return math.log((near[1] + 0.5) / (min(near[0], near[2]) + 0.5))


BORDER_DENSITY = Criterion(
    name="border_density",
    label="Density at borders",
    score=score,
    choose=down_to(THRESHOLD),
    direction="threshold",
    source="density at the border against density at the centers: Halkidi and Vazirgiannis 2001",
    uncertainty="spread over 3 splits in halves, both ways",
    weights="rows drawn by weight",
)
