"""Two indices of how clusters spread and lie apart, from one pass over the rows for both."""

from __future__ import annotations

from dataclasses import dataclass

from kwise.metrics.calinski_harabasz import dispersion_ratio
from kwise.metrics.cluster_sums import cluster_sums
from kwise.metrics.davies_bouldin import mean_likeness
from kwise.results import Run
from kwise.selection.context import SweepContext

__all__ = ["Dispersion", "dispersion"]


@dataclass(frozen=True, slots=True)
class Dispersion:
    """The Calinski-Harabasz and the Davies-Bouldin index of one run."""

    calinski_harabasz: float
    davies_bouldin: float


def dispersion(context: SweepContext, run: Run) -> Dispersion:
    """Return both indices, computed when the first of them is asked for."""

    def make() -> Dispersion:
        rows, labels, weight = context.dense, run.labels, context.sample_weight
        if (alike := context.alike) is not None:
            rows, labels, weight = alike.X, labels[alike.first], alike.weight
        made = cluster_sums(rows, labels, sample_weight=weight)
        return Dispersion(dispersion_ratio(*made), mean_likeness(*made))

    return context.shared(("dispersion", len(run.centers)), make)
