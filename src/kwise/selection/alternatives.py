"""The clustering of another method, made usable: a group for every row, and how good that is.

The method has seen a sample at most. Every other row joins the group of the nearest row that it
saw, or none where that row has none; what is said of the groups is then measured on all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from kwise._numbering import size_order
from kwise.comparison import METHODS
from kwise.results import Alternative
from kwise.selection.neighbor_information import (
    entropy_of,
    kept_information,
    neighbor_information,
)
from kwise.selection.suitability import N_NEIGHBORS, sample_limit

if TYPE_CHECKING:
    from kwise.selection.context import SweepContext
    from kwise.selection.suitability import Suitability

__all__ = ["alternative_for_all_rows", "extended"]

# Rows that links start from; each is compared with all rows.
JUDGED_ROWS = 5_000
# Numbers that may be compared for that: a few seconds.
MOST_WORK = 2e11
N_BLOCKS = 10


def alternative_for_all_rows(
    context: SweepContext, suitability: Suitability, name: str, ks: Sequence[int]
) -> Alternative:
    """Give every row a group of the named method's, and measure the groups on all rows."""
    partition = suitability.partitions[name]
    seen = context.rows(sample_limit(ks))
    labels = extended(context.dense, seen, partition.labels)
    ours = context.run(partition.n_clusters).labels
    judged, neighbors = _links(context)
    return Alternative(
        method=name,
        label=METHODS[name].label,
        settings=partition.settings,
        n_clusters=partition.n_clusters,
        labels=labels,
        n_seen=len(np.unique(seen)),
        n_judged=len(judged),
        **_compared(labels, ours, judged, neighbors),
    )


def extended(
    X: NDArray[np.floating], seen: NDArray[np.intp], labels: NDArray[np.integer]
) -> NDArray[np.int32]:
    """Return a group for every row, the largest first: that of the nearest row that was seen."""
    nearest = np.empty(len(X), dtype=np.intp)
    rest = np.ones(len(X), dtype=bool)
    rest[seen] = False
    nearest[seen] = np.arange(len(seen))
    if rest.any():
        finder = NearestNeighbors(n_neighbors=1).fit(X[seen])
        nearest[rest] = finder.kneighbors(X[rest], return_distance=False)[:, 0]
    joined = labels[nearest]
    names, codes = np.unique(joined[joined >= 0], return_inverse=True)
    order = size_order(codes.astype(np.int32), len(names))
    place = np.empty(len(names), dtype=np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    found = np.full(len(X), -1, dtype=np.int32)
    found[joined >= 0] = place[codes]
    return found


def _links(context: SweepContext) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that links start from, and the nearest other rows of each, of all rows."""
    n, d = context.X.shape
    limit = int(max(500, min(JUDGED_ROWS, MOST_WORK / (n * d))))
    rows = np.unique(context.rows(limit))
    count = min(N_NEIGHBORS + 1, n)
    finder = NearestNeighbors(n_neighbors=count).fit(context.dense)
    near = finder.kneighbors(context.dense[rows], return_distance=False)
    return rows, _without_itself(rows, near)


def _without_itself(rows: NDArray[np.intp], found: NDArray[np.intp]) -> NDArray[np.intp]:
    """Leave each row out of its own neighbors; where equals hid it, the farthest goes."""
    own = found == rows[:, None]
    own[~own.any(axis=1), -1] = True
    others: NDArray[np.intp] = found[~own].reshape(len(rows), -1)
    return others


def _compared(
    labels: NDArray[np.int32],
    ours: NDArray[np.int32],
    rows: NDArray[np.intp],
    neighbors: NDArray[np.intp],
) -> dict[str, float]:
    """Return what both tell and could tell, and the standard error of the shares' difference.

    The error is the jackknife's over ten blocks of rows; 0 where all rows were looked at.
    """
    found = {
        "information": neighbor_information(labels[rows], labels[neighbors]),
        "information_kmeans": neighbor_information(ours[rows], ours[neighbors]),
        "entropy": entropy_of(labels[rows]),
        "entropy_kmeans": entropy_of(ours[rows]),
        "error": 0.0,
    }
    if len(rows) < len(labels):
        block = np.arange(len(rows)) % N_BLOCKS
        left = np.array(
            [
                kept_information(labels[rows[some]], labels[neighbors[some]])
                - kept_information(ours[rows[some]], ours[neighbors[some]])
                for some in (block != b for b in range(N_BLOCKS))
            ]
        )
        error = np.sqrt((N_BLOCKS - 1) / N_BLOCKS * ((left - left.mean()) ** 2).sum())
        found["error"] = float(error)
    return found
