"""Clustering methods, one a file, each with a stated rule for its settings.

To add one: a file that makes a ``Method``, and its row in ``METHODS``.
"""

from kwise.comparison.base import Method, Partition
from kwise.comparison.compare import compare_methods
from kwise.comparison.dbscan import dbscan_with
from kwise.comparison.k_medoids import k_medoids_with
from kwise.comparison.methods import DEFAULT_METHODS, METHODS
from kwise.comparison.outcome import Comparison, Outcome

__all__ = [
    "DEFAULT_METHODS",
    "METHODS",
    "Comparison",
    "Method",
    "Outcome",
    "Partition",
    "compare_methods",
    "dbscan_with",
    "k_medoids_with",
]
