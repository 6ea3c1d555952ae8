"""Columns of few values stand for ranges where densities are measured."""

import numpy as np

from kwise.selection.dequantization import few_valued, spread_values


def spread(column, seed=0):
    X = np.asarray(column, dtype=float)[:, None]
    return spread_values(X, few_valued(X), np.random.default_rng(seed))[:, 0]


def test_measurements_stay_as_they_are():
    X = np.random.default_rng(0).normal(size=(100, 2))

    assert not few_valued(X).any()
    assert spread_values(X, few_valued(X), np.random.default_rng(0)) is X


def test_values_are_spread_half_way_to_the_next():
    column = np.repeat([0.0, 1.0, 3.0], 50)

    found = spread(column)

    assert -0.5 <= found[:50].min() < -0.4
    assert 0.4 < found[:50].max() <= 0.5
    assert found[50:100].min() >= 0.5
    assert found[50:100].max() <= 2.0
    assert 3.5 < found[100:].max() <= 4.0


def test_years_evenly_often_lie_evenly():
    found = spread(np.tile([2019.0, 2020.0, 2021.0], 400))

    counts, _ = np.histogram(found, bins=6)
    assert counts.min() > 0.8 * counts.max()


def test_a_wide_gap_stays_a_valley():
    found = spread(np.repeat([1.8, 1.9, 2.0, 4.0, 4.1, 4.2], 60))

    assert np.histogram(found, bins=[1.7, 2.1, 3.0, 3.9, 4.3])[0].argsort()[:2].tolist() in (
        [1, 2],
        [2, 1],
    )


def test_a_constant_column_stays_constant():
    X = np.column_stack([np.full(60, 7.0), np.tile([0.0, 1.0], 30)])

    found = spread_values(X, few_valued(X), np.random.default_rng(0))

    assert few_valued(X).tolist() == [False, True]
    assert (found[:, 0] == 7.0).all()
    assert X[:, 1].tolist() == [0.0, 1.0] * 30
