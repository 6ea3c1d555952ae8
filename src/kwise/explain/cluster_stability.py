"""How well each cluster comes back when the rows are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._progress import Progress, silent
from kwise.selection.places import Places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["cluster_stability", "rows_drawn_from"]

_RESAMPLES, _N_INIT = 20, 2
# Rows that are drawn from, and numbers that a sample may hold: wide rows come in fewer.
_MOST_ROWS, _FEWEST_ROWS, _MOST_NUMBERS = 1_500, 300, 150_000


def cluster_stability(
    X: Floats, labels: Mapping[int, Labels], seed: int, *, progress: Progress = silent
) -> dict[int, NDArray[np.float64]]:
    """Return each cluster's mean Jaccard likeness to its best match in bootstrap samples, by k.

    In [0, 1], higher is better (Hennig 2007); nan for a cluster too small to be in the sample
    of at most 1,500 rows that is used of larger tables. Every k sees the same resamples; one
    with fewer than four rows a cluster has no entry.
    """
    rng = np.random.default_rng(seed)
    base = np.sort(rng.permutation(len(X))[: rows_drawn_from(*X.shape)])
    data = Places.of(np.ascontiguousarray(X[base]))
    own = {k: each[base] for k, each in labels.items() if 1 < k <= len(data) // 4}
    likeness = {k: np.zeros((_RESAMPLES, k)) for k in own}
    for b in range(_RESAMPLES if own else 0):
        progress("drawing rows again", b, _RESAMPLES)
        drawn = rng.integers(len(data), size=len(data))
        fitter, there = data.of_rows(drawn).fitter(), np.unique(drawn)
        others = np.empty(len(data), dtype=np.int64)
        for k, known in own.items():
            others[drawn] = fitter.fit(k, n_init=_N_INIT, random_state=seed + b).best.labels
            likeness[k][b] = _best_likeness(known[there], others[there], k)
    found = {k: np.asarray(each.mean(axis=0), dtype=np.float64) for k, each in likeness.items()}
    for k, means in found.items():
        means[np.bincount(own[k], minlength=k) < 2] = np.nan
    return found


def rows_drawn_from(n_samples: int, n_features: int) -> int:
    """Return how many rows resamples are drawn from: all, or a random sample of so many."""
    most = int(np.clip(_MOST_NUMBERS // max(n_features, 1), _FEWEST_ROWS, _MOST_ROWS))
    return min(n_samples, most)


def _best_likeness(
    own: NDArray[np.integer], others: NDArray[np.integer], k: int
) -> NDArray[np.float64]:
    """Return each cluster's largest intersection over union with a cluster of the others."""
    both = np.bincount(own * k + others, minlength=k * k).reshape(k, k).astype(np.float64)
    either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    best: NDArray[np.float64] = (both / np.maximum(either, 1.0)).max(axis=1)
    return best
