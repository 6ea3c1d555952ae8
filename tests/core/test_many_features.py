"""Rows of many features are filtered in fixed point, and answers are plain Lloyd's all the same."""

import numpy as np
import pytest

import oracle
from kwise import _core

N_ROWS, N_CLUSTERS = 400, 9


# What is done to ordinary rows, by name.
KINDS = {
    "ordinary": lambda X, rng: X,
    # Ties everywhere, and sums without rounding.
    "whole numbers": lambda X, rng: rng.randint(-2, 3, size=X.shape).astype(float),
    "duplicates": lambda X, rng: X[rng.randint(6, size=N_ROWS)],
    "far from the origin": lambda X, rng: X + 1e4,
    "columns of many scales": lambda X, rng: X * np.logspace(-6, 6, X.shape[1]),
    "rows of many scales": lambda X, rng: X * np.logspace(-12, 12, N_ROWS)[:, None],
    "mostly zeros": lambda X, rng: X * (rng.uniform(size=X.shape) < 0.03),
    "tiny": lambda X, rng: X * 1e-30,
    "huge": lambda X, rng: X * 1e15,
}


def _rows(kind: str, n_features: int) -> np.ndarray:
    rng = np.random.RandomState(n_features)
    X = rng.normal(size=(N_ROWS, n_features)) + 2 * rng.randint(3, size=(N_ROWS, 1))
    return KINDS[kind](X, rng)


@pytest.mark.parametrize("n_features", [64, 131])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_every_iteration_are_the_nearest_centers(kind, dtype, n_features):
    X = _rows(kind, n_features).astype(dtype)
    start = X[:N_CLUSTERS]

    for max_iter in (1, 2, 5):
        run = _core.lloyd(_core.pack(X, None, None, 2), start, max_iter, 0.0, 2)
        squares = oracle.squared_distances(X, run["centers"])
        np.testing.assert_array_equal(run["labels"], squares.argmin(axis=1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_whole_run_on_whole_numbers_is_plain_lloyds(dtype, weighted):
    X = _rows("whole numbers", 70).astype(dtype)
    weights = np.random.RandomState(0).randint(5, size=N_ROWS).astype(dtype) if weighted else None
    masses = np.ones(N_ROWS, dtype) if weights is None else weights
    start = X[:N_CLUSTERS]

    run = _core.lloyd(_core.pack(X, None, weights, 1), start, 300, 0.0, 1)
    plain = oracle.lloyd(X, masses, start, 300, 0.0)

    np.testing.assert_array_equal(run["centers"], plain.centers)
    np.testing.assert_array_equal(run["labels"], plain.labels)
    assert run["n_iter"] == plain.n_iter


@pytest.mark.parametrize("kind", KINDS)
def test_the_layout_of_the_rows_changes_no_bit(kind):
    X = _rows(kind, 90)
    shift = X.mean(axis=0)
    by_column, padded = np.asfortranarray(X), np.hstack([X, X])[:, :90]

    points = [_core.pack(each, shift, None, 1) for each in (X, by_column, padded)]
    runs = [_core.lloyd(each, X[:N_CLUSTERS] - shift, 20, 0.0, 1) for each in points]
    seeds = [
        _core.kmeans_plusplus(each, 5, np.random.RandomState(0).uniform(size=13), 3, 1)
        for each in points
    ]

    for run, chosen, each in zip(runs, seeds, points, strict=True):
        np.testing.assert_array_equal(run["labels"], runs[0]["labels"])
        np.testing.assert_array_equal(run["centers"], runs[0]["centers"])
        np.testing.assert_array_equal(chosen, seeds[0])
        assert each.variance == points[0].variance
