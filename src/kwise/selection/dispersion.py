"""Two indices of how clusters spread and lie apart, from one pass over the rows for both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwise._core.units import in_unit, unit_exponent
from kwise.metrics.calinski_harabasz import dispersion_ratio
from kwise.metrics.cluster_sums import cluster_sums, rough_mean, sums_of
from kwise.metrics.davies_bouldin import mean_likeness
from kwise.results import Run
from kwise.selection.context import SweepContext

__all__ = ["Dispersion", "dispersion"]

Floating = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Dispersion:
    """The Calinski-Harabasz and the Davies-Bouldin index of one run."""

    calinski_harabasz: float
    davies_bouldin: float


def dispersion(context: SweepContext, run: Run) -> Dispersion:
    """Return both indices, computed when the first of them is asked for."""

    def make() -> Dispersion:
        if context.sample_weight is None:
            data, weight, origin = context.shared(("dispersion", "rows"), lambda: _rows(context))
            alike, k = context.alike, len(run.centers)
            labels = run.labels if alike is None else run.labels[alike.first]
            made = sums_of(data, np.arange(k), labels, weight, origin)
        else:
            made = cluster_sums(context.dense, run.labels, sample_weight=context.sample_weight)
        return Dispersion(dispersion_ratio(*made), mean_likeness(*made))

    return context.shared(("dispersion", len(run.centers)), make)


def _rows(context: SweepContext) -> tuple[Floating, Floating, NDArray[np.float64]]:
    """Return the distinct rows in a unit of their own, how many each stands for, a rough mean."""
    alike = context.alike
    rows = context.dense if alike is None else alike.X
    data = in_unit(rows, unit_exponent(rows))
    return data, np.ones(len(data)) if alike is None else alike.weight, rough_mean(data)
