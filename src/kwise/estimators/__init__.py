"""Estimators with scikit-learn's contract, one a file."""

from kwise.estimators.bisecting import BisectingKMeans
from kwise.estimators.kmeans import KMeans
from kwise.estimators.medoids import KMedoids
from kwise.estimators.minibatch import MiniBatchKMeans
from kwise.estimators.prototypes import KPrototypes

__all__ = ["BisectingKMeans", "KMeans", "KMedoids", "KPrototypes", "MiniBatchKMeans"]
