"""Rows that no cluster holds: which of them lie together, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import DBSCAN

from kwise.monitoring.drift_record import AppearedGroup

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.types import Floats

__all__ = ["appeared_groups"]

_MOST_LOOKED_AT = 4000  # rows; distances between all pairs are looked at
_FEWEST, _LEAST = 10, 0.002  # rows of a group, and their share of all
_MOST_GROUPS, _MOST_COLUMNS, _MOST_ROWS = 5, 3, 10


def appeared_groups(
    X: Floats,
    originals: Floats,
    places: NDArray[np.intp],
    *,
    n_rows: int,
    reach: float,
    names: tuple[str, ...],
    moments: Floats,
) -> tuple[AppearedGroup, ...]:
    """Return the groups among rows that no cluster holds, the largest first.

    Rows are together that reach each other in steps of two median rows of a cluster (``reach`` is
    the median distance from its center). ``places`` are those of the rows in the table.
    """
    step = max(1, -(-len(X) // _MOST_LOOKED_AT))
    X, originals, places = X[::step], originals[::step], places[::step]
    if len(X) < _FEWEST:
        return ()
    eps = max(2**0.5 * reach, float(np.finfo(np.float64).tiny))
    labels = DBSCAN(eps=eps, min_samples=5).fit(X).labels_
    sizes = np.bincount(labels[labels >= 0]) * step
    found = []
    for c in np.argsort(-sizes, kind="stable")[:_MOST_GROUPS]:
        if sizes[c] < max(_FEWEST, _LEAST * n_rows):
            continue
        own = labels == c
        found.append(
            AppearedGroup(
                n_rows=int(sizes[c]),
                share=float(sizes[c] / n_rows),
                columns=_told(originals[own], names, moments),
                rows=tuple((places[own][:_MOST_ROWS] + 1).tolist()),
            )
        )
    return tuple(found)


def _told(
    originals: Floats, names: tuple[str, ...], moments: Floats
) -> tuple[tuple[str, float, float], ...]:
    """Return the columns that set a group apart most, with its means and those of the fit."""
    known = ~np.isnan(originals)
    means = np.where(known, originals, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    spread = np.where(moments[:, 1] > 0, moments[:, 1], np.inf)
    apart = np.where(known.any(axis=0), np.abs(means - moments[:, 0]) / spread, 0.0)
    order = np.argsort(-apart, kind="stable")[:_MOST_COLUMNS]
    return tuple((names[j], float(means[j]), float(moments[j, 0])) for j in order)
