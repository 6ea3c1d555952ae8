"""What ``variants.py`` runs in the peers' Python: one package on given rows; prints JSON."""

from __future__ import annotations

import json
import sys
import time

import numpy as np

K = 10


def kmodes(data, seed):
    """Cluster mixed rows."""
    from kmodes.kprototypes import KPrototypes

    table = np.empty((len(data["codes"]), 10), dtype=object)
    table[:, :5], table[:, 5:] = data["numbers"], data["codes"].astype(str)
    model = KPrototypes(K, gamma=1.0, n_init=1, random_state=seed)
    return float(model.fit(table, categorical=list(range(5, 10))).cost_)


def constrained(data, seed):
    """Cluster into equal sizes."""
    from k_means_constrained import KMeansConstrained

    n = len(data["X"])
    model = KMeansConstrained(K, size_min=n // K, size_max=-(-n // K), n_init=1, random_state=seed)
    return float(model.fit(data["X"]).inertia_)


def kmedoids(data, seed):
    """Find thirty medoids, distances included."""
    from kmedoids import fasterpam
    from scipy.spatial.distance import cdist

    return float(fasterpam(cdist(data["X"], data["X"]), 30, random_state=seed).loss)


def by_hand(data, seed):
    """Cluster unit rows with scikit-learn."""
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import normalize

    units = normalize(data["X"])
    labels = KMeans(K, n_init=1, random_state=seed).fit_predict(units)
    groups = (units[labels == c] for c in np.unique(labels))
    return float(sum(len(u) - np.linalg.norm(u.sum(axis=0)) for u in groups))


def within(values, edges):
    """Return the sum of squares within classes, by the upper edge of each."""
    classes = np.searchsorted(np.asarray(edges), values)
    groups = (values[classes == c] for c in np.unique(classes))
    return float(sum(((group - group.mean()) ** 2).sum() for group in groups))


def jenkspy(data, _seed):
    """Find natural breaks."""
    import jenkspy

    values = data["X"][:, 0]
    return within(values, jenkspy.jenks_breaks(values, n_classes=K)[1:])


def mapclassify(data, _seed):
    """Find Fisher's and Jenks' classes."""
    from mapclassify import FisherJenks

    values = data["X"][:, 0]
    return within(values, FisherJenks(values, k=K).bins)


def ckwrap(data, _seed):
    """Find optimal classes of one column."""
    import ckwrap

    values = data["X"][:, 0]
    labels = np.asarray(ckwrap.ckmeans(values, K).labels)
    groups = (values[labels == c] for c in np.unique(labels))
    return float(sum(((group - group.mean()) ** 2).sum() for group in groups))


PACKAGES = {
    "kmodes": kmodes,
    "k-means-constrained": constrained,
    "kmedoids": kmedoids,
    "scikit-learn by hand": by_hand,
    "jenkspy": jenkspy,
    "mapclassify": mapclassify,
    "ckwrap": ckwrap,
}

if __name__ == "__main__":
    name, path, seeds = sys.argv[1:]
    rows = dict(np.load(path))
    PACKAGES[name]({each: rows[each][:200] for each in rows}, 0)  # imports
    began = time.process_time()
    costs = [PACKAGES[name](rows, number) for number in range(int(seeds))]
    seconds = (time.process_time() - began) / int(seeds)
    print(json.dumps({"cost": float(np.mean(costs)), "seconds": seconds}))
