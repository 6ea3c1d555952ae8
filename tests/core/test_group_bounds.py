"""Bounds by group of centers pass over most of them, and answers are plain Lloyd's all the same."""

import numpy as np
import pytest

import oracle
from kwise import _core

# As many products a row as such bounds are kept for.
N_ROWS, N_FEATURES, N_CLUSTERS = 1200, 640, 70


def _grouped(rng: np.random.RandomState, spread: float) -> np.ndarray:
    middles = rng.uniform(-1, 1, size=(N_CLUSTERS, N_FEATURES))
    own = rng.randint(N_CLUSTERS, size=N_ROWS)
    return middles[own] + spread * rng.normal(size=(N_ROWS, N_FEATURES))


KINDS = {
    "groups": lambda rng: _grouped(rng, 0.3),
    "close groups": lambda rng: _grouped(rng, 3.0),
    "noise": lambda rng: rng.normal(size=(N_ROWS, N_FEATURES)),
    "whole numbers": lambda rng: rng.randint(-1, 2, size=(N_ROWS, N_FEATURES)).astype(float),
    "duplicates": lambda rng: _grouped(rng, 0.5)[rng.randint(90, size=N_ROWS)],
    "far from the origin": lambda rng: _grouped(rng, 0.5) + 1e4,
    "columns of many scales": lambda rng: _grouped(rng, 0.5) * np.logspace(-6, 6, N_FEATURES),
    "rows of many scales": lambda rng: _grouped(rng, 0.5) * np.logspace(-9, 9, N_ROWS)[:, None],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_every_iteration_are_the_nearest_centers(kind, dtype):
    X = KINDS[kind](np.random.RandomState(0)).astype(dtype)
    start = X[:N_CLUSTERS]

    for max_iter in (2, 3, 4, 6, 11):
        run = _core.lloyd(_core.pack(X, None, None, 2), start, max_iter, 0.0, 2)
        squares = oracle.squared_distances(X, run["centers"])
        np.testing.assert_array_equal(run["labels"], squares.argmin(axis=1))


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_a_whole_run_on_whole_numbers_is_plain_lloyds(n_threads):
    X = KINDS["whole numbers"](np.random.RandomState(1))
    start = X[:N_CLUSTERS]

    run = _core.lloyd(_core.pack(X, None, None, n_threads), start, 300, 0.0, n_threads)
    plain = oracle.lloyd(X, np.ones(N_ROWS), start, 300, 0.0)

    np.testing.assert_array_equal(run["centers"], plain.centers)
    np.testing.assert_array_equal(run["labels"], plain.labels)
    assert run["n_iter"] == plain.n_iter
