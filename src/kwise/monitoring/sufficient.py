"""The sums that centers are means of, kept without the rows, so that more rows may come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise.estimators._minibatch import sums_by_cluster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.types import Floats

__all__ = ["SufficientStatistics", "sufficient_statistics"]


@dataclass(frozen=True, eq=False)
class SufficientStatistics:
    """How many rows each center is the mean of, and their sums in the prepared columns.

    Attributes
    ----------
    counts : ndarray of shape (n_clusters,)
        Rows of each cluster.
    sums : ndarray of shape (n_clusters, n_features)
        The sum of the prepared rows of each.
    """

    counts: Floats
    sums: Floats

    def with_rows(self, X: Floats, labels: NDArray[np.int32]) -> SufficientStatistics:
        """Return the statistics of these rows as well; each has a cluster."""
        more = sufficient_statistics(X, labels, len(self.counts))
        return SufficientStatistics(self.counts + more.counts, self.sums + more.sums)

    def means(self, centers: Floats) -> Floats:
        """Return the mean of each cluster's rows; the old center of one without any."""
        has = self.counts > 0
        found = np.array(centers, dtype=np.float64)
        found[has] = self.sums[has] / self.counts[has, None]
        return found

    def faults(self, centers: Floats) -> str:
        """Say what does not fit the centers, or nothing."""
        if self.counts.shape != (len(centers),) or self.sums.shape != centers.shape:
            return "counts and sums are of another number of clusters or columns"
        if (self.counts < 0).any() or (self.counts != np.floor(self.counts)).any():
            return "counts are no whole numbers from 0"
        return ""


def sufficient_statistics(X: Floats, labels: NDArray[np.int32], k: int) -> SufficientStatistics:
    """Count and add up the rows of each cluster."""
    counts = np.bincount(labels, minlength=k).astype(np.float64)
    return SufficientStatistics(counts, sums_by_cluster(X, np.ones(len(X)), labels, k))
