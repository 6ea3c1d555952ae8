"""Distinct rows at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise._core.packed import Packed


def draw_rows(packed: Packed, n_clusters: int, rng: np.random.RandomState) -> NDArray[np.floating]:
    """Choose distinct rows with probability proportional to their weight.

    The rows are those of ``rng.choice(n, n_clusters, replace=False, p=...)``, at 8 bytes a row.
    """
    if packed.weights is not None and np.count_nonzero(packed.weights) < n_clusters:
        raise ValueError(
            f"init='random' needs n_clusters={n_clusters} rows with a weight above 0 and found "
            f"{np.count_nonzero(packed.weights)}; pass fewer clusters."
        )
    chosen = np.empty(0, np.intp)
    while len(chosen) < n_clusters:
        uniforms = rng.random_sample(n_clusters - len(chosen))
        hit = np.searchsorted(_cumulative(packed, chosen), uniforms, side="right")
        _, first = np.unique(hit, return_index=True)
        chosen = np.concatenate([chosen, hit[np.sort(first)]])
    return packed.rows(chosen)


def _cumulative(packed: Packed, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the running sums of the probabilities of the rows that are not chosen yet."""
    kind = packed.X.dtype.type
    if packed.weights is None:
        sums = np.full(packed.X.shape[0], kind(1) / kind(packed.X.shape[0]), np.float64)
    else:
        sums = np.divide(packed.weights, packed.weights.sum(), dtype=packed.X.dtype)
        sums = sums.astype(np.float64)
    sums[chosen] = 0.0
    np.cumsum(sums, out=sums)
    sums /= sums[-1]
    return sums
