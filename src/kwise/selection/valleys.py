"""Valleys of the density between groups, looked for on rows that did not make the groups."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial.distance import cdist

from kwise.metrics.dip import dip_of
from kwise.selection.split_halves import Half, nearest_center
from kwise.types import Floats

__all__ = ["CRITICAL", "valley_between_neighbors", "valley_inside_a_group"]

# sqrt(n) * dip of one uniform group, the flattest there is, is above this once in a hundred.
CRITICAL = 0.5
# Too few rows show no valley.
FEWEST_ROWS = 8
# Beside a small group, so many times its rows are looked at.
NEARBY = 2
N_INIT = 3


def valley_between_neighbors(fitted: Half, unseen: Half, k: int) -> float:
    """Return the shallowest valley between any cluster and its nearest neighbor (k >= 2)."""
    centers = fitted.run(k).centers
    labels = nearest_center(unseen.X, centers)
    apart = cdist(centers, centers)
    np.fill_diagonal(apart, np.inf)
    depths = []
    for c, other in enumerate(np.argmin(apart, axis=1)):
        way = centers[other] - centers[c]
        depths.append(_depth(unseen.X[labels == c] @ way, unseen.X[labels == other] @ way))
    return min(depths)


def valley_inside_a_group(fitted: Half, unseen: Half, k: int) -> float:
    """Return the deepest valley inside any cluster, along the line of its best division in two."""
    run = fitted.run(k)
    labels = nearest_center(unseen.X, run.centers)
    deepest = 0.0
    for c in range(k):
        mine, theirs = fitted.places.of_rows(run.labels == c), unseen.X[labels == c]
        if min(len(mine), len(theirs)) < FEWEST_ROWS:
            continue
        ends = mine.fitter().fit(2, n_init=N_INIT, random_state=c).best.centers
        way = ends[1] - ends[0]
        along, border = theirs @ way, (ends[0] + ends[1]) @ way / 2.0
        deepest = max(deepest, _depth(along[along < border], along[along >= border]))
    return deepest


def _depth(below: Floats, above: Floats) -> float:
    """Return sqrt(n) * dip of the positions below and above a border; 0 for too few.

    Where one side has many more rows than the other, only its nearest ones are looked at: any
    stretch of a single group has one peak too, and the small side is not lost beside the large.
    """
    fewer = min(len(below), len(above))
    near = max(FEWEST_ROWS, NEARBY * fewer)
    along = np.concatenate([np.sort(below)[-near:], np.sort(above)[:near]])
    if fewer == 0 or len(along) < FEWEST_ROWS:
        return 0.0
    return math.sqrt(len(along)) * dip_of(along)
