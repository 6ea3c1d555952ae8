"""Filters and pruning change how fast seeds are found, never which rows they are."""

from __future__ import annotations

import numpy as np
import pytest

from kwise import _core
from kwise._core.dataset import pack

FILTERS = ("automatic", "float32", "int16", "triangle")


def plain_seeds(X, uniforms, n_clusters, n_trials, weights):
    """Choose rows by greedy k-means++ with these draws, by definition."""
    w = np.ones(len(X), X.dtype) if weights is None else weights
    share = np.cumsum((w / w.sum()).astype(np.float64))
    seeds = [int(np.searchsorted(share / share[-1], uniforms[0], side="right"))]
    nearest = squares(X, X[seeds[0]])
    potential = X.dtype.type(np.float64(nearest) @ np.float64(w))
    for draws in uniforms[1:].reshape(-1, n_trials):
        trials = np.searchsorted(np.cumsum(w * nearest), draws * np.float64(potential))
        trials = np.minimum(trials, len(X) - 1)
        nearer = [np.minimum(nearest, squares(X, X[t])) for t in trials]
        potentials = [X.dtype.type(np.float64(d) @ np.float64(w)) for d in nearer]
        best = int(np.argmin(potentials))
        nearest, potential = nearer[best], potentials[best]
        seeds.append(int(trials[best]))
    return np.array(seeds)


def squares(X, row):
    """Return squared distances, computed in float64 and rounded to X's type."""
    return ((np.float64(X) - np.float64(row)) ** 2).sum(axis=1).astype(X.dtype)


def grouped(n, d, spread=0.3, seed=0):
    """Return rows around twenty centers in the unit cube."""
    rng = np.random.RandomState(seed)
    return rng.uniform(size=(20, d))[rng.randint(20, size=n)] + rng.normal(0, spread, (n, d))


def with_outlier(X):
    """Return the rows with one that is a thousand times as far."""
    X = X.copy()
    X[7] *= 1000.0
    return X


TABLES = {
    "one column": grouped(4500, 1),
    "two columns": grouped(5003, 2, 0.05),
    "three columns": grouped(4097, 3),
    "four columns": grouped(4200, 4, 0.1),
    "few rows": grouped(45, 2),
    "five columns": grouped(2111, 5),
    "wide": grouped(700, 67),
    "ties": np.round(grouped(4500, 2) * 6),
    "large whole numbers": np.round(grouped(6000, 3) * 900),
    "duplicates": np.repeat(grouped(40, 2), 113, axis=0),
    "wide duplicates": np.repeat(grouped(30, 24), 20, axis=0),
    "far from the origin": grouped(4500, 2) + 1e3,
    "wide and far from the origin": grouped(900, 20) + 1e3,
    "an outlier": with_outlier(grouped(4500, 2)),
    "a wide outlier": with_outlier(grouped(900, 20)),
    "scales": grouped(4500, 3) * [1e-6, 1.0, 1e6],
    "tiny": grouped(4500, 2) * 1e-12,
    "large": grouped(900, 9) * 1e12,
    "many features": grouped(700, 150),
    "one distinct row": np.ones((4200, 2)),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", TABLES)
def test_every_filter_chooses_the_rows_of_the_definition(name, dtype):
    X = np.ascontiguousarray(TABLES[name], dtype)
    k, n_trials = 24, 5
    rng = np.random.RandomState(3)
    weights = (rng.uniform(size=len(X)) ** 4 * (rng.uniform(size=len(X)) > 0.3)).astype(dtype)
    for w in (None, weights):
        uniforms = rng.random_sample(1 + (k - 1) * n_trials)
        wanted = plain_seeds(X, uniforms, k, n_trials, w)
        points = pack(X, w, center=False).points
        for which in FILTERS:
            for n_threads in (1, 2):
                rows = _core.kmeans_plusplus(points, k, uniforms, n_trials, n_threads, which)
                np.testing.assert_array_equal(rows, wanted, err_msg=which)


@pytest.mark.parametrize("n_trials", [1, 8, 9, 20])
def test_any_number_of_trials_is_scored(n_trials):
    X = grouped(5000, 2)
    uniforms = np.random.RandomState(0).random_sample(1 + 11 * n_trials)
    wanted = plain_seeds(X, uniforms, 12, n_trials, None)
    for which in FILTERS:
        points = pack(X, None, center=False).points
        rows = _core.kmeans_plusplus(points, 12, uniforms, n_trials, 2, which)
        np.testing.assert_array_equal(rows, wanted)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("d", [2, 11])
def test_shifted_rows_and_columns_side_by_side_give_the_same_rows(d, order):
    X = np.asarray(grouped(4500, d) + 5, order=order)
    packed = pack(X, None)
    uniforms = np.random.RandomState(0).random_sample(1 + 19 * 4)
    wanted = plain_seeds(np.asarray(packed.centered()), uniforms, 20, 4, None)
    for which in FILTERS:
        rows = _core.kmeans_plusplus(packed.points, 20, uniforms, 4, 1, which)
        np.testing.assert_array_equal(rows, wanted)


@pytest.mark.parametrize("n_features", [3, 16, 50])
def test_large_rows_are_seeded_and_fitted_alike_with_less_memory(n_features):
    # Beyond 8 MB the float32 panels are given back while the filter's rows are there.
    n = 2_200_000 // n_features
    X = np.float32(grouped(n, n_features))
    uniforms = np.random.RandomState(0).uniform(size=1 + 3 * 3)

    for same in (X, np.asfortranarray(X)):
        found = []
        for name in FILTERS:
            points = pack(same, None).points
            found.append(_core.kmeans_plusplus(points, 4, uniforms, 3, 2, name))
            start = X[found[-1]] - X.mean(axis=0)
            again = _core.lloyd(points, start, 2, 0.0, 2)["labels"]
            fresh = _core.lloyd(pack(same, None).points, start, 2, 0.0, 2)["labels"]
            np.testing.assert_array_equal(again, fresh)
        np.testing.assert_array_equal(found[1:], found[:-1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_very_far_out_leave_the_rows_of_the_definition(dtype):
    # A few values hundreds of deviations out: the filter is chosen by what packing learns.
    X = np.asarray(grouped(9000, 6), dtype)
    X[:3, 0] *= np.array([1e5, 3e5, -2e5], dtype)
    packed = pack(X, None)
    assert np.abs(packed.centered()).max() ** 2 > 1e4 * packed.variance
    uniforms = np.random.RandomState(0).random_sample(1 + 29 * 5)
    wanted = plain_seeds(np.asarray(packed.centered()), uniforms, 30, 5, None)
    for which in FILTERS:
        rows = _core.kmeans_plusplus(packed.points, 30, uniforms, 5, 2, which)
        np.testing.assert_array_equal(rows, wanted, err_msg=which)


def test_a_filter_that_measures_nearly_all_rows_gives_way():
    # One row far out, and no groups: rows are as far from their seeds as seeds are from each other.
    X = np.random.default_rng(0).normal(size=(12_000, 3))
    X[17, 0] = 1e6
    packed = pack(X, None)
    assert np.abs(packed.centered()).max() ** 2 > 1e4 * packed.variance
    uniforms = np.random.RandomState(1).random_sample(1 + 39 * 5)
    wanted = plain_seeds(np.asarray(packed.centered()), uniforms, 40, 5, None)
    rows = _core.kmeans_plusplus(packed.points, 40, uniforms, 5, 2)
    np.testing.assert_array_equal(rows, wanted)
