"""The order in which samples take rows follows from what the rows hold alone."""

import numpy as np
import pytest

from kwise.selection import SweepContext, row_order
from kwise.selection.row_order import order_by_content, written_once


@pytest.fixture
def table():
    return np.random.default_rng(0).normal(size=(200, 3))


def test_rows_come_in_the_same_order_wherever_they_stand(table):
    moved = np.random.default_rng(1).permutation(len(table))

    np.testing.assert_array_equal(
        table[order_by_content(table, 7)], table[moved][order_by_content(table[moved], 7)]
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table * 1000.0,
        lambda table: table + 50.0,
        lambda table: np.column_stack([table, np.ones(len(table))]),
    ],
    ids=["unit", "offset", "constant column"],
)
def test_unit_offset_and_constant_columns_change_nothing(table, change):
    np.testing.assert_array_equal(order_by_content(table, 7), order_by_content(change(table), 7))


def test_another_seed_gives_another_order(table):
    assert (order_by_content(table, 7) != order_by_content(table, 8)).any()


def test_the_order_looks_random(table):
    ranks = np.argsort(order_by_content(table, 7))

    assert abs(np.corrcoef(ranks, table[:, 0])[0, 1]) < 0.2


def test_rows_written_twice_are_taken_once(table):
    twice = np.repeat(table, 2, axis=0)

    once = written_once(twice, order_by_content(twice, 7))

    np.testing.assert_array_equal(twice[once], table[order_by_content(table, 7)])


def test_rows_that_come_unequally_often_all_stay(table):
    some = np.vstack([table, table[:5]])

    assert len(written_once(some, order_by_content(some, 7))) == 205


def test_equal_rows_alone_all_stay():
    equal = np.zeros((9, 2))

    assert len(written_once(equal, order_by_content(equal, 0))) == 9


@pytest.mark.parametrize("limit", [50, 1000])
def test_a_sample_is_the_same_for_moved_and_doubled_rows(table, limit):
    moved = np.random.default_rng(1).permutation(len(table))
    samples = [
        SweepContext(rows, None, n_init=1, seed=0).sample(limit)
        for rows in (table, table[moved], np.repeat(table, 2, axis=0))
    ]

    np.testing.assert_allclose(samples[1], samples[0], atol=1e-12)
    np.testing.assert_allclose(samples[2], samples[0], atol=1e-12)


@pytest.mark.parametrize("often", [1, 2, 3])
def test_the_first_look_changes_no_answer(often, monkeypatch):
    X = np.repeat(np.random.default_rng(0).integers(40, size=(300, 2)).astype(float), often, axis=0)
    order = order_by_content(X, 0)
    expected = written_once(X, order)

    for looked_at in (1, 2, 7, 10**6):
        monkeypatch.setattr(row_order, "FIRST_LOOK", looked_at)

        np.testing.assert_array_equal(written_once(X, order), expected)
