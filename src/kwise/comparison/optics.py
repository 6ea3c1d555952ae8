"""OPTICS: dense regions at several densities, read off the reachability of ordered rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import OPTICS as Model  # noqa: N811 - the table's row has the name

from kwise._core.units import in_unit, spread_exponent
from kwise.comparison.base import Method, Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["OPTICS"]


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Take valleys of the reachability with steep walls as clusters."""
    del k, seed  # it finds the number itself, and draws nothing
    # Few neighbors make a ragged reachability, where xi sees walls everywhere.
    min_samples = int(np.clip(len(X) // 8, 2, 20))
    size = max(10, len(X) // 20)
    if len(X) <= size:
        return Partition(np.zeros(len(X), dtype=np.intp), "too few rows: one group")
    # scikit-learn rounds distances to so many decimals, whatever their size.
    exponent = spread_exponent(X)
    model = Model(min_samples=min_samples, min_cluster_size=size, xi=0.1).fit(in_unit(X, exponent))
    return Partition(
        model.labels_.astype(np.intp),
        f"min_samples={min_samples}, min_cluster_size={size}, xi=0.1",
        reachability=np.ldexp(model.reachability_, exponent),
        ordering=model.ordering_.astype(np.intp),
    )


OPTICS = Method(
    name="optics",
    label="OPTICS",
    fit=fit,
    rule="min_samples = n / 8 within 2..20, min_cluster_size = max(10, n / 20), walls of 10 %",
    finds="dense regions of any shape, at different densities, apart from noise",
    max_rows=5_000,
)
