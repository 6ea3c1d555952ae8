"""Mean shift: every row climbs to the nearest peak of density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import MeanShift, estimate_bandwidth

from kwise._core.units import in_unit, unit_exponent
from kwise.comparison.base import Method, Partition

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MEAN_SHIFT"]

QUANTILE = 0.2


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Take the window that a fifth of the rows fit into on average, and climb."""
    del k  # it finds the number itself
    sample = min(len(X), 500)
    width = float(estimate_bandwidth(X, quantile=QUANTILE, n_samples=sample, random_state=seed))
    if width <= 0.0:
        return Partition(np.zeros(len(X), dtype=np.intp), "no width: one group")
    # scikit-learn's seeds are float32.
    exponent = unit_exponent(X)
    model = MeanShift(bandwidth=np.ldexp(width, -exponent), bin_seeding=True)
    labels = model.fit_predict(in_unit(X, exponent)).astype(np.intp)
    return Partition(labels, f"bandwidth={width:.4g}")


MEAN_SHIFT = Method(
    name="mean_shift",
    label="Mean shift",
    fit=fit,
    rule="bandwidth = mean distance to the neighbor at one fifth of 500 sampled rows",
    finds="peaks of density; their number is found",
    max_rows=5_000,
)
