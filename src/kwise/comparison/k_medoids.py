"""k-medoids: like k-means, with rows for centers and any distance, 1 - Pearson r for one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from kwise.comparison.base import Method, Partition
from kwise.estimators import KMedoids

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["K_MEDOIDS", "k_medoids_with"]


# Above so many rows medoids are those of samples (CLARA): a comparison shall not take minutes.
EXACT_ROWS = 10_000


def fit(X: NDArray[np.floating], k: int | None, seed: int, *, metric: str) -> Partition:
    """Swap medoids while that lowers the sum of distances (FasterPAM); of many rows, of samples."""
    method: Literal["fasterpam", "clara"] = "fasterpam" if len(X) <= EXACT_ROWS else "clara"
    model = KMedoids(k or 1, metric=metric, method=method, random_state=seed).fit(X)
    settings = f"k={k}, metric={metric!r}" + (", of samples (CLARA)" if method == "clara" else "")
    return Partition(model.labels_.astype(np.intp), settings)


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
    kwise.KMedoids : The estimator.

    Notes
    -----
    Up to 10,000 rows it holds 8 bytes for every pair of rows; above, those of samples.

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
        max_rows=1_000_000,
    )


K_MEDOIDS = k_medoids_with("euclidean")
