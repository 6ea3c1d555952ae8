"""Labels for fixed centers are those of the canonical distance, whichever filter sees the rows."""

import numpy as np
import pytest

from kwise import _core

N_ROWS = 150

# What is done to ordinary rows, by name.
KINDS = {
    "ordinary": lambda X, rng: X,
    "whole numbers": lambda X, rng: np.round(X),
    "duplicates": lambda X, rng: X[rng.randint(80, size=N_ROWS)],
    "far from the origin": lambda X, rng: X + 1e4,
    "columns of many scales": lambda X, rng: X * np.logspace(-6, 6, X.shape[1]),
    "rows of many scales": lambda X, rng: X * np.logspace(-12, 12, N_ROWS)[:, None],
    "mostly zeros": lambda X, rng: X * (rng.uniform(size=X.shape) < 0.03),
    "tiny": lambda X, rng: X * 1e-30,
    "huge": lambda X, rng: X * 1e18,
}


def _rows(kind, n_features, dtype):
    rng = np.random.RandomState(n_features)
    X = rng.normal(size=(N_ROWS, n_features)) + 2 * rng.randint(3, size=(N_ROWS, 1))
    return KINDS[kind](X, rng).astype(dtype)


def _canonical_labels(X, centers):
    """Add features with equal index modulo 8 in order, fold the lanes in halves."""
    squares = (X.astype(float)[:, None] - centers.astype(float)) ** 2
    lanes = np.zeros((*squares.shape[:2], 8))
    for i in range(X.shape[1]):
        lanes[:, :, i % 8] += squares[:, :, i]
    quarters = lanes[:, :, :4] + lanes[:, :, 4:]
    halves = quarters[:, :, :2] + quarters[:, :, 2:]
    return (halves[:, :, 0] + halves[:, :, 1]).argmin(axis=1)


@pytest.mark.parametrize("n_features", [1, 3, 8, 31, 32, 64, 131])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_those_of_the_canonical_distance(kind, dtype, n_features):
    X = _rows(kind, n_features, dtype)

    for n_centers in (1, 10, 16, 17, 40, 48, 70):
        # Ties: every other center is a center again or a middle of two.
        centers = np.concatenate([X[:35], X[:15], (X[20:40] + X[40:60]) / 2])[:n_centers]
        expected = _canonical_labels(X, centers)

        for rows in (X, np.asfortranarray(X)):
            labels, finite = _core.assign(rows, centers, 2)
            np.testing.assert_array_equal(labels, expected)
            assert finite or kind == "huge"
        for few in (1, 5, 17):
            labels, _ = _core.assign(X[:few], centers, 2)
            np.testing.assert_array_equal(labels, expected[:few])


@pytest.mark.parametrize(("n_features", "n_centers"), [(3, 5), (40, 5), (64, 60), (40, 60)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_told(value, dtype, n_features, n_centers):
    X = _rows("ordinary", n_features, dtype)
    centers = X[:n_centers].copy()
    X[N_ROWS - 1, n_features - 1] = value

    for rows in (X, np.asfortranarray(X)):
        assert not _core.assign(rows, centers, 2)[1]
