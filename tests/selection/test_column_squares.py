"""Sums of squares between clusters, column by column."""

import numpy as np
import pytest

from kwise.selection.column_squares import squares_between


def test_the_sums_are_those_of_the_definition():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(50, 3)), rng.integers(4, size=50)
    labels[labels == 2] = 5  # numbers that no row has

    found = squares_between(X, labels)

    away = np.array([X[labels == c].mean(axis=0) - X.mean(axis=0) for c in labels])
    assert found == pytest.approx((away**2).sum(axis=0))


@pytest.mark.parametrize("shape", [(1, 4), (500, 1), (20_640, 2), (777, 9)])
def test_one_cluster_has_nothing_between(shape):
    X = np.random.default_rng(0).lognormal(size=shape) * 1e6

    assert squares_between(X, np.zeros(len(X), dtype=int)).tolist() == [0.0] * shape[1]
