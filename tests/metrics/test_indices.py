"""Indices agree with scikit-learn's, and weights count as repeated rows."""

import numpy as np
import pytest
from sklearn import metrics as reference
from sklearn.datasets import make_blobs

from kwise import metrics


@pytest.fixture(params=[(1, 2), (3, 4), (20, 7)], ids=["1 column", "3 columns", "20 columns"])
def labeled(request):
    n_features, k = request.param
    X, _ = make_blobs(300, n_features, centers=k, cluster_std=3.0, random_state=4)
    return X, np.random.default_rng(0).integers(0, k, 300)


@pytest.mark.parametrize("name", ["calinski_harabasz_score", "davies_bouldin_score"])
def test_index_agrees_with_scikit_learn(name, labeled):
    X, labels = labeled

    ours = getattr(metrics, name)(X, labels)

    assert ours == pytest.approx(getattr(reference, name)(X, labels), rel=1e-9)


@pytest.mark.parametrize("name", ["calinski_harabasz_score", "davies_bouldin_score"])
def test_index_survives_data_far_from_zero(name, labeled):
    X, labels = labeled
    near = getattr(metrics, name)(X, labels)

    assert getattr(metrics, name)(X + 1e8, labels) == pytest.approx(near, rel=1e-6)


@pytest.mark.parametrize("name", ["calinski_harabasz_score", "davies_bouldin_score"])
def test_weights_count_as_repeated_rows(name, labeled):
    X, labels = labeled
    weight = np.random.default_rng(1).integers(1, 4, len(X))

    weighted = getattr(metrics, name)(X, labels, sample_weight=weight)

    repeated = getattr(reference, name)(np.repeat(X, weight, axis=0), np.repeat(labels, weight))
    assert weighted == pytest.approx(repeated, rel=1e-9)


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_one_cluster_or_all_singletons_is_refused(labels):
    X = np.arange(4.0)[:, None]

    with pytest.raises(ValueError, match="Valid values are 2 to n_samples - 1"):
        metrics.davies_bouldin_score(X, labels)


def test_wrong_weights_are_named():
    X = np.arange(4.0)[:, None]

    with pytest.raises(ValueError, match="sample_weight has shape"):
        metrics.calinski_harabasz_score(X, [0, 0, 1, 1], sample_weight=[1.0])
