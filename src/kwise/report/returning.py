"""How well each cluster comes back when the rows are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.selection.fits import Fitter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["cluster_stability"]

_RESAMPLES, _MOST_ROWS, _N_INIT = 20, 1_500, 2


def cluster_stability(X: Floats, labels: Labels, k: int, seed: int) -> NDArray[np.float64] | None:
    """Return each cluster's mean Jaccard likeness to its best match in bootstrap samples.

    In [0, 1], higher is better (Hennig 2007); nan for a cluster too small to be in the sample
    of 1,500 rows that is used of larger tables; None where nothing can be resampled.
    """
    if k < 2 or len(X) < 4 * k:
        return None
    rng = np.random.default_rng(seed)
    base = np.sort(rng.permutation(len(X))[:_MOST_ROWS])
    data, own = np.ascontiguousarray(X[base]), labels[base]
    likeness = np.zeros((_RESAMPLES, k))
    for b in range(_RESAMPLES):
        drawn = rng.integers(len(data), size=len(data))
        run = Fitter(data[drawn]).fit(k, n_init=_N_INIT, random_state=seed + b).best
        there = np.unique(drawn)
        others = np.empty(len(data), dtype=np.int64)
        others[drawn] = run.labels
        both = np.zeros((k, k))
        np.add.at(both, (own[there], others[there]), 1.0)
        either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
        likeness[b] = (both / np.maximum(either, 1.0)).max(axis=1)
    means = likeness.mean(axis=0)
    means[np.bincount(own, minlength=k) < 2] = np.nan
    return np.asarray(means, dtype=np.float64)
