"""Large tables are searched among few rows, which stand for all wherever centers lie."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.selection import SweepContext, coreset, select_k


@pytest.fixture(scope="module")
def uneven():
    """Three wide groups, and six rows far away, which a plain sample would miss."""
    rng = np.random.default_rng(5)
    X = np.vstack([rng.normal(c, 1.0, (n, 4)) for n, c in ((3500, 0.0), (3000, 9.0), (2500, 30.0))])
    return np.vstack([X, rng.normal(900.0, 1.0, (6, 4))])


def test_weights_estimate_sums_over_all_rows_wherever_centers_lie(uneven, monkeypatch):
    monkeypatch.setattr(coreset, "CORESET_ROWS", 500)
    mass = np.random.default_rng(0).uniform(0.5, 2.0, len(uneven))

    rows, weight = coreset.coreset(uneven, mass, np.arange(len(uneven)), 0.5)

    assert len(np.unique(rows)) == len(rows) <= 500
    assert weight.sum() == pytest.approx(mass.sum(), rel=0.02)
    for center in (np.zeros(4), np.full(4, 9.0), np.full(4, 500.0), np.full(4, 900.0)):
        squared = ((uneven - center) ** 2).sum(axis=1)
        assert weight @ squared[rows] == pytest.approx(mass @ squared, rel=0.05)
    far = rows >= 9000
    np.testing.assert_array_equal(rows[far], np.arange(9000, 9006))
    np.testing.assert_array_equal(weight[far], mass[9000:])


def test_rows_that_are_all_alike_are_drawn_evenly(monkeypatch):
    monkeypatch.setattr(coreset, "CORESET_ROWS", 10)

    rows, weight = coreset.coreset(np.full((100, 2), 3.0), None, np.arange(100)[::-1], 0.0)

    assert (len(rows), weight.sum()) == (10, pytest.approx(100.0))


@pytest.mark.parametrize("weighted", [False, True])
def test_what_is_found_is_as_good_as_among_all_rows_and_said(uneven, monkeypatch, weighted):
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(uneven)) if weighted else None
    plain = SweepContext(uneven, weight, n_init=5, seed=0)
    monkeypatch.setattr(coreset, "CORESET_ROWS", 800)
    monkeypatch.setattr(coreset, "LARGE_CELLS", 10_000)
    moved = np.random.default_rng(2).permutation(len(uneven))
    large = SweepContext(uneven, weight, n_init=5, seed=0)
    again = SweepContext(uneven[moved], None if weight is None else weight[moved], n_init=5, seed=0)

    for k in (1, 2, 4, 7):
        found, expected = large.run(k), plain.run(k)
        assert found.inertia <= expected.inertia * 1.01
        np.testing.assert_array_equal(again.run(k).labels, found.labels[moved])
    assert len(large.starts[4].inertias) == 5
    assert "Centers were looked for among" in large.notes[0]
    assert "all 9,006" in large.notes[0]


def test_tables_too_large_to_be_copied_are_searched_alike(uneven, monkeypatch):
    from kwise.selection import context

    monkeypatch.setattr(coreset, "CORESET_ROWS", 800)
    monkeypatch.setattr(coreset, "LARGE_CELLS", 10_000)
    copied = SweepContext(uneven, None, n_init=3, seed=0)
    monkeypatch.setattr(context, "MOST_CELLS", 10_000)
    in_place = SweepContext(uneven, None, n_init=3, seed=0)

    np.testing.assert_array_equal(in_place.run(4).labels, copied.run(4).labels)


def test_the_answer_says_so(uneven, monkeypatch):
    monkeypatch.setattr(coreset, "CORESET_ROWS", 800)
    monkeypatch.setattr(coreset, "LARGE_CELLS", 10_000)

    found = select_k(uneven, n_init=2, random_state=0)

    assert any("Centers were looked for among" in reason for reason in found.reasons)
