"""The table of clustering methods."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kwise.comparison.agglomerative import AVERAGE, COMPLETE, SINGLE
from kwise.comparison.balanced import BALANCED
from kwise.comparison.bisecting import BISECTING
from kwise.comparison.cosine import COSINE
from kwise.comparison.dbscan import DBSCAN
from kwise.comparison.gaussian_mixture import GAUSSIAN_MIXTURE
from kwise.comparison.hdbscan import HDBSCAN
from kwise.comparison.k_medoids import K_MEDOIDS
from kwise.comparison.k_prototypes import K_PROTOTYPES
from kwise.comparison.kmeans import K_MEANS
from kwise.comparison.mean_shift import MEAN_SHIFT
from kwise.comparison.mini_batch import MINI_BATCH
from kwise.comparison.optics import OPTICS
from kwise.comparison.spectral import SPECTRAL
from kwise.comparison.trimmed import TRIMMED
from kwise.comparison.ward import WARD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.comparison.base import Method

__all__ = ["DEFAULT_METHODS", "METHODS"]

# In the order in which a comparison shows them: by family.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        each.name: each
        for each in (
            K_MEANS, BISECTING, MINI_BATCH, BALANCED, TRIMMED, COSINE, K_PROTOTYPES, K_MEDOIDS,
            GAUSSIAN_MIXTURE,
            WARD, AVERAGE, COMPLETE, SINGLE,
            DBSCAN, HDBSCAN, OPTICS, MEAN_SHIFT, SPECTRAL,
        )
    }
)  # fmt: skip

# What a comparison shows unasked. Others answer another question than which groups there are.
DEFAULT_METHODS = (
    "kmeans", "bisecting", "mini_batch", "k_medoids", "gaussian_mixture",
    "ward", "agglomerative_average", "agglomerative_complete", "agglomerative_single",
    "dbscan", "hdbscan", "optics", "mean_shift", "spectral",
)  # fmt: skip
