"""EM finds what scikit-learn's does from the same start, number by number."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.mixture import GaussianMixture

from kwise.comparison.mixture import fit_mixture


def _start(X, k, kind):
    labels = np.arange(len(X)) % k
    X = X[np.argsort(X[:, 0])]
    means = np.array([X[labels == c].mean(axis=0) for c in range(k)]) + np.arange(k)[:, None]
    each = np.eye(X.shape[1]) * 0.7 + 0.1 if kind == "full" else np.full(X.shape[1], 0.8)
    return np.full(k, 1 / k), means, np.repeat(each[None], k, axis=0)


@pytest.mark.parametrize("kind", ["full", "diag"])
@pytest.mark.parametrize(("n_features", "k"), [(1, 2), (3, 1), (3, 4), (7, 8), (9, 10), (17, 3)])
def test_em_is_that_of_scikit_learn(kind, n_features, k):
    X, _ = make_blobs(400, n_features=n_features, centers=5, cluster_std=2.0, random_state=1)
    X[::7] = X[0]  # rows that are the same
    weights, means, precisions = _start(X, k, kind)

    found = fit_mixture(X, weights, means, precisions, 1e-6)

    theirs = GaussianMixture(
        k,
        covariance_type=kind,
        weights_init=weights,
        means_init=means,
        precisions_init=precisions,
        init_params="random_from_data",
        random_state=0,
    ).fit(X)
    assert found.labels.tolist() == theirs.predict(X).tolist()
    assert found.bic == pytest.approx(theirs.bic(X), rel=1e-12)


@pytest.mark.parametrize("kind", ["full", "diag"])
def test_what_cannot_be_inverted_is_said(kind):
    X = np.zeros((20, 2))
    weights, means, precisions = _start(X, 2, kind)

    with pytest.raises(ValueError, match="cannot be inverted"):
        fit_mixture(X, weights, means, precisions, 0.0)

    with pytest.raises(ValueError, match="cannot be inverted"):
        fit_mixture(X, weights, means, -precisions, 1.0)
