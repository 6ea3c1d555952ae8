"""The function ``k_means`` is scikit-learn's, with kwise's ``KMeans``."""

import inspect

import numpy as np
import pytest
import sklearn.cluster

from kwise import KMeans, k_means


def test_its_parameters_are_scikit_learns():
    ours, theirs = (
        inspect.signature(each).parameters for each in (k_means, sklearn.cluster.k_means)
    )

    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()
    ]


@pytest.mark.parametrize("return_n_iter", [False, True])
@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_its_answer_is_scikit_learns(blobs, init, return_n_iter):
    settings = {"init": init, "random_state": 3, "return_n_iter": return_n_iter}

    ours = k_means(blobs, 4, **settings)

    theirs = sklearn.cluster.k_means(blobs, 4, **settings)
    assert len(ours) == len(theirs)
    for mine, its in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-9)


def test_it_is_the_estimator(blobs):
    weights = np.arange(1.0, len(blobs) + 1)
    model = KMeans(3, random_state=0, n_init=2).fit(blobs, sample_weight=weights)

    centers, labels, inertia = k_means(blobs, 3, sample_weight=weights, random_state=0, n_init=2)

    np.testing.assert_array_equal(centers, model.cluster_centers_)
    np.testing.assert_array_equal(labels, model.labels_)
    assert inertia == model.inertia_
