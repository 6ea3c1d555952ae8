"""k-medoids: beside brute force, by any metric, and of samples where rows are many."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs
from threadpoolctl import threadpool_limits

from kwise import KMedoids


def best_of_all(pairs: np.ndarray, k: int, weights: np.ndarray | None = None) -> float:
    """Return the least sum of distances to any k rows."""
    weight = np.ones(len(pairs)) if weights is None else weights
    chosen = itertools.combinations(range(len(pairs)), k)
    return min(float(weight @ pairs[:, rows].min(axis=1)) for rows in map(list, chosen))


@pytest.mark.parametrize("metric", ["euclidean", "cityblock", "cosine", "correlation"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_several_starts_find_the_best_rows_of_all(metric, k):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(14, 4))
        weights = rng.integers(1, 4, 14).astype(float)
        pairs = cdist(X, X, metric)

        model = KMedoids(k, metric=metric, n_init=20, random_state=0).fit(X)
        weighted = KMedoids(k, metric=metric, n_init=20, random_state=0)
        weighted.fit(X, sample_weight=weights)

        assert model.inertia_ == pytest.approx(best_of_all(pairs, k))
        assert weighted.inertia_ == pytest.approx(best_of_all(pairs, k, weights))
        assert model.inertia_ == pytest.approx(pairs[:, model.medoid_indices_].min(axis=1).sum())
        np.testing.assert_array_equal(model.labels_, pairs[:, model.medoid_indices_].argmin(axis=1))
        np.testing.assert_array_equal(model.cluster_centers_, X[model.medoid_indices_])
        np.testing.assert_allclose(model.transform(X), pairs[:, model.medoid_indices_], atol=1e-7)


def test_no_swap_lowers_the_sum_any_more(blobs):
    pairs = cdist(blobs, blobs)
    model = KMedoids(5, init="random", n_init=1, random_state=3).fit(blobs)

    for place, row in itertools.product(range(5), range(300)):
        rows = model.medoid_indices_.copy()
        rows[place] = row
        assert pairs[:, rows].min(axis=1).sum() >= model.inertia_ * (1 - 1e-12)


def test_distances_may_be_given_or_a_function(blobs):
    def chebyshev(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a - b).max())

    X = blobs[:80]
    pairs = cdist(X, X, "chebyshev")
    model = KMedoids(3, metric="precomputed", random_state=0).fit(pairs)
    called = KMedoids(3, metric=chebyshev, random_state=0).fit(X)

    np.testing.assert_array_equal(model.medoid_indices_, called.medoid_indices_)
    np.testing.assert_array_equal(model.predict(pairs[:9]), model.labels_[:9])
    assert not hasattr(model, "cluster_centers_")
    assert model.score(pairs) == pytest.approx(-model.inertia_)


def test_samples_serve_many_rows_nearly_as_well():
    X, _ = make_blobs(30_000, 5, centers=6, random_state=0)
    model = KMedoids(6, random_state=0).fit(X)
    again = KMedoids(6, random_state=0).fit(X)
    exact = KMedoids(6, random_state=0, method="fasterpam").fit(X[:6000])
    sampled = KMedoids(6, random_state=0, method="clara").fit(X[:6000])

    assert model.method_ == "clara"
    assert exact.method_ == "fasterpam"
    np.testing.assert_array_equal(model.medoid_indices_, again.medoid_indices_)
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    assert exact.inertia_ <= sampled.inertia_ <= 1.02 * exact.inertia_


@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csr_matrix])
@pytest.mark.parametrize("metric", ["euclidean", "cosine", "cityblock"])
def test_sparse_rows_are_taken_as_they_are(blobs, container, metric):
    blobs[blobs < 1] = 0
    blobs[~blobs.any(axis=1), 0] = 0.5
    dense = KMedoids(4, metric=metric, random_state=0).fit(blobs)
    model = KMedoids(4, metric=metric, random_state=0).fit(container(blobs))

    np.testing.assert_array_equal(model.medoid_indices_, dense.medoid_indices_)
    np.testing.assert_array_equal(model.predict(container(blobs)), dense.labels_)


def test_the_answer_is_the_same_on_any_number_of_threads():
    X = np.random.default_rng(0).normal(size=(900, 8))
    found = []
    for n in (1, 2):
        with threadpool_limits(n):
            found.append(KMedoids(5, metric="cosine", random_state=0).fit(X))

    np.testing.assert_array_equal(found[0].medoid_indices_, found[1].medoid_indices_)
    assert found[0].inertia_ == found[1].inertia_


def test_rows_to_begin_with_may_be_given(blobs):
    model = KMedoids(3, init=[5, 17, 200]).fit(blobs)

    assert len(set(model.medoid_indices_.tolist())) == 3
    for bad in ([5, 17], [5, 5, 17], [5, 17, 300], [0.5, 1, 2]):
        with pytest.raises(ValueError, match="is not n_clusters=3 different rows of X"):
            KMedoids(3, init=bad).fit(blobs)


def test_equal_rows_are_medoids_once_each(duplicates):
    model = KMedoids(8, random_state=0).fit(duplicates)

    assert len(set(model.medoid_indices_.tolist())) == 8
    assert model.inertia_ == 0.0


def test_rows_without_weight_are_labeled_and_never_medoids(blobs):
    weights = (np.arange(300) % 2).astype(float)
    model = KMedoids(4, n_init=10, random_state=0).fit(blobs, sample_weight=weights)
    half = KMedoids(4, n_init=10, random_state=0).fit(blobs[1::2])

    assert (model.medoid_indices_ % 2 == 1).all()
    assert model.inertia_ == pytest.approx(half.inertia_)
    np.testing.assert_array_equal(model.labels_, model.predict(blobs))


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (np.ones((4, 3)), r"takes the distances of all pairs, found shape \(4, 3\)"),
        (-np.ones((4, 4)), "negative distances"),
        (np.triu(np.ones((4, 4)), 1), "is not symmetric"),
    ],
)
def test_what_is_no_matrix_of_distances_is_refused(pairs, words):
    with pytest.raises(ValueError, match=words):
        KMedoids(2, metric="precomputed").fit(pairs)
