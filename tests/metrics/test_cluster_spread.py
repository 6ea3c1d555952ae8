"""Means of clusters and rows' squared distances to them, against the definition."""

import numpy as np
import pytest

from kwise import _core


def _made(n_rows, n_features, k, dtype=np.float64):
    rng = np.random.RandomState(n_features)
    X = (rng.normal(size=(n_rows, n_features)) + 3.0).astype(dtype)
    codes = rng.randint(k, size=n_rows).astype(np.int32)
    return X, rng.uniform(0.5, 2.0, n_rows), codes, X.mean(axis=0, dtype=np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_features", [1, 3, 8, 37])
@pytest.mark.parametrize("k", [1, 2, 40])
def test_means_and_squares_are_those_of_the_definition(n_features, k, dtype):
    X, weights, codes, origin = _made(6_000, n_features, k, dtype)

    for given in (weights, None):
        means, squares = _core.cluster_spread(X, given, codes, k, origin, 2)

        masses = np.ones(len(X)) if given is None else given
        expected = [np.average(X[codes == c] - origin, axis=0, weights=masses[codes == c])
                    for c in range(k)]  # fmt: skip
        np.testing.assert_allclose(means, expected, rtol=1e-9, atol=1e-12)
        away = ((X - origin - means[codes]) ** 2).sum(axis=1)
        np.testing.assert_allclose(squares, away, rtol=1e-12)


def test_a_cluster_without_weight_lies_at_the_origin():
    X, weights, codes, origin = _made(100, 3, 2)
    weights[codes == 1] = 0.0

    means, squares = _core.cluster_spread(X, weights, codes, 3, origin, 1)

    assert (means[1:] == 0.0).all()
    assert np.isfinite(squares).all()


# So many sums that rows are added up in one strip, and so few that there are many.
@pytest.mark.parametrize("shape", [(30_000, 300, 4_000), (200_000, 6, 5)])
def test_threads_and_layout_show_nowhere(shape):
    X, weights, codes, origin = _made(*shape)
    expected = _core.cluster_spread(X, weights, codes, shape[2], origin, 1)

    for rows in (X, np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2]):
        for n_threads in (2, 3):
            found = _core.cluster_spread(rows, weights, codes, shape[2], origin, n_threads)
            for mine, plain in zip(found, expected):
                np.testing.assert_array_equal(mine, plain)


def test_rows_far_from_zero_keep_their_digits():
    X, _, codes, _ = _made(2_000, 4, 3)
    far = np.round(X * 2**10) / 2**10 + 2.0**40
    near = far - 2.0**40

    found = [_core.cluster_spread(rows, None, codes, 3, rows[0].copy(), 1) for rows in (far, near)]

    for mine, plain in zip(*found):
        np.testing.assert_array_equal(mine, plain)
