"""Every method finds plain groups; density methods find moons; tiny tables break none."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from kwise.comparison import METHODS


@pytest.fixture(scope="module")
def moons():
    return make_moons(300, noise=0.05, random_state=0)


@pytest.mark.parametrize("name", METHODS)
def test_three_far_apart_blobs_are_found(name):
    # Of different directions, too.
    X, truth = make_blobs(240, centers=[(20, 0), (-10, 17), (-10, -17)], random_state=0)

    found = METHODS[name].fit(X, 3, 0)

    kept = found.labels >= 0
    assert kept.mean() > 0.9
    assert adjusted_rand_score(truth[kept], found.labels[kept]) == 1.0
    assert found.settings


@pytest.mark.parametrize("name", ["gaussian_mixture", "ward"])
def test_methods_choose_their_own_number_of_groups(name):
    X, _ = make_blobs(240, centers=[(0, 0), (20, 0), (0, 20)], random_state=0)

    assert METHODS[name].fit(X, None, 0).n_clusters == 3


@pytest.mark.parametrize("name", ["hdbscan", "dbscan"])
def test_density_methods_find_moons(name, moons):
    X, truth = moons

    found = METHODS[name].fit(X, None, 0)

    kept = found.labels >= 0
    assert adjusted_rand_score(truth[kept], found.labels[kept]) > 0.95


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("X", [np.ones((12, 2)), np.eye(6), np.arange(4.0)[:, None]])
def test_tiny_and_constant_tables_do_not_fail(name, X):
    assert len(METHODS[name].fit(X, None, 0).labels) == len(X)
