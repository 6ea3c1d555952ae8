"""Where rows belong under a model: cluster, distance, margin, next cluster, how far out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kwise.metrics.margins import row_margins
from kwise.metrics.outliers import distance_quantiles, own_distances, share_farther
from kwise.preparation.missing import any_nan
from kwise.types import Floats

if TYPE_CHECKING:
    from kwise.estimators import KMeans

__all__ = ["RowPlaces", "in_one", "place_rows", "quantiles_of"]


@dataclass(frozen=True, eq=False)
class RowPlaces:
    """Arrays of shape (n_rows,): what a model says of each row.

    ``labels`` and ``second`` are the indices of the nearest center and of the next one, -1
    where a cell is missing (or there is but one cluster). ``distance`` is that to the nearest
    center, in units of the prepared columns; ``margin`` is 1 - it over the distance to the next,
    1 on a center and 0 halfway. ``outlier`` is the share of the cluster's fitted rows that lie
    farther out: 0 where none does; nan throughout if the model does not know their distances.
    """

    labels: NDArray[np.int32]
    second: NDArray[np.int32]
    distance: Floats
    margin: Floats
    outlier: Floats


def place_rows(prepared: Floats, estimator: KMeans, quantiles: Floats | None) -> RowPlaces:
    """Place prepared rows, nan throughout where a cell is missing."""
    n = len(prepared)
    labels, second = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    distance, margin, outlier = (np.full(n, np.nan) for _ in range(3))
    rows = np.flatnonzero(~any_nan(prepared))
    if len(rows):
        X, centers = np.ascontiguousarray(prepared[rows]), estimator.cluster_centers_
        found = labels[rows] = estimator.predict(X)
        distance[rows] = own_distances(X, centers, found)
        if len(centers) > 1:
            near = row_margins(X, centers, found)
            margin[rows], second[rows] = near.margin, near.next_cluster
        if quantiles is not None:
            outlier[rows] = share_farther(distance[rows], found, quantiles)
    return RowPlaces(labels, second, distance, margin, outlier)


def in_one(places: Sequence[RowPlaces]) -> RowPlaces:
    """Return the places of rows that were placed in parts."""
    names = [each.name for each in fields(RowPlaces)]
    return RowPlaces(*(np.concatenate([getattr(part, name) for part in places]) for name in names))


def quantiles_of(
    prepared: NDArray[np.floating], estimator: KMeans, labels: NDArray[np.int32] | None = None
) -> Floats:
    """Return the quantiles of the distances of each cluster's rows, those that are complete."""
    X = prepared[~np.isnan(prepared).any(axis=1)]
    labels = estimator.predict(np.ascontiguousarray(X)) if labels is None else labels
    centers = estimator.cluster_centers_
    return distance_quantiles(own_distances(X, centers, labels), labels, len(centers))
