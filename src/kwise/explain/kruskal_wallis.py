"""The Kruskal-Wallis test of whether groups of values differ in where they lie.

References
----------
.. [1] W. H. Kruskal, W. A. Wallis, "Use of ranks in one-criterion variance analysis", Journal of
   the American Statistical Association 47, 1952. https://doi.org/10.2307/2280779
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels

__all__ = ["kruskal_p_value"]


def kruskal_p_value(values: NDArray[np.float64], groups: Labels) -> float:
    """Return the p-value that ``scipy.stats.kruskal`` finds, without the time to import that."""
    n = len(values)
    _, places, ties = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[places]
    sizes = np.bincount(groups)
    totals = np.bincount(groups, weights=ranks)
    filled = sizes > 0
    spread = (totals[filled] ** 2 / sizes[filled]).sum()
    tied = 1.0 - float((ties.astype(np.float64) ** 3 - ties).sum()) / (float(n) ** 3 - n)
    statistic = (12.0 / (n * (n + 1.0)) * spread - 3.0 * (n + 1.0)) / tied
    return float(chdtrc(filled.sum() - 1, statistic))
