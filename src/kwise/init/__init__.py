"""How first centers are chosen.

To add a way: a file with a function ``(packed, n_clusters, rng) -> Start`` and a row here;
where the draws of several runs are faster together, a second one and a row in the second table.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kwise.init.base import AnyStart, Initializer, JointInitializer, SeededStart, Start
from kwise.init.k_means_parallel import draw_parallel
from kwise.init.k_means_plusplus import draw_kmeans_plusplus
from kwise.init.random import draw_rows, draw_rows_of_runs
from kwise.init.sample import draw_from_sample

__all__ = [
    "CAREFUL",
    "DRAWN_TOGETHER",
    "INITIALIZERS",
    "AnyStart",
    "Initializer",
    "JointInitializer",
    "SeededStart",
    "Start",
]

INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "k-means++": draw_kmeans_plusplus,
        "random": draw_rows,
        "k-means||": draw_parallel,
        "sample": draw_from_sample,
    }
)

# So good that "auto" starts once.
CAREFUL = frozenset({"k-means++", "k-means||", "sample"})

# The same draws for several runs at once, where that is faster.
DRAWN_TOGETHER: Mapping[str, JointInitializer] = MappingProxyType({"random": draw_rows_of_runs})
