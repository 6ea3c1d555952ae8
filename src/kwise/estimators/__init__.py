"""Estimators with scikit-learn's contract, one a file."""

from kwise.estimators.bisecting import BisectingKMeans
from kwise.estimators.kmeans import KMeans
from kwise.estimators.minibatch import MiniBatchKMeans

__all__ = ["BisectingKMeans", "KMeans", "MiniBatchKMeans"]
