"""What a table is like, whatever it is divided into: shape, tails, discreteness, links of rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from kwise.metrics import dip_statistic
from kwise.selection.modes import measure_modes
from kwise.types import Floats

__all__ = ["measure_traits"]

# Rows that hang together count as a component from so large a share of all.
LEAST_COMPONENT = 0.02


def measure_traits(
    raw: Floats,
    data: Floats,
    places: Floats,
    few: NDArray[np.bool_],
    neighbors: NDArray[np.intp],
) -> dict[str, float]:
    """Measure a sample: as it came, with columns of few values spread, and its links.

    Parameters
    ----------
    raw, data : ndarray of shape (n_samples, n_features)
        The rows as they are, and with columns of few values spread.
    places : ndarray of shape (n_samples, n_coordinates)
        The latter for all that looks at distances alone.
    few : ndarray of shape (n_features,)
        Which columns hold few values.
    neighbors : ndarray of shape (n_samples, n_neighbors)
        Numbers of each row's nearest other rows, nearest first.
    """
    n, d = data.shape
    values, axis = _principal(data)
    share = values / max(values.sum(), 1e-300)
    spread = raw.var(axis=0)
    skews, tails = _moments(data)
    skew, tail = _moments((data @ axis)[:, None])
    found = {
        "log_rows": math.log(n),
        "log_columns": math.log(d),
        "wide": math.log(d / n),
        "log_axes": -math.log(max(float((share**2).sum()), 1e-12)),
        "first_axis": float(share[0]),
        "skew_mean": float(np.abs(skews).mean()),
        "skew_most": float(np.abs(skews).max()),
        "tail_mean": float(np.clip(tails, -2, 20).mean()),
        "tail_most": float(np.clip(tails, -2, 20).max()),
        "tail_least": float(np.clip(tails, -2, 20).min()),
        "axis_skew": float(abs(skew[0])),
        "axis_tail": float(np.clip(tail[0], -2, 20)),
        "axis_dip": math.sqrt(n) * dip_statistic(data @ axis),
        "few_valued": float(few.mean()),
        "few_valued_variance": float(spread[few].sum() / max(spread.sum(), 1e-300)),
        "distinct": len(np.unique(raw, axis=0)) / n,
    }
    links = _links(places, neighbors)
    return found | links | measure_modes(places, links["directions"])


def _principal(data: Floats) -> tuple[Floats, Floats]:
    """Return the variances along the principal axes, largest first, and the first axis."""
    _, lengths, axes = np.linalg.svd(data - data.mean(axis=0), full_matrices=False)
    return lengths**2, axes[0]


def _moments(columns: Floats) -> tuple[Floats, Floats]:
    """Return skewness and excess kurtosis of every column; 0 for a constant one."""
    away = columns - columns.mean(axis=0)
    width = np.sqrt((away**2).mean(axis=0))
    z = away / np.where(width > 0, width, 1.0)
    squared = z**2
    kurtosis = (squared**2).mean(axis=0) - 3.0
    return (squared * z).mean(axis=0), np.where(width > 0, kurtosis, 0.0)


def _links(data: Floats, neighbors: NDArray[np.intp]) -> dict[str, float]:
    """Measure how rows hang together, how unevenly they lie, and along how many directions."""
    n, count = neighbors.shape
    if count < 2:
        return {"components": 1.0, "unevenness": 0.0, "sparse_tail": 0.0, "directions": 1.0}
    apart = np.sqrt(((data[neighbors] - data[:, None]) ** 2).sum(axis=2))
    ends = np.repeat(np.arange(n), count)
    graph = csr_array((np.ones(ends.size), (ends, neighbors.ravel())), shape=(n, n))
    sizes = np.bincount(connected_components(graph, directed=False)[1])
    reach = np.maximum(apart[:, -1], 1e-300)
    low, middle, high = np.quantile(reach, [0.1, 0.5, 0.9])
    ratios = np.log(reach[:, None] / np.maximum(apart[:, :-1], 1e-9 * reach[:, None]))
    return {
        "components": float((sizes >= max(3, LEAST_COMPONENT * n)).sum()),
        "unevenness": math.log(middle / low),
        "sparse_tail": math.log(high / middle),
        # Levina and Bickel 2004: how many directions the rows spread in, near each of them.
        "directions": float(1.0 / max(ratios.mean(), 1e-3)),
    }
