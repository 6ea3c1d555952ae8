"""k-medoids: like k-means, with rows for centers and any distance, 1 - Pearson r for one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import pairwise_distances

from kwise._optional import require
from kwise.comparison.base import Method, Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["K_MEDOIDS", "k_medoids_with"]


def fit(X: NDArray[np.floating], k: int | None, seed: int, *, metric: str) -> Partition:
    """Swap medoids while that lowers the sum of distances (FasterPAM)."""
    kmedoids = require("kmedoids", extra="compare")
    distances = pairwise_distances(X, metric=metric).astype(np.float32)
    found = kmedoids.fasterpam(distances, k or 1, random_state=seed)
    labels = np.asarray(found.labels).astype(np.intp)
    return Partition(labels, f"k={k}, metric={metric!r}")


def k_medoids_with(metric: str) -> Method:
    """Return k-medoids for a distance of your choice.

    Parameters
    ----------
    metric : str
        Any metric of scikit-learn's ``pairwise_distances``: "correlation" is 1 - Pearson r,
        "cosine", "manhattan" and others.

    Returns
    -------
    Method
        For ``compare_methods``, or to be fitted by itself.

    See Also
    --------
    compare_methods : Runs it beside others.

    Notes
    -----
    Needs the package ``kmedoids`` (GPL), which ``pip install "kwise[compare]"`` brings, and
    4 bytes for every pair of rows.

    References
    ----------
    .. [1] E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information
       Systems 101, 2021. https://arxiv.org/abs/2008.05171

    Examples
    --------
    >>> from kwise.comparison import k_medoids_with
    >>> k_medoids_with("correlation").label
    'k-medoids, correlation'
    """
    return Method(
        name="k_medoids",
        label="k-medoids" if metric == "euclidean" else f"k-medoids, {metric}",
        fit=partial(fit, metric=metric),
        rule=f"k as chosen or given, {metric} distance",
        finds="groups around a row, by any distance; one outlier moves no center",
        max_rows=10_000,
        needs_square_memory=True,
    )


K_MEDOIDS = k_medoids_with("euclidean")
