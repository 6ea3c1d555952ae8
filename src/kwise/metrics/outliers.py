"""How far out a row lies, told by the rows that a model was fitted on."""

from __future__ import annotations

import numpy as np

from kwise.results import Floats as AnyFloats
from kwise.results import Labels
from kwise.types import Floats

__all__ = ["LEVELS", "distance_quantiles", "own_distances", "share_farther"]

# Levels of the quantiles that are kept: closer together where outliers are told.
LEVELS = np.concatenate(
    [np.arange(0, 19) / 20, np.arange(91, 100) / 100, np.arange(991, 1000) / 1000, [0.9995, 1.0]]
)
_CHUNK = 1 << 22  # numbers held at once


def own_distances(X: AnyFloats, centers: AnyFloats, labels: Labels) -> Floats:
    """Return each row's distance to the center of its cluster, shape (n_samples,)."""
    found = np.empty(len(X))
    step = max(1, _CHUNK // max(1, X.shape[1]))
    for start in range(0, len(X), step):
        part = slice(start, start + step)
        apart = np.asarray(X[part], dtype=np.float64) - centers[labels[part]]
        found[part] = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return found


def distance_quantiles(distance: Floats, labels: Labels, n_clusters: int) -> Floats:
    """Return the quantiles of the distances of each cluster's rows to its center.

    Shape (n_clusters, len(LEVELS)), ascending in each row; nan for a cluster without rows.
    """
    found = np.full((n_clusters, len(LEVELS)), np.nan)
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(n_clusters + 1))
    for c in range(n_clusters):
        rows = order[ends[c] : ends[c + 1]]
        if len(rows):
            found[c] = np.quantile(distance[rows], LEVELS, method="inverted_cdf")
    return found


def share_farther(distance: Floats, labels: Labels, quantiles: Floats) -> Floats:
    """Return the share of each row's cluster, as it was fitted, that lies farther out.

    Between the quantiles that were kept the share is a straight line; 0 is farther out than
    all. It is nan where the cluster had no rows.
    """
    share = np.full(len(distance), np.nan)
    for c in np.unique(labels):
        known = quantiles[c]
        if np.isnan(known).any():
            continue
        rows = np.flatnonzero(labels == c)
        # Of equal quantiles the last one counts: rows at the same distance are not farther.
        above = np.searchsorted(known, distance[rows], side="right")
        low, high = known[np.maximum(above - 1, 0)], known[np.minimum(above, len(known) - 1)]
        width = np.where(high > low, high - low, 1.0)
        part = np.clip((distance[rows] - low) / width, 0.0, 1.0)
        lower = LEVELS[np.maximum(above - 1, 0)]
        upper = LEVELS[np.minimum(above, len(known) - 1)]
        share[rows] = np.where(above == 0, 1.0, 1.0 - (lower + part * (upper - lower)))
    return share
