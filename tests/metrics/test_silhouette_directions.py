"""Silhouettes by cosine and correlation: scikit-learn's numbers, in linear time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import sparse
from sklearn import metrics as reference
from threadpoolctl import threadpool_limits

from kwise import KMeans
from kwise.metrics import silhouette_samples, silhouette_score


@pytest.fixture
def rows() -> np.ndarray:
    """Return 300 rows of which a third of the cells are zero."""
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(5, 9)), 60, axis=0) + 0.6 * rng.normal(size=(300, 9))
    return X * (rng.random(X.shape) < 0.67) * rng.lognormal(size=(300, 1))


@pytest.fixture
def labels() -> np.ndarray:
    """Return six labels that are not numbers from 0, one of them of a single row."""
    codes = np.repeat(np.arange(5), 60)
    codes[17] = 5
    return np.array(["c", "a", "b", "e", "d", "f"])[codes]


@pytest.mark.parametrize("metric", ["cosine", "correlation"])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_are_those_of_scikit_learn(rows, labels, metric, container, dtype):
    X = rows.astype(dtype)
    expected = reference.silhouette_samples(X.astype(np.float64), labels, metric=metric)

    found = silhouette_samples(container(X), labels, metric=metric)

    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, atol=1e-10 if dtype == np.float64 else 1e-6)
    score = silhouette_score(container(X), labels, metric=metric)
    assert score == pytest.approx(expected.mean(), abs=1e-6)


@pytest.mark.parametrize("metric", ["cosine", "correlation"])
def test_whole_weights_are_repeated_rows(rows, labels, metric):
    weights = np.random.default_rng(0).integers(1, 4, 300)
    repeated = silhouette_samples(
        rows.repeat(weights, axis=0), labels.repeat(weights), metric=metric
    )

    found = silhouette_samples(rows, labels, metric=metric, sample_weight=weights)

    np.testing.assert_allclose(found.repeat(weights), repeated, atol=1e-12)
    score = silhouette_score(rows, labels, metric=metric, sample_weight=weights)
    assert score == pytest.approx(repeated.mean())


def test_rows_of_zeros_are_as_far_from_all_as_in_scikit_learn(rows, labels):
    rows[[3, 99, 100]] = 0.0
    expected = reference.silhouette_samples(rows, labels, metric="cosine")

    for X in (rows, sparse.csr_array(rows)):
        np.testing.assert_allclose(
            silhouette_samples(X, labels, metric="cosine"), expected, atol=1e-12
        )


def test_samples_are_those_that_scikit_learn_takes(rows, labels):
    expected = reference.silhouette_score(
        rows, labels, metric="cosine", sample_size=100, random_state=3
    )
    found = silhouette_score(rows, labels, metric="cosine", sample_size=100, random_state=3)

    assert found == pytest.approx(expected)


def test_many_sparse_rows_take_linear_time_and_memory():
    columns = np.random.default_rng(0).integers(0, 100_000, 800_000)
    X = sparse.csr_matrix((np.ones(800_000), columns, np.arange(0, 800_001, 20)))
    labels = np.arange(40_000) % 20
    began = time.process_time()

    found = silhouette_score(X, labels, metric="cosine")

    assert time.process_time() - began < 20
    assert abs(found) < 0.01


def test_the_values_are_the_same_on_any_number_of_threads(rows, labels):
    found = []
    for n in (1, 2):
        with threadpool_limits(n):
            found.append(silhouette_samples(rows, labels, metric="cosine"))

    np.testing.assert_array_equal(found[0], found[1])


def test_clusters_by_a_metric_are_judged_by_it(rows):
    by_cosine = KMeans(5, metric="cosine", n_init=10, random_state=0).fit_predict(rows)
    plain = KMeans(5, n_init=10, random_state=0).fit_predict(rows)

    assert silhouette_score(rows, by_cosine, metric="cosine") > silhouette_score(
        rows, plain, metric="cosine"
    )
