"""DBSCAN with settings of the caller's own."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import DBSCAN as Model  # noqa: N811 - the table's row has the name

from kwise.comparison.base import Method, Partition
from kwise.comparison.dbscan import DBSCAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["dbscan_with"]


def fit(
    X: NDArray[np.floating], k: int | None, seed: int, *, eps: float, min_samples: int
) -> Partition:
    """Join rows that reach each other over dense rows."""
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
        fit=partial(fit, eps=eps, min_samples=min_samples),
        rule=f"eps = {eps:g} and min_samples = {min_samples}, as given",
    )
