"""Exact k-means where rows have an order: on one line, or in time.

With an order, clusters are runs of neighbors, and dynamic programming finds the best of all
partitions, for every number of clusters in one pass and without a random start.
"""

from kwise.ordered.one_dimension import kmeans_1d
from kwise.ordered.segmentation import Segmentation, segment

__all__ = ["Segmentation", "kmeans_1d", "segment"]
