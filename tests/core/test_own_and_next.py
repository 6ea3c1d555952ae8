"""Of every row the distance to its own center, and to the nearest other one."""

import numpy as np
import pytest

from kwise import _core


def _made(n_rows, n_features, k, dtype=np.float64):
    rng = np.random.RandomState(n_features)
    X = rng.normal(size=(n_rows, n_features)).astype(dtype)
    centers = np.ascontiguousarray(X[rng.choice(n_rows, k, replace=False)])
    return X, centers, rng.randint(k, size=n_rows).astype(np.int32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_features", [1, 2, 4, 5, 33])
@pytest.mark.parametrize("k", [2, 3, 10, 130])
def test_they_are_those_of_the_table_of_all_distances(n_features, k, dtype):
    X, centers, labels = _made(5_000, n_features, k, dtype)

    own, following, which = _core.own_and_next(X, centers, labels, 2)

    table, _ = _core.distances(X, centers, 1)
    at = np.arange(len(X))
    assert (own == table[at, labels]).all()
    table[at, labels] = np.inf
    assert (which == table.argmin(axis=1)).all()
    assert (following == table.min(axis=1)).all()


def test_of_equal_centers_the_lowest_is_next():
    X, centers, labels = _made(50, 3, 1)[0], np.ones((5, 3)), np.arange(50, dtype=np.int32) % 5

    own, following, which = _core.own_and_next(X, centers, labels, 1)

    assert (own == following).all()
    assert (which == np.where(labels == 0, 1, 0)).all()


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_and_layout_show_nowhere(n_threads):
    X, centers, labels = _made(20_000, 7, 6)
    expected = _core.own_and_next(X, centers, labels, 1)

    for rows in (X, np.asfortranarray(X), np.repeat(X, 2, axis=0)[::2]):
        for found, plain in zip(_core.own_and_next(rows, centers, labels, n_threads), expected):
            np.testing.assert_array_equal(found, plain)
