"""Segments are the best of all contiguous partitions, and equal to ruptures' exact ones."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from kwise.ordered import segment


def inertia_of(X, bounds, weight):
    """Sum the weighted squares about the mean of each stretch."""
    total = 0.0
    for a, b in itertools.pairwise(bounds):
        mean = np.average(X[a:b], axis=0, weights=weight[a:b])
        total += weight[a:b] @ ((X[a:b] - mean) ** 2).sum(axis=1)
    return total


@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 3), st.data())
@settings(max_examples=60, deadline=None)
def test_the_inertia_is_the_least_of_all_contiguous_partitions(seed, n, d, data):
    rng = np.random.default_rng(seed)
    X, weight = rng.normal(size=(n, d)), rng.uniform(0.5, 2, n)
    k = data.draw(st.integers(1, n))

    run = segment(X, [k], sample_weight=weight).run(k)

    every = [(0, *cuts, n) for cuts in itertools.combinations(range(1, n), k - 1)]
    assert run.inertia == pytest.approx(
        min(inertia_of(X, bounds, weight) for bounds in every), abs=1e-9
    )
    assert run.labels.max() + 1 == k


@pytest.mark.parametrize("d", [1, 3])
def test_segments_equal_those_of_ruptures(d):
    ruptures = pytest.importorskip("ruptures")
    signal, _ = ruptures.pw_constant(150, d, 4, noise_std=1.5, seed=2)
    oracle = ruptures.Dynp(model="l2", min_size=1, jump=1).fit(signal)

    found = segment(signal, range(1, 7))

    for k in range(2, 7):
        assert [*found.starts(k)[1:], 150] == oracle.predict(n_bkps=k - 1)


def test_the_number_of_segments_is_found():
    rng = np.random.default_rng(0)
    steps = np.repeat([0.0, 4.0, 1.0, 5.0], [40, 60, 30, 70])

    found = segment(steps + rng.normal(size=200))

    assert found.k == 4
    assert np.abs(np.array(found.starts()) - [0, 40, 100, 130]).max() <= 2


def test_structureless_rows_stay_in_one_segment():
    kept = [segment(np.random.default_rng(seed).normal(size=200)).k for seed in range(10)]

    assert kept == [1] * 10


def test_equal_rows_are_one_segment():
    assert segment(np.full(50, 3.7), range(1, 5)).k == 1


def test_a_weight_of_two_is_a_row_twice():
    X = np.random.default_rng(5).normal(size=30)
    weight = np.random.default_rng(6).integers(1, 4, 30)

    once = segment(X, [4], sample_weight=weight).run(4)
    repeated = segment(np.repeat(X, weight), [4]).run(4)

    assert once.inertia == pytest.approx(repeated.inertia, rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ks": [6]}, "only 5 rows"),
        ({"sample_weight": [1, 1, 0, 1, 1]}, "not positive"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        segment(np.arange(5.0), **{"ks": [2], **arguments})


@pytest.mark.parametrize("n_rows", [1, 2, 6, 12])
def test_by_default_no_more_segments_are_tried_than_there_are_rows(n_rows):
    assert segment(np.arange(float(n_rows))).ks == tuple(range(1, min(n_rows, 10) + 1))


def by_every_cut(X, most, weight):
    """Return the least inertia with 1 to ``most`` segments, with every cut tried."""
    n = len(X)
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    sums = np.concatenate([np.zeros((1, X.shape[1])), np.cumsum(X * weight[:, None], axis=0)])
    squares = np.concatenate([[0.0], np.cumsum(np.square(X).sum(axis=1) * weight)])

    def costs(stop):
        spread = np.square(sums[stop] - sums[:stop]).sum(axis=1)
        return squares[stop] - squares[:stop] - spread / (mass[stop] - mass[:stop])

    best = np.full((most + 1, n + 1), np.inf)
    best[0, 0] = 0.0
    for stop in range(1, n + 1):
        best[1:, stop] = (best[:-1, :stop] + costs(stop)).min(axis=1)
    return best[1:, n]


@pytest.mark.parametrize("kind", ["noise", "steps", "walk", "few values", "weights"])
@pytest.mark.parametrize("n_features", [1, 3])
def test_what_is_passed_over_holds_no_better_cut(kind, n_features):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(1500, n_features))
    weight = rng.uniform(0.1, 4, 1500) if kind == "weights" else np.ones(1500)
    if kind == "steps":
        X += np.repeat(rng.normal(0, 3, (10, n_features)), 150, axis=0)
    if kind == "walk":
        X = X.cumsum(axis=0)
    if kind == "few values":
        X = np.round(X)

    found = segment(X, range(1, 7), sample_weight=weight)

    expected = by_every_cut(X, 6, weight)
    assert [run.inertia for run in found.runs] == pytest.approx(expected, rel=1e-9)


def test_threads_change_no_cut():
    X = np.random.default_rng(0).normal(size=(3000, 2)).cumsum(axis=0)
    answers = set()
    for n_threads in (1, 2, 3):
        with threadpool_limits(n_threads):
            answers.add(tuple(segment(X, [7]).starts()))

    assert len(answers) == 1
