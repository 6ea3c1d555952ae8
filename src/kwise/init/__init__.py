"""How first centers are chosen.

To add a way: a file with a function ``(packed, n_clusters, rng) -> centers`` and a row here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kwise.init.base import Initializer
from kwise.init.k_means_plusplus import draw_kmeans_plusplus, kmeans_plusplus
from kwise.init.random import draw_rows

__all__ = ["INITIALIZERS", "Initializer", "kmeans_plusplus"]

INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {"k-means++": draw_kmeans_plusplus, "random": draw_rows}
)
