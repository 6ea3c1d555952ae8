"""Clustering methods, one a file, each with a stated rule for its settings.

To add one: a file that makes a ``Method``, and its row in ``METHODS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from kwise._progress import Progress, silent
from kwise.comparison.base import Method, Partition
from kwise.comparison.compare import Comparison, Outcome, compare_methods
from kwise.comparison.dbscan import DBSCAN
from kwise.comparison.gaussian_mixture import GAUSSIAN_MIXTURE
from kwise.comparison.hdbscan import HDBSCAN
from kwise.comparison.kmeans import K_MEANS
from kwise.comparison.ward import WARD

__all__ = ["METHODS", "Comparison", "Method", "Outcome", "Partition", "compare"]

METHODS: Mapping[str, Method] = MappingProxyType(
    {each.name: each for each in (K_MEANS, GAUSSIAN_MIXTURE, WARD, HDBSCAN, DBSCAN)}
)


def compare(
    X: ArrayLike,
    methods: Sequence[str | Method] = tuple(METHODS),
    *,
    n_clusters: int | None = None,
    random_state: int | np.random.RandomState | None = None,
    progress: Progress = silent,
) -> Comparison:
    """Run several clustering methods on one table, each with a stated rule for its settings.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data, finite; scaled as they should count.
    methods : sequence of str or Method, optional
        Names in ``METHODS``, or methods of your own; all of the table by default.
    n_clusters : int, optional
        Number of clusters for the methods that take one; each has a rule of its own otherwise
        (k-means takes 2: see ``kwise.select_k`` to choose).
    random_state : int, RandomState or None, default=None
        An int gives the same comparison every time.
    progress : callable, optional
        Called as ``progress(task, done, total)``; it may raise to stop.

    Returns
    -------
    Comparison
        One outcome a method, and how far they agree. A method that the data are too large for
        is skipped, and its note says so.

    Raises
    ------
    ValueError
        If a method is unknown or the data hold fewer than two rows.

    See Also
    --------
    kwise.select_k : Uses these methods to see whether k-means suits the data.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from kwise import compare
    >>> X, _ = make_moons(300, noise=0.05, random_state=0)
    >>> found = compare(X, ["kmeans", "hdbscan"], random_state=0)
    >>> [each.n_clusters for each in found.outcomes]
    [2, 2]
    """
    return compare_methods(
        X,
        methods,
        METHODS,
        n_clusters=n_clusters,
        random_state=random_state,
        progress=progress,
    )
