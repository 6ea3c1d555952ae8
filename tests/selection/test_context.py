"""What a context shares: samples that follow the weights and grow with k."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.selection import SweepContext, distinct, sweep_k
from kwise.selection.context import rows_for


@pytest.mark.parametrize(
    ("k", "rows"), [(1, 100), (20, 100), (21, 200), (40, 200), (41, 400), (160, 800)]
)
def test_samples_double_where_groups_would_get_too_few_rows(k: int, rows: int) -> None:
    assert rows_for(k, 100) == rows


def test_equal_weights_draw_every_row_once() -> None:
    context = SweepContext(np.zeros((57, 1)), np.full(57, 0.3), n_init=1, seed=0)

    np.testing.assert_array_equal(context.rows(100), np.arange(57))


def test_rows_come_as_often_as_their_weights_ask() -> None:
    weight = np.array([0.0, 1.0, 2.0, 5.0])
    context = SweepContext(np.zeros((4000, 1)), np.tile(weight, 1000), n_init=1, seed=3)

    counts = np.bincount(context.rows(9999), minlength=4000).reshape(-1, 4)

    assert counts.sum() == 3000
    asked = 3000 * weight / 8000
    assert (np.abs(counts - asked) < 1.0).all()


def test_a_weight_of_zero_is_never_drawn() -> None:
    weight = np.r_[np.zeros(10), np.ones(5), np.zeros(10)]

    assert set(SweepContext(np.zeros((25, 1)), weight, n_init=1, seed=0).rows(40)) == set(
        range(10, 15)
    )


def test_equal_weights_change_no_score_that_resamples() -> None:
    X = np.random.default_rng(0).normal(size=(120, 2)) + np.repeat([0, 9], 60)[:, None]
    names = ["gap", "prediction_strength", "stability", "separation", "one_group", "mixture"]

    plain = sweep_k(X, [1, 2, 3], criteria=names, n_init=2, random_state=0)
    weighted = sweep_k(
        X, [1, 2, 3], criteria=names, n_init=2, sample_weight=np.full(120, 2.0), random_state=0
    )

    for name in names:
        np.testing.assert_allclose(
            [score.value for score in weighted.scores[name]],
            [score.value for score in plain.scores[name]],
        )


def test_a_column_that_varies_outside_the_sample_stays_in_it() -> None:
    X = np.random.default_rng(0).normal(size=(400, 3))
    X[:, 1] = 0.0
    first = SweepContext(X, None, n_init=1, seed=0)
    X[first.rows(400)[-1], 1] = 5.0  # the last row that a sample takes
    X[:, 2] = 7.0
    context = SweepContext(X, None, n_init=1, seed=0)

    assert context.varying.tolist() == [True, True, False]
    assert context.of_sample(50).raw_sample(50).shape == (50, 2)
    assert context.run(2).centers[:, 2].tolist() == [7.0, 7.0]


def test_many_equal_rows_are_fitted_as_their_distinct_ones(monkeypatch):
    rng = np.random.default_rng(3)
    X = np.vstack([rng.normal(c, 1.0, (40, 3)) for c in (0.0, 8.0, 20.0)])
    X = np.column_stack([X, np.ones(len(X))])
    times = rng.integers(1, 9, len(X))
    moved = rng.permutation(times.sum())
    table = np.repeat(X, times, axis=0)[moved]
    weight = np.repeat(rng.uniform(0.5, 2.0, len(X)), times)[moved]

    for weights in (None, weight):
        plain = SweepContext(table, weights, n_init=10, seed=0)
        monkeypatch.setattr(distinct, "MANY_ROWS", 100)
        short = SweepContext(table, weights, n_init=10, seed=0)

        for k in (1, 2, 3):
            found, expected = short.run(k), plain.run(k)
            assert found.inertia == pytest.approx(expected.inertia, rel=1e-12)
            np.testing.assert_array_equal(found.labels, expected.labels)
            np.testing.assert_allclose(found.centers, expected.centers, rtol=1e-12)
        assert len(short.shared("fitter", dict)[0]._packed.X) == len(X)
        monkeypatch.undo()


def test_tables_of_few_equal_rows_are_fitted_as_they_are(monkeypatch):
    monkeypatch.setattr(distinct, "MANY_ROWS", 10)
    X = np.arange(30.0).reshape(-1, 1)
    context = SweepContext(np.vstack([X, X[:5]]), None, n_init=1, seed=0)

    context.run(2)

    assert len(context.shared("fitter", dict)[0]._packed.X) == 35
