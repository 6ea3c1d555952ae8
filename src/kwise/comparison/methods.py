"""The table of clustering methods."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kwise.comparison.agglomerative import AVERAGE, COMPLETE, SINGLE
from kwise.comparison.bisecting import BISECTING
from kwise.comparison.dbscan import DBSCAN
from kwise.comparison.gaussian_mixture import GAUSSIAN_MIXTURE
from kwise.comparison.hdbscan import HDBSCAN
from kwise.comparison.k_medoids import K_MEDOIDS
from kwise.comparison.kmeans import K_MEANS
from kwise.comparison.mean_shift import MEAN_SHIFT
from kwise.comparison.mini_batch import MINI_BATCH
from kwise.comparison.optics import OPTICS
from kwise.comparison.spectral import SPECTRAL
from kwise.comparison.ward import WARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.comparison.base import Method

__all__ = ["METHODS"]

# In the order in which a comparison shows them: by family.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        each.name: each
        for each in (
            K_MEANS, BISECTING, MINI_BATCH, K_MEDOIDS, GAUSSIAN_MIXTURE,
            WARD, AVERAGE, COMPLETE, SINGLE,
            DBSCAN, HDBSCAN, OPTICS, MEAN_SHIFT, SPECTRAL,
        )
    }
)  # fmt: skip
