"""Single groups with a table's own skew and tails, and traits of a table."""

import numpy as np
import pytest
from scipy.stats import skew
from sklearn.neighbors import NearestNeighbors

from kwise.metrics import dip_statistic
from kwise.selection.dequantization import few_valued
from kwise.selection.traits import measure_traits
from kwise.selection.unimodal import Unimodal


def unimodal(X):
    return Unimodal(X, X @ np.linalg.svd(X, full_matrices=False)[2].T)


def test_two_groups_become_one_peak():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2)) + np.repeat([0, 9], 300)[:, None]
    X -= X.mean(axis=0)

    drawn = unimodal(X).draw(600, rng)

    assert all(np.sqrt(600) * dip_statistic(column) < 0.7 for column in drawn.T)
    assert np.isclose(np.abs(drawn).max(), np.abs(X @ np.linalg.svd(X)[2].T).max(), rtol=0.3)


def test_a_skewed_group_keeps_its_skew():
    rng = np.random.default_rng(0)
    X = rng.exponential(size=(2000, 2))

    drawn = unimodal(X - X.mean(axis=0)).draw(2000, rng)

    assert (np.abs(skew(drawn, axis=0) - 2.4) < 0.8).all()


def test_axes_without_spread_are_left_out():
    X = np.column_stack([np.random.default_rng(0).normal(size=50), np.zeros(50)])

    assert unimodal(X).draw(10, np.random.default_rng(0)).shape == (10, 1)


def traits(X):
    near = NearestNeighbors(n_neighbors=6).fit(X).kneighbors(return_distance=False)
    return measure_traits(X, X, X, few_valued(X), near)


def test_rows_on_a_ring_spread_in_one_direction_and_hang_together():
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, 500)

    found = traits(np.column_stack([np.cos(angle), np.sin(angle)]))

    assert found["directions"] == pytest.approx(1.0, abs=0.4)
    assert found["components"] <= 4


def test_far_groups_are_components():
    X = np.random.default_rng(0).normal(size=(300, 2)) + np.repeat([0, 50, 100], 100)[:, None]

    assert traits(X)["components"] == 3


@pytest.mark.parametrize("X", [np.zeros((30, 2)), np.random.default_rng(0).normal(size=(12, 40))])
def test_traits_are_finite(X):
    assert all(np.isfinite(value) for value in traits(X).values())
