"""Runs that go together give what they give one after the other."""

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from kwise._core.dataset import pack
from kwise.estimators import _runs
from kwise.init import Start
from kwise.init.k_means_plusplus import draw_kmeans_plusplus


@pytest.fixture(params=[np.float32, np.float64])
def rows(request, blobs):
    return blobs.astype(request.param)


def one_by_one(packed, starts, **settings):
    """Run from every start alone, and keep the best by the rule."""
    runs = [_runs.descend(packed, start, **settings) for start in starts]
    best = runs[0]
    for run in runs[1:]:
        if run.inertia < best.inertia and not _runs.is_same_partition(
            run.labels, best.labels, len(starts[0].centers)
        ):
            best = run
    return best, tuple(run.inertia for run in runs)


def starts_for(X, n_clusters, n_starts):
    """Draw starts, one of them with centers that lose all their rows."""
    rng = np.random.RandomState(1)
    starts = [X[rng.choice(len(X), n_clusters, replace=False)] for _ in range(n_starts)]
    starts[1] = starts[1].copy()
    starts[1][-1] = 1e3
    return [Start(start) for start in starts]


def same(a, b):
    assert (a.inertia, a.n_iter, a.converged) == (b.inertia, b.n_iter, b.converged)
    np.testing.assert_array_equal(a.labels, b.labels)
    np.testing.assert_array_equal(a.centers, b.centers)


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("n_clusters", [1, 4, 40])
def test_together_is_as_one_by_one(rows, weights, n_clusters, form, n_threads):
    with threadpool_limits(n_threads):
        packed = pack(form(rows), weights.astype(rows.dtype), center=False)
        starts = starts_for(rows, n_clusters, 7)
        assert _runs.go_together(packed, n_clusters)
        run, inertias = _runs.best_run(packed, starts, max_iter=20, tol=1e-4)
        alone, one_each = one_by_one(packed, starts, max_iter=20, tol=1e-4)

    assert inertias == one_each
    same(run, alone)


def test_many_rows_are_labeled_a_few_runs_at_a_time(rows):
    many = np.tile(rows, (150, 1))
    packed = pack(many, None)
    starts = starts_for(packed.centered(), 3, 9)
    assert _runs.go_together(packed, 3)

    run, inertias = _runs.best_run(packed, starts, max_iter=5, tol=0.0)
    alone, one_each = one_by_one(packed, starts, max_iter=5, tol=0.0)

    assert inertias == one_each
    same(run, alone)


def test_work_beyond_the_limit_goes_run_by_run(rows, monkeypatch):
    monkeypatch.setattr(_runs._core, "best_of_runs", None)
    packed = pack(np.tile(rows, (200, 1)), None)

    _, inertias = _runs.best_run(packed, starts_for(rows, 3, 2), max_iter=3, tol=0.0)
    assert len(inertias) == 2


def seeded(packed, n_clusters, n_starts):
    """Draw starts by k-means++."""
    rng = np.random.RandomState(5)
    return [draw_kmeans_plusplus(packed, n_clusters, rng, 3) for _ in range(n_starts)]


TABLES = {
    "few columns": lambda X: X,
    "many columns": lambda X: np.tile(X, (1, 25)) + np.arange(len(X))[:, None] % 7,
    "ties": np.round,
    "duplicates": lambda X: np.round(X[:, :1]),
}


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n_clusters", [1, 2, 30])
@pytest.mark.parametrize("table", TABLES)
def test_seeding_with_its_descent_is_one_after_the_other(
    rows, weights, table, n_clusters, n_threads
):
    X = np.ascontiguousarray(TABLES[table](np.tile(rows, (8, 1))), rows.dtype)
    w = np.tile(weights, 8).astype(rows.dtype)
    settings = {"max_iter": 6, "tol": 0.0, "keep_history": True}
    with threadpool_limits(n_threads):
        packed = pack(X, w, n_clusters=n_clusters)
        (start,) = seeded(packed, n_clusters, 1)
        plain = _runs.descend(packed, Start(start.centers), **settings)
        found = _runs.descend(packed, start, **settings)

    same(found, plain)
    np.testing.assert_array_equal(found.history.centers, plain.history.centers)
    np.testing.assert_array_equal(found.history.inertia, plain.history.inertia)


def test_seeded_starts_go_together_as_their_centers_do(rows):
    packed = pack(rows, None)
    starts = seeded(packed, 5, 4)
    settings = {"max_iter": 9, "tol": 0.0}

    expected, one_each = one_by_one(packed, starts, **settings)
    run, inertias = _runs.best_run(packed, starts, **settings)

    assert inertias == one_each
    same(run, expected)


def test_sparse_rows_are_seeded_and_descended_from(rows):
    packed = pack(sparse.csr_matrix(rows), None)
    (start,) = seeded(packed, 3, 1)

    found = _runs.descend(packed, start, max_iter=9, tol=0.0)

    same(found, _runs.descend(packed, Start(start.centers), max_iter=9, tol=0.0))


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("n_clusters", [1, 5, 40])
def test_data_sets_at_once_are_those_one_by_one(rows, n_clusters, n_threads):
    tables = [rows, rows[::2], np.tile(rows, (1, 20)), np.round(rows), rows[: n_clusters + 1]]
    tols = [0.0, 1e-3, 0.0, 1e-4, 0.0]
    with threadpool_limits(n_threads):
        data = [pack(np.ascontiguousarray(each), None) for each in tables]
        starts = [seeded(packed, n_clusters, 3) for packed in data]
        uniforms = np.array([[start.uniforms for start in each] for each in starts])
        found = _runs.best_of_each(data, n_clusters, uniforms, 3, max_iter=9, tols=tols)

        for packed, each, tol, (run, inertias) in zip(data, starts, tols, found, strict=True):
            expected, one_each = one_by_one(packed, each, max_iter=9, tol=tol)
            assert inertias == one_each
            same(run, expected)
