"""DBSCAN: dense regions of any shape at one density, and noise."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN as Model  # noqa: N811 - the table's row has the name
from sklearn.neighbors import NearestNeighbors

from kwise.comparison.base import Method, Partition

__all__ = ["DBSCAN", "dbscan_with"]


# The knee itself leaves the edges of groups out and breaks thin ones.
BEYOND_KNEE = 1.25


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:  # noqa: ARG001
    """Take eps a quarter beyond the knee of the sorted distances to neighbor min_samples."""
    min_samples = int(np.clip(2 * X.shape[1], 5, 20))
    if len(X) <= min_samples:
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    neighbors = NearestNeighbors(n_neighbors=min_samples).fit(X)
    reach = np.sort(neighbors.kneighbors()[0][:, -1])
    # The knee is the point farthest below the chord from the first to the last.
    chord = np.linspace(reach[0], reach[-1], len(reach))
    eps = BEYOND_KNEE * float(reach[np.argmax(chord - reach)])
    if eps <= 0.0:
        return Partition(np.zeros(len(X), dtype=np.intp), "no reach: one group")
    labels = Model(eps=eps, min_samples=min_samples).fit_predict(X)
    return Partition(labels.astype(np.intp), f"eps={eps:.4g}, min_samples={min_samples}")


DBSCAN = Method(
    name="dbscan",
    label="DBSCAN",
    fit=fit,
    rule="min_samples = 2 d within 5..20, eps = 1.25 times the knee of distances to that neighbor",
    finds="dense regions of any shape at one density, apart from noise",
    max_rows=30_000,
)


def _fit_with(
    X: NDArray[np.floating], k: int | None, seed: int, *, eps: float, min_samples: int
) -> Partition:
    """Join rows within the given reach."""
    del k, seed  # it finds the number itself, and draws nothing
    labels = Model(eps=eps, min_samples=min_samples).fit_predict(X).astype(np.intp)
    return Partition(labels, f"eps={eps:.4g}, min_samples={min_samples} (given)")


def dbscan_with(eps: float, *, min_samples: int = 5) -> Method:
    """Return DBSCAN for a reach of your choice.

    Parameters
    ----------
    eps : float
        How near two rows must be to reach each other, positive, in units of the prepared rows.
    min_samples : int, default=5
        Rows within reach, itself included, that make a row dense.

    Returns
    -------
    Method
        For ``compare_methods``, or to be fitted by itself.

    Raises
    ------
    ValueError
        If ``eps`` is not positive or ``min_samples`` is below 1.

    See Also
    --------
    compare_methods : Runs it beside others.

    Examples
    --------
    >>> from kwise.comparison import dbscan_with
    >>> dbscan_with(0.3).rule
    'eps = 0.3 and min_samples = 5, as given'
    """
    if not eps > 0:
        raise ValueError(f"eps={eps} is not a distance; pass a positive number.")
    if min_samples < 1:
        raise ValueError(f"min_samples={min_samples} is not possible; pass at least 1.")
    return replace(
        DBSCAN,
        fit=partial(_fit_with, eps=eps, min_samples=min_samples),
        rule=f"eps = {eps:g} and min_samples = {min_samples}, as given",
    )
