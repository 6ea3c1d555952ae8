"""Estimators with scikit-learn's contract, one a file."""

from kwise.estimators.bisecting import BisectingKMeans
from kwise.estimators.kmeans import KMeans

__all__ = ["BisectingKMeans", "KMeans"]
