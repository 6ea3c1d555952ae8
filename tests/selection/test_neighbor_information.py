"""Neighbor information: high for groups along sparse borders, low for specks and cuts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import mutual_info_score
from sklearn.neighbors import NearestNeighbors

from kwise import KMeans, select_k
from kwise.selection.neighbor_information import kept_information, neighbor_information


def bits(X, labels):
    near = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(return_distance=False)
    return neighbor_information(labels, labels[near])


def test_it_is_the_mutual_information_over_links():
    rng = np.random.default_rng(0)
    labels, ends = rng.integers(4, size=50), rng.integers(4, size=(50, 3))

    expected = mutual_info_score(np.repeat(labels, 3), ends.ravel()) / np.log(2)

    assert neighbor_information(labels, ends) == pytest.approx(expected)


def test_groups_apart_tell_all_and_one_group_nothing():
    X, y = make_blobs(400, centers=[(0, 0), (50, 0), (0, 50), (50, 50)], random_state=0)

    assert bits(X, y) == pytest.approx(2.0, abs=0.02)
    assert bits(X, np.zeros(400, dtype=int)) == 0.0
    assert bits(X, np.full(400, -1)) == 0.0


def test_rows_without_a_group_count_as_told_nothing():
    X, y = make_blobs(400, centers=[(0, 0), (50, 0)], random_state=0)
    half = np.where(np.arange(400) % 2, y, -1)

    assert bits(X, half) < 0.5


def test_the_true_crescents_follow_the_data_better_than_as_many_clusters():
    X, y = make_moons(600, noise=0.06, random_state=0)
    cut = KMeans(2, n_init=10, random_state=0).fit(X).labels_

    assert bits(X, y) > bits(X, cut) + 0.05


def test_a_speck_and_the_rest_tell_less_than_two_halves():
    X, _ = make_blobs(500, centers=1, random_state=0)
    speck = (np.arange(500) < 8).astype(int)
    halves = KMeans(2, n_init=10, random_state=0).fit(X).labels_

    assert bits(X, speck) < bits(X, halves)


@pytest.mark.parametrize(
    ("n", "d", "k", "spread", "seed"), [(1500, 2, 7, 1.8, 12), (900, 3, 8, 2.0, 33)]
)
def test_a_method_that_merges_touching_groups_is_not_named_as_better(n, d, k, spread, seed):
    X, _ = make_blobs(n, d, centers=k, cluster_std=spread, random_state=seed)

    other = select_k(X, range(1, 13), random_state=0).alternative

    assert other is None or bits(X[other.rows], other.labels) > bits(
        X[other.rows],
        KMeans(other.n_clusters, n_init=10, random_state=0).fit_predict(X[other.rows]),
    )


def test_groups_apart_keep_all_that_they_could_tell_however_unequal():
    labels = np.repeat([0, 1], [90, 10])
    inside = np.repeat(labels[:, None], 4, axis=1)

    assert kept_information(labels, inside) == pytest.approx(1.0)
    assert neighbor_information(labels, inside) < 0.5


def test_a_single_group_and_rows_without_one_keep_nothing():
    ends = np.zeros((20, 4), dtype=int)

    assert kept_information(np.zeros(20, dtype=int), ends) == 0.0
    assert kept_information(np.full(20, -1), ends - 1) == 0.0
