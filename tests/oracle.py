"""k-means by definition, in NumPy, with scikit-learn's draws: what every answer is compared with.

Distances are direct differences in float64 and sums are float64, so this is slow and plain.
Randomness is drawn from a ``RandomState`` in the order in which scikit-learn >= 1.3 draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Fit(NamedTuple):
    """The best run."""

    centers: np.ndarray
    labels: np.ndarray
    inertia: float
    n_iter: int


def squared_distances(X, centers):
    """Return the (n_samples, n_clusters) squared distances in float64."""
    X, centers = np.asarray(X, np.float64), np.asarray(centers, np.float64)
    return np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)


def kmeans_plusplus(X, n_clusters, weights, rng, n_trials=None):
    """Choose rows by greedy k-means++; return (centers, indices)."""
    n_trials = 2 + int(np.log(n_clusters)) if n_trials is None else n_trials
    indices = [rng.choice(len(X), p=weights / weights.sum())]
    nearest = squared_distances(X, X[indices])[:, 0].astype(X.dtype)
    potential = np.float64(nearest) @ np.float64(weights)
    for _ in range(1, n_clusters):
        targets = rng.uniform(size=n_trials) * potential
        trials = np.searchsorted(np.cumsum(weights * nearest), targets)
        trials = np.clip(trials, None, len(X) - 1)
        candidates = np.minimum(nearest, squared_distances(X, X[trials]).astype(X.dtype).T)
        potentials = np.float64(candidates) @ np.float64(weights)
        best = np.argmin(potentials)
        potential, nearest = potentials[best], candidates[best]
        indices.append(trials[best])
    return X[indices], np.array(indices)


def random_rows(X, n_clusters, weights, rng):
    """Choose distinct rows with probability proportional to their weight."""
    return X[rng.choice(len(X), size=n_clusters, replace=False, p=weights / weights.sum())]


def update(X, weights, old_centers, labels):
    """Return the mean of every cluster; an empty cluster takes one of the farthest rows."""
    k = len(old_centers)
    w = np.float64(weights)
    mass = np.bincount(labels, w, minlength=k)
    sums = np.stack([np.bincount(labels, w * x, minlength=k) for x in np.float64(X).T], axis=1)
    empty = np.flatnonzero(mass == 0)
    distances = ((np.float64(X) - np.float64(old_centers)[labels]) ** 2).sum(axis=1)
    if len(empty) and distances.max() > 0:
        farthest = np.argpartition(distances, -len(empty))[: -len(empty) - 1 : -1]
        for c, i in zip(empty, farthest):
            moved = w[i] * np.float64(X[i])
            sums[labels[i]] -= moved
            mass[labels[i]] -= w[i]
            sums[c], mass[c] = moved, w[i]
    centers = sums / np.where(mass > 0, mass, 1)[:, None]
    centers[mass <= 0] = centers[np.argmax(mass)]
    return centers.astype(X.dtype)


def lloyd(X, weights, centers, max_iter, tol):
    """Run Lloyd's iteration from ``centers`` until labels repeat or the centers stand still."""
    labels = np.full(len(X), -1)
    for n_iter in range(1, max_iter + 1):  # noqa: B007 - read after the loop
        previous, labels = labels, squared_distances(X, centers).argmin(axis=1)
        old, centers = centers, update(X, weights, centers, labels)
        if np.array_equal(labels, previous):
            break
        if ((np.float64(centers) - old) ** 2).sum() <= tol:
            labels = squared_distances(X, centers).argmin(axis=1)
            break
    else:
        labels = squared_distances(X, centers).argmin(axis=1)
    own = ((np.float64(X) - np.float64(centers)[labels]) ** 2).sum(axis=1)
    return Fit(centers, labels, float(own @ np.float64(weights)), n_iter)


def same_partition(labels, others):
    """Tell whether two labelings differ by the names of the clusters only."""
    pairs = set(zip(labels.tolist(), others.tolist()))
    return len(pairs) == len(set(labels.tolist())) == len(set(others.tolist()))


def fit(X, n_clusters, *, init="k-means++", n_init=1, seed=0, weights=None, max_iter=300, tol=1e-4):
    """Fit k-means as ``KMeans(...).fit(X, sample_weight=weights)`` of scikit-learn does."""
    X = np.asarray(X)
    rng = np.random.RandomState(seed)
    weights = np.ones(len(X), X.dtype) if weights is None else np.asarray(weights, X.dtype)
    absolute_tol = np.var(X, axis=0).mean() * tol
    mean = X.mean(axis=0)
    X = X - mean
    best = None
    for _ in range(n_init):
        if isinstance(init, str) and init == "k-means++":
            start, _ = kmeans_plusplus(X, n_clusters, weights, rng)
        elif isinstance(init, str):
            start = random_rows(X, n_clusters, weights, rng)
        else:
            start = np.asarray(init, X.dtype) - mean
        run = lloyd(X, weights, start, max_iter, absolute_tol)
        if best is None or (
            run.inertia < best.inertia and not same_partition(run.labels, best.labels)
        ):
            best = run
    return best._replace(centers=best.centers + mean)
