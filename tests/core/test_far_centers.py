"""Centers so far out that the scores of a filter would overflow: labels are still the nearest."""

from __future__ import annotations

import numpy as np
import pytest

import kwise


def nearest(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return labels by squared distances, added up as they stand."""
    with np.errstate(over="ignore"):
        squares = [((X.astype(np.float64) - center) ** 2).sum(axis=1) for center in centers]
    return np.argmin(squares, axis=0)


def near_ties(n_features: int, dtype: type, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and two centers so near each other that only exact distances tell them apart."""
    rng = np.random.default_rng(n_features)
    X = rng.normal(size=(n_rows, n_features)).astype(dtype)
    center, step = rng.normal(size=n_features), rng.normal(size=n_features)
    width = 1e-9 if dtype is np.float64 else 1e-6
    return X, np.array([center, center + width * step / np.linalg.norm(step)]).astype(dtype)


@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("dtype", "huge"),
    [(np.float32, 3e38), (np.float32, 1e25), (np.float64, 1e39), (np.float64, 1e200)],
)
@pytest.mark.parametrize(
    ("n_features", "n_rows", "n_centers"),
    [(2, 400, 4), (6, 400, 4), (6, 9_000, 4), (40, 400, 4), (64, 600, 9), (200, 600, 60)],
)
def test_a_far_center_changes_no_label(
    n_features: int, n_rows: int, n_centers: int, dtype: type, huge: float, position: int
) -> None:
    X, pair = near_ties(n_features, dtype, n_rows)
    far = np.where(np.arange(n_features) % 2, huge, -huge).astype(dtype)
    others = pair[0] + np.arange(1, n_centers - 2)[:, None].astype(dtype) * 50
    centers = np.insert(np.vstack([pair, others]), position, far, axis=0)
    expected = nearest(X, centers)

    model = kwise.KMeans(n_centers, init=pair[[0] * n_centers], n_init=1, max_iter=1).fit(X)
    model.cluster_centers_ = centers

    np.testing.assert_array_equal(model.predict(X), expected)


@pytest.mark.parametrize("n_features", [2, 6, 40, 64])
@pytest.mark.parametrize("huge", [1e39, 1e200])
def test_where_a_far_center_stands_does_not_turn_a_fit(n_features: int, huge: float) -> None:
    X, pair = near_ties(n_features, np.float64, 400)
    far = np.where(np.arange(n_features) % 2, huge, -huge)
    fits = []
    for position in range(4):
        centers = np.insert(np.vstack([pair, pair[0] + 50]), position, far, axis=0)
        model = kwise.KMeans(4, init=centers, n_init=1, max_iter=1, tol=0).fit(X)
        others = np.delete(np.arange(4), position)
        fits.append(model.cluster_centers_[others])

    for found in fits:
        np.testing.assert_array_equal(found[:2], fits[-1][:2])


def test_distances_to_near_and_far_centers_are_each_right() -> None:
    X, pair = near_ties(5, np.float64, 50)
    centers = np.vstack([pair, np.full(5, 1e200), np.full(5, -1e300), pair[0] + 1e150])
    model = kwise.KMeans(5, init=pair[[0] * 5], n_init=1, max_iter=1).fit(X)
    model.cluster_centers_ = centers

    unit = np.array([1.0, 1.0, 1e200, 1e300, 1e150])
    scaled = (X[:, None, :] / unit[:, None] - centers / unit[:, None]) ** 2
    expected = np.sqrt(scaled.sum(axis=2)) * unit
    np.testing.assert_allclose(model.transform(X), expected, rtol=1e-12)


@pytest.mark.filterwarnings("error:invalid:RuntimeWarning", "error:overflow:RuntimeWarning")
def test_huge_finite_rows_are_read_without_a_warning() -> None:
    X, pair = near_ties(40, np.float32, 300)
    X[7] = np.where(np.arange(40) % 2, 3e38, -3e38)

    model = kwise.KMeans(2, init=pair, n_init=1).fit(X[8:])

    assert model.predict(X).shape == (300,)
    assert kwise.KPrototypes(2, n_init=1, random_state=0).fit(X[8:]).labels_.shape == (292,)
