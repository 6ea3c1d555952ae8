"""Cosine and correlation k-means: k-means of rows of one length."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import normalize

from kwise import KMeans


@pytest.fixture
def directions() -> np.ndarray:
    """Return 400 rows of four directions and any length."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(4, 12)), 100, axis=0) + 0.3 * rng.normal(size=(400, 12))
    return X * rng.lognormal(sigma=2.0, size=(400, 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cosine_is_k_means_of_unit_rows(directions, dtype):
    X = directions.astype(dtype)
    model = KMeans(4, metric="cosine", random_state=0).fit(X)
    plain = KMeans(4, random_state=0).fit(normalize(X))

    np.testing.assert_array_equal(model.labels_, plain.labels_)
    assert model.inertia_ == pytest.approx(plain.inertia_, rel=1e-5)
    assert model.cluster_centers_.dtype == dtype
    np.testing.assert_array_equal(model.predict(7 * X), model.labels_)
    np.testing.assert_array_equal(model.labels_, np.repeat(model.labels_[::100], 100))


def test_correlation_is_k_means_of_centered_unit_rows(directions):
    rng = np.random.default_rng(1)
    model = KMeans(4, metric="correlation", random_state=0).fit(directions)
    centered = directions - directions.mean(axis=1, keepdims=True)

    np.testing.assert_array_equal(
        model.labels_, KMeans(4, random_state=0).fit_predict(normalize(centered))
    )
    moved = 3 * directions + 100 * rng.normal(size=(400, 1))
    np.testing.assert_array_equal(model.predict(moved), model.labels_)


def test_half_a_squared_distance_is_one_minus_the_similarity(directions):
    pair = directions[[0, 150]]
    cosine = normalize(pair)[0] @ normalize(pair)[1]
    for metric, similarity in (("cosine", cosine), ("correlation", np.corrcoef(pair)[0, 1])):
        model = KMeans(2, metric=metric, random_state=0).fit(pair)
        assert model.transform(pair).max() ** 2 / 2 == pytest.approx(1 - similarity)


@pytest.mark.parametrize("metric", ["cosine", "correlation"])
def test_sparse_rows_are_clustered_like_dense_ones(directions, metric):
    directions[directions < 0] = 0
    dense = KMeans(4, metric=metric, random_state=0).fit(directions)
    csr = sparse.csr_array(directions)
    model = KMeans(4, metric=metric, random_state=0).fit(csr)

    np.testing.assert_array_equal(model.labels_, dense.labels_)
    np.testing.assert_array_equal(model.predict(csr), dense.labels_)
    np.testing.assert_array_equal(csr.toarray(), directions)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_lengths_beyond_the_squares_of_floats_do_not_matter(directions, scale):
    X = normalize(directions)
    model = KMeans(4, metric="cosine", random_state=0).fit(X)

    found = KMeans(4, metric="cosine", random_state=0).fit(X * scale)

    np.testing.assert_array_equal(found.labels_, model.labels_)


@pytest.mark.parametrize(
    ("metric", "empty"), [("cosine", np.zeros(12)), ("correlation", np.full(12, 1 / 3))]
)
def test_rows_that_say_nothing_are_named(directions, metric, empty):
    directions[7] = empty
    with pytest.warns(UserWarning, match=r"Row 7 of X holds .*which ha(s|ve) no"):
        model = KMeans(4, metric=metric, random_state=0).fit(directions)
    with pytest.warns(UserWarning, match="Row 7"):
        labels = model.predict(directions)

    np.testing.assert_array_equal(labels, model.labels_)
    with pytest.raises(ValueError, match=r"Every row of X holds"):
        KMeans(2, metric=metric).fit(np.repeat(empty[None], 5, axis=0))


def test_what_has_no_metric_is_refused(directions):
    with pytest.raises(ValueError, match="'metric' parameter of KMeans must be a str among"):
        KMeans(4, metric="manhattan").fit(directions)
    with pytest.raises(ValueError, match="needs at least 2 columns"):
        KMeans(4, metric="correlation").fit(directions[:, :1])
    with pytest.raises(ValueError, match="NaN"):
        KMeans(4, metric="cosine").fit(np.full((5, 3), np.nan))
    wide = sparse.csr_array((np.ones(5), (range(5), range(5))), shape=(5, 10**8))
    with pytest.raises(ValueError, match=r"Pass metric=.cosine.: where nearly all cells are 0"):
        KMeans(2, metric="correlation").fit(wide)


def test_a_metric_goes_with_limits(directions):
    model = KMeans(4, metric="cosine", max_size="balanced", trim=4, random_state=0)
    model.fit(directions)

    assert np.bincount(model.labels_ + 1).tolist() == [4, 99, 99, 99, 99]
