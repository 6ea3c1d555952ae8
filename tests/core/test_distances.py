"""Distances to all centers are those of direct differences, whatever the data and their layout."""

import numpy as np
import pytest

from kwise import _core

N_ROWS = 130  # whole tiles, and some rows more

# What is done to ordinary rows, by name.
KINDS = {
    "ordinary": lambda X, rng: X,
    "near the centers": lambda X, rng: X[rng.randint(10, size=N_ROWS)] + 1e-5 * X,
    "duplicates": lambda X, rng: X[rng.randint(6, size=N_ROWS)],
    "far from the origin": lambda X, rng: X + 1e4,
    "very far from the origin": lambda X, rng: X + 1e8,
    "columns of many scales": lambda X, rng: X * np.logspace(-6, 6, X.shape[1]),
    "rows of many scales": lambda X, rng: X * np.logspace(-12, 12, N_ROWS)[:, None],
    "mostly zeros": lambda X, rng: X * (rng.uniform(size=X.shape) < 0.03),
    "tiny": lambda X, rng: X * 1e-30,
    "huge": lambda X, rng: X * 1e18,
}
# Largest relative errors that are allowed.
ERRORS = {np.float32: 2.0**-23, np.float64: 1e-12}


def _rows(kind, n_features, dtype):
    rng = np.random.RandomState(n_features)
    X = rng.normal(size=(N_ROWS, n_features)) + 2 * rng.randint(3, size=(N_ROWS, 1))
    return KINDS[kind](X, rng).astype(dtype)


def _direct(X, centers):
    X, centers = X.astype(np.longdouble), centers.astype(np.longdouble)
    return np.sqrt(np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1))


@pytest.mark.parametrize("n_features", [1, 2, 3, 4, 5, 8, 64, 131])
@pytest.mark.parametrize("dtype", ERRORS)
@pytest.mark.parametrize("kind", KINDS)
def test_distances_are_right_to_the_last_digits(kind, dtype, n_features):
    X = _rows(kind, n_features, dtype)

    for n_centers in (1, 7, 8, 10, 24, 61):
        centers = X[:n_centers] if n_centers != 10 else X[:10] + X[10:20] * dtype(0.01)
        found, finite = _core.distances(X, centers, 2)

        assert finite
        assert found.dtype == dtype
        expected = _direct(X, centers)
        np.testing.assert_allclose(found, expected, rtol=ERRORS[dtype], atol=0)


@pytest.mark.parametrize("dtype", ERRORS)
def test_distances_of_a_row_depend_on_nothing_else(dtype):
    X = _rows("ordinary", 40, dtype)
    centers = X[:30]
    expected, _ = _core.distances(X, centers, 1)
    stretched = np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]

    for rows in (np.asfortranarray(X), stretched, X[::-1][::-1]):
        np.testing.assert_array_equal(_core.distances(rows, centers, 2)[0], expected)
    for row in (0, 7, 8, 63, 64, N_ROWS - 1):
        alone, _ = _core.distances(X[row : row + 1], centers, 1)
        np.testing.assert_array_equal(alone[0], expected[row])
    for center in (0, 7, 29):
        alone, _ = _core.distances(X, centers[[center]], 1)
        np.testing.assert_allclose(alone[:, 0], expected[:, center], rtol=ERRORS[dtype])


@pytest.mark.parametrize("n_features", [2, 40])
@pytest.mark.parametrize("dtype", ERRORS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_told(value, dtype, n_features):
    X = _rows("ordinary", n_features, dtype)
    centers = X[:3].copy()
    X[N_ROWS - 1, n_features - 1] = value

    assert not _core.distances(X, centers, 2)[1]
    assert not _core.distances(centers, X[-1:], 2)[1]
    assert not _core.assign(centers, X[-1:].repeat(2, axis=0), 2)[1]
