"""Exact k-means on a line equals every brute force, and no start of KMeans beats it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwise import KMeans, judge_sweep, sweep_k
from kwise.ordered import kmeans_1d


def best_of_all_cuts(x, weights, k):
    """Try every partition of the sorted values into k stretches."""
    order = np.argsort(x)
    x, weights = np.asarray(x)[order], np.asarray(weights)[order]
    best = np.inf
    for cuts in itertools.combinations(range(1, len(x)), k - 1):
        total = 0.0
        for a, b in itertools.pairwise((0, *cuts, len(x))):
            if weights[a:b].sum() > 0:
                mean = np.average(x[a:b], weights=weights[a:b])
                total += weights[a:b] @ (x[a:b] - mean) ** 2
        best = min(best, total)
    return best


numbers = st.lists(st.integers(-50, 50), min_size=1, max_size=9)


@given(numbers, st.data())
@settings(max_examples=60, deadline=None)
def test_the_inertia_is_the_least_of_all_partitions(values, data):
    k = data.draw(st.integers(1, len(set(values))))
    weights = data.draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))

    run = kmeans_1d(np.array(values) / 7, [k], sample_weight=weights).run(k)

    assert run.inertia == pytest.approx(
        best_of_all_cuts(np.array(values) / 7, np.array(weights, float), k), abs=1e-9
    )


def test_all_numbers_of_clusters_agree_with_plain_dynamic_programming():
    x = np.sort(np.random.default_rng(3).gamma(2.0, size=150))
    cost = np.array(
        [
            [((x[i:j] - x[i:j].mean()) ** 2).sum() if j > i else 0 for j in range(151)]
            for i in range(151)
        ]
    )
    layer = cost[0]
    sweep = kmeans_1d(x, range(1, 13))
    for k in range(1, 13):
        assert sweep.run(k).inertia == pytest.approx(layer[150], rel=1e-10)
        layer = np.array(
            [min((layer[i] + cost[i, j] for i in range(j)), default=0) for j in range(151)]
        )


def test_no_start_of_kmeans_is_better():
    x = np.random.default_rng(0).normal(size=(500, 1))

    exact = kmeans_1d(x, [2, 7, 12])

    for k in exact.ks:
        tried = KMeans(n_clusters=k, n_init=5, random_state=0).fit(x)
        assert exact.run(k).inertia <= tried.inertia_ * (1 + 1e-12)


def test_clusters_are_stretches_numbered_upward():
    x = np.random.default_rng(1).exponential(size=300)

    labels = kmeans_1d(x, [5]).run(5).labels

    assert (np.diff(labels[np.argsort(x)]) >= 0).all()
    assert set(labels) == set(range(5))


def test_a_row_without_weight_goes_to_its_nearest_center():
    run = kmeans_1d([0.0, 1.0, 9.0, 10.0, 4.9], [2], sample_weight=[1, 1, 1, 1, 0]).run(2)

    assert run.labels.tolist() == [0, 0, 1, 1, 0]
    assert run.inertia == pytest.approx(1.0)


def test_far_from_zero_the_clusters_are_the_same():
    x = np.random.default_rng(2).normal(size=400)

    near, far = kmeans_1d(x, [6]).run(6), kmeans_1d(x + 1e7, [6]).run(6)

    assert far.inertia == pytest.approx(near.inertia, rel=1e-6)


def test_the_exact_runs_can_be_scored_and_chosen_from():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(at, 0.3, 60) for at in (0, 3, 6)])[:, None]

    exact = kmeans_1d(x, range(1, 6))
    scored = sweep_k(x, exact.ks, sweep=exact, random_state=0)

    assert scored.run(3) is exact.run(3)
    assert judge_sweep(scored).k == 3


@pytest.mark.parametrize(
    ("x", "ks", "message"),
    [
        ([1.0, 1.0, 2.0], [3], "only 2 distinct values"),
        ([1.0, 2.0], [], "ks is empty"),
        ([1.0, 2.0], [0], "from 1"),
        ([[1.0, 2.0]], [1], "2 columns"),
        ([1.0, np.nan], [1], "NaN"),
    ],
)
def test_nonsense_is_refused(x, ks, message):
    with pytest.raises(ValueError, match=message):
        kmeans_1d(x, ks)


@pytest.mark.parametrize("n_values", [1, 2, 3, 9, 10, 11])
def test_by_default_no_more_clusters_are_tried_than_there_are_values(n_values):
    assert kmeans_1d(np.arange(float(n_values))).ks == tuple(range(1, min(n_values, 10) + 1))
