"""Sparse rows are filtered in float32, and their labels are the nearest centers all the same."""

import numpy as np
import pytest
from scipy import sparse

import oracle
from kwise import KMeans

N_ROWS, N_FEATURES = 300, 90


def _rows(rng: np.random.RandomState) -> np.ndarray:
    X = rng.normal(size=(N_ROWS, N_FEATURES)) + 2 * rng.randint(3, size=(N_ROWS, 1))
    return X * (rng.uniform(size=X.shape) < 0.1)


KINDS = {
    "ordinary": _rows,
    # Ties everywhere, and products without rounding.
    "whole numbers": lambda rng: np.round(_rows(rng)),
    "duplicates": lambda rng: _rows(rng)[rng.randint(6, size=N_ROWS)],
    "columns of many scales": lambda rng: _rows(rng) * np.logspace(-6, 6, N_FEATURES),
    "rows of many scales": lambda rng: _rows(rng) * np.logspace(-12, 12, N_ROWS)[:, None],
    "tiny": lambda rng: _rows(rng) * 1e-25,
    "huge": lambda rng: _rows(rng) * 1e25,
    "beyond float32": lambda rng: _rows(rng) * 1e60,
    "empty rows": lambda rng: _rows(rng) * (rng.uniform(size=(N_ROWS, 1)) < 0.3),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("n_clusters", [1, 2, 9, 33, 130])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_the_nearest_centers(kind, n_clusters):
    X = KINDS[kind](np.random.RandomState(n_clusters))
    rows = sparse.csr_matrix(X)
    start = X[:n_clusters].copy()
    start[0] += 0.01 * np.abs(X).max()

    for max_iter in (1, 3):
        model = KMeans(n_clusters, init=start, n_init=1, max_iter=max_iter, tol=0).fit(rows)
        squares = oracle.squared_distances(X, model.cluster_centers_)
        nearest = squares.min(axis=1)
        own = squares[np.arange(N_ROWS), model.labels_]
        limits = 1e-9 * ((X**2).sum(axis=1) + (model.cluster_centers_**2).sum(axis=1).max())
        assert np.all(own <= nearest + limits)
        np.testing.assert_array_equal(model.predict(rows), model.labels_)


def test_entries_that_are_stored_twice_add_up():
    rng = np.random.RandomState(0)
    X = _rows(rng)
    once = sparse.csr_matrix(X)
    halves = [np.repeat(each, 2) for each in (once.data / 2, once.indices)]
    twice = sparse.csr_matrix((*halves, 2 * once.indptr), shape=X.shape)
    model = KMeans(9, random_state=0).fit(once)

    np.testing.assert_array_equal(model.predict(twice), model.labels_)
