"""The outlier score: the share of a cluster's fitted rows that lie farther out."""

import numpy as np
import pytest

from kwise.metrics.outliers import LEVELS, distance_quantiles, own_distances, share_farther


def scored(fitted, new):
    quantiles = distance_quantiles(np.asarray(fitted, float), np.zeros(len(fitted), np.int32), 1)
    return share_farther(np.asarray(new, float), np.zeros(len(new), np.int32), quantiles)


def test_the_share_is_that_of_the_rows_farther_out():
    rng = np.random.default_rng(0)
    fitted, new = rng.gamma(2.0, size=5000), rng.gamma(2.0, size=300)

    exact = (fitted[None, :] > new[:, None]).mean(axis=1)

    assert np.abs(scored(fitted, new) - exact).max() < 0.02
    far = exact < 0.05
    assert np.abs(scored(fitted, new) - exact)[far].max() < 0.002


def test_fresh_rows_of_the_same_data_have_even_shares():
    rng = np.random.default_rng(1)
    fitted = np.linalg.norm(rng.normal(size=(20_000, 3)), axis=1)
    shares = scored(fitted, np.linalg.norm(rng.normal(size=(20_000, 3)), axis=1))

    for level in (0.001, 0.01, 0.05, 0.5):
        assert (shares <= level).mean() == pytest.approx(level, abs=0.003 + 0.05 * level)


def test_the_farthest_row_and_all_beyond_it_have_none_farther():
    assert scored([1.0, 2.0, 3.0], [3.0, 3.1, 1e9, 0.5]).tolist() == [0.0, 0.0, 0.0, 1.0]


def test_rows_as_far_as_many_others_are_not_farther():
    assert scored([0.0] * 90 + [1.0] * 10, [0.0])[0] == pytest.approx(0.1, abs=0.011)


def test_a_cluster_without_rows_has_no_share():
    quantiles = distance_quantiles(np.ones(3), np.zeros(3, np.int32), 2)

    assert quantiles.shape == (2, len(LEVELS))
    assert np.isnan(share_farther(np.ones(1), np.ones(1, np.int32), quantiles)).all()


def test_own_distances_are_those_to_the_own_center():
    X = np.array([[0.0, 0.0], [3.0, 4.0]])

    assert own_distances(X, np.zeros((2, 2)), np.array([0, 1], np.int32)).tolist() == [0.0, 5.0]
