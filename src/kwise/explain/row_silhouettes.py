"""Silhouettes of single rows, for the page's bars: of all rows, or of a stated sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._numbering import count_distinct
from kwise._progress import Progress, silent
from kwise.metrics.random_order import RandomOrder
from kwise.metrics.silhouette_sharing import shared_silhouettes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["row_silhouettes"]

# A cluster's bars need no more rows than this to have their shape; each is compared with all rows.
_MOST_ROWS = 3_000
# Distances times columns that one candidate may cost: under a second.
_MOST_WORK = 2.5e9
_FEWEST_ROWS, _OF_EACH_CLUSTER = 200, 5


def row_silhouettes(
    X: Floats, labels: Mapping[int, Labels], *, seed: int, progress: Progress = silent
) -> tuple[NDArray[np.int64], dict[int, NDArray[np.float64]]]:
    """Score rows under every candidate of two or more clusters.

    Returns the rows' places and their silhouettes by k. The rows are the same for every k:
    all of them up to 3,000, else a random sample that misses no cluster of any candidate.
    """
    usable = {k: each for k, each in labels.items() if 1 < count_distinct(each) < len(X) and k > 1}
    rows = _rows(X, usable, seed)
    progress("silhouettes of rows", 0, 1)
    return rows, shared_silhouettes(X, usable, rows)


def _rows(X: Floats, labels: Mapping[int, Labels], seed: int) -> NDArray[np.int64]:
    """Draw the rows to be scored, sorted."""
    n, d = X.shape
    most = int(min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_WORK / (n * d))))
    if n <= most:
        return np.arange(n)
    order = RandomOrder(np.random.default_rng(seed).permutation(n))
    more = [order.missed(most, each, _OF_EACH_CLUSTER) for each in labels.values()]
    return np.unique(np.concatenate([order.first(most), *more]))
