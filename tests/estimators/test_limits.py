"""Sizes of clusters within limits, and rows left out: exact, and beside brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog
from threadpoolctl import threadpool_limits

from kwise import KMeans
from kwise._core.variants import assign_within


def least_cost(costs: np.ndarray, least: np.ndarray, most: np.ndarray) -> float:
    """Return the optimum of the transport problem by linear programming."""
    n, k = costs.shape
    each_row = np.kron(np.eye(n), np.ones(k))
    sizes = np.tile(np.eye(k), (1, n))
    found = linprog(
        costs.ravel(),
        A_ub=np.vstack([sizes, -sizes]),
        b_ub=np.concatenate([most, -least]),
        A_eq=each_row,
        b_eq=np.ones(n),
        bounds=(0, 1),
    )
    return float(found.fun)


@pytest.mark.parametrize("seed", range(40))
def test_the_assignment_is_that_of_linear_programming_and_proves_it(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 22)), int(rng.integers(1, 6))
    tied = seed % 2
    costs = rng.integers(0, 5, (n, k)).astype(float) if tied else rng.random((n, k))
    least = rng.integers(0, n // k + 1, k)
    most = np.minimum(n, np.maximum(-(-n // k), least + rng.integers(0, n + 1, k)))

    found = assign_within(costs, least, most, rng.normal(size=k) * (seed % 3))

    counts = np.bincount(found.labels, minlength=k)
    assert (counts >= least).all()
    assert (counts <= most).all()
    assert found.cost == pytest.approx(least_cost(costs, least, most), abs=1e-9)
    assert 0.0 <= found.gap < 1e-9


def test_any_prices_to_begin_with_lead_to_the_same_cost():
    rng = np.random.default_rng(0)
    costs = rng.random((200, 6))
    sizes = np.full(6, 33), np.full(6, 34)

    found = [assign_within(costs, *sizes, rng.normal(size=6) * scale) for scale in (0, 1, 100)]

    assert len({round(each.cost, 9) for each in found}) == 1


def best_by_trying_all(X: np.ndarray, k: int, least: int, most: int, left_out: int) -> float:
    """Return the least inertia of all labelings within the limits."""
    best = np.inf
    for each in itertools.product(range(-1 if left_out else 0, k), repeat=len(X)):
        labels = np.array(each)
        sizes = np.bincount(labels[labels >= 0], minlength=k)
        if (labels < 0).sum() == left_out and (sizes >= least).all() and (sizes <= most).all():
            groups = (X[labels == c] for c in range(k))
            best = min(best, sum(((g - g.mean(axis=0)) ** 2).sum() for g in groups if len(g)))
    return float(best)


@pytest.mark.parametrize(
    ("limits", "least", "most", "left_out"),
    [
        ({"min_size": 3}, 3, 7, 0),
        ({"max_size": 3}, 1, 3, 0),
        ({"max_size": "balanced"}, 2, 3, 0),
        ({"trim": 2}, 1, 7, 2),
        ({"trim": 0.15, "min_size": 2}, 2, 7, 1),
    ],
)
def test_many_starts_find_the_best_of_all_labelings(limits, least, most, left_out):
    k = 3 if most == 3 else 2
    for seed in range(3):
        X = np.random.default_rng(seed).normal(size=(7, 2))
        model = KMeans(k, n_init=40, random_state=0, **limits).fit(X)
        best = best_by_trying_all(X, k, least, most, left_out)
        assert model.inertia_ == pytest.approx(best)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_sizes_keep_to_their_limits(blobs, dtype, container):
    X = container(blobs.astype(dtype))

    model = KMeans(7, min_size=30, max_size=50, random_state=0, keep_history=True).fit(X)

    sizes = np.bincount(model.labels_)
    assert sizes.min() >= 30
    assert sizes.max() <= 50
    assert model.cluster_centers_.dtype == dtype
    assert model.assignment_gap_ <= 1e-6 * model.inertia_
    assert model.history_.inertia[-1] == pytest.approx(model.inertia_)
    assert (np.diff(model.history_.inertia) <= 1e-6 * model.inertia_).all()


def test_balanced_sizes_differ_by_one_at_most(blobs):
    sizes = np.bincount(KMeans(7, max_size="balanced", random_state=0).fit_predict(blobs))

    assert sizes.tolist().count(43) == 6
    assert sorted(sizes)[0] == 42


def test_limits_that_nothing_exceeds_change_nothing(blobs):
    plain = KMeans(4, random_state=0).fit(blobs)
    limited = KMeans(4, min_size=1, max_size=300, random_state=0).fit(blobs)

    np.testing.assert_array_equal(limited.labels_, plain.labels_)
    assert limited.inertia_ == pytest.approx(plain.inertia_)


def test_outliers_are_left_out_and_listed(blobs):
    rng = np.random.default_rng(0)
    far = rng.uniform(-1, 1, (15, 3))
    X = np.vstack([blobs, 200 * far / np.linalg.norm(far, axis=1, keepdims=True)])
    clean = KMeans(4, random_state=0, n_init=10).fit(blobs)

    for trim in (15, 15 / 315):
        model = KMeans(4, trim=trim, random_state=0).fit(X)
        np.testing.assert_array_equal(model.outliers_, np.arange(300, 315))
        np.testing.assert_array_equal(np.flatnonzero(model.labels_ == -1), model.outliers_)
        assert model.inertia_ == pytest.approx(clean.inertia_, rel=1e-6)
    assert (model.predict(X) >= 0).all()


def test_weights_count_in_costs_and_means(blobs, weights):
    for limits in ({"trim": 0.1}, {"max_size": 80}):
        model = KMeans(4, random_state=0, **limits).fit(blobs, sample_weight=weights)
        kept = model.labels_ >= 0
        away = ((blobs - model.cluster_centers_[model.labels_]) ** 2).sum(axis=1)
        assert model.inertia_ == pytest.approx((weights * away)[kept].sum())
        for c in range(4):
            mine = model.labels_ == c
            mean = np.average(blobs[mine], weights=weights[mine], axis=0)
            np.testing.assert_allclose(model.cluster_centers_[c], mean)


def test_the_answer_is_the_same_on_any_number_of_threads():
    X = np.random.default_rng(0).normal(size=(5000, 6))
    for limits in ({"trim": 0.05}, {"max_size": "balanced"}):
        found = []
        for n in (1, 2):
            with threadpool_limits(n):
                found.append(KMeans(5, random_state=0, **limits).fit(X))
        np.testing.assert_array_equal(found[0].labels_, found[1].labels_)
        np.testing.assert_array_equal(found[0].cluster_centers_, found[1].cluster_centers_)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"min_size": 80}, "min_size=80 asks for 320 rows in n_clusters=4 clusters, and there"),
        ({"max_size": 70}, "max_size=70 leaves room for 280 rows .* pass max_size from 75"),
        ({"min_size": 60, "max_size": 50}, "max_size=50 leaves room for 200|min_size=60 is above"),
        ({"min_size": 2, "max_size": "balanced"}, "says both limits"),
        ({"trim": 297}, "trim=297 leaves 3 of 300 rows for n_clusters=4; pass at most 296 rows"),
        ({"trim": -0.1}, "'trim' parameter of KMeans must be"),
        ({"trim": 1.5}, "'trim' parameter of KMeans must be"),
        ({"max_size": 0}, "'max_size' parameter of KMeans must be"),
    ],
)
def test_limits_that_cannot_be_kept_are_refused_at_once(blobs, limits, words):
    with pytest.raises(ValueError, match=words):
        KMeans(4, **limits).fit(blobs)


def test_few_distinct_rows_still_keep_to_sizes(duplicates):
    for limits in ({"max_size": 10}, {"trim": 3}):
        model = KMeans(6, random_state=0, **limits).fit(duplicates)
        assert len(np.unique(model.labels_[model.labels_ >= 0])) == 6


def test_what_a_fit_without_limits_does_not_have_is_gone(blobs):
    model = KMeans(4, trim=3, random_state=0).fit(blobs)
    model.set_params(trim=0).fit(blobs)

    assert not hasattr(model, "outliers_")
    assert not hasattr(model, "assignment_gap_")
