"""Sparse rows are filtered in int16, and their labels are the nearest centers all the same."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone

import oracle
from kwise import BisectingKMeans, KMeans, MiniBatchKMeans, _core, kmeans_plusplus
from kwise.metrics import silhouette_samples, silhouette_score

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
    "squares at the edge of float32": lambda rng: _rows(rng) * 2.0**63,
    "beyond float32": lambda rng: _rows(rng) * 1e60,
    # The coefficients of its center leave those of the others few bits, were the unit for all.
    "one long row": lambda rng: _rows(rng) * np.where(np.arange(N_ROWS) == 1, 1e4, 1)[:, None],
    "many entries": lambda rng: rng.uniform(size=(N_ROWS, N_FEATURES)),
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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_clusters", [1, 2, 5, 60])
def test_any_number_of_threads_finds_the_same(n_clusters, dtype):
    # Enough entries that threads share the rows of a large cluster.
    rows = sparse.random(4000, 80, density=0.4, format="csr", random_state=0, dtype=dtype)
    start = rows[:n_clusters].toarray()
    weights = np.random.RandomState(0).uniform(size=4000).astype(dtype)
    found = []
    for n_threads in (1, 2, 3, 8):
        points = _core.pack_sparse(rows, weights, n_threads)
        found.append(_core.lloyd(points, start, 6, 0.0, n_threads))
    for other in found[1:]:
        assert other["inertia"] == found[0]["inertia"]
        np.testing.assert_array_equal(other["labels"], found[0]["labels"])
        np.testing.assert_array_equal(other["centers"], found[0]["centers"])


def test_entries_that_are_stored_twice_add_up():
    rng = np.random.RandomState(0)
    X = _rows(rng)
    once = sparse.csr_matrix(X)
    halves = [np.repeat(each, 2) for each in (once.data / 2, once.indices)]
    twice = sparse.csr_matrix((*halves, 2 * once.indptr), shape=X.shape)
    model = KMeans(9, random_state=0).fit(once)

    np.testing.assert_array_equal(model.predict(twice), model.labels_)


def _stored_twice(rng):
    """Return rows in which entries stand twice, out of order, and the same rows without."""
    data, indices = rng.uniform(size=6 * N_ROWS), rng.randint(0, 4, 6 * N_ROWS)
    rows = sparse.csr_matrix((data, indices, np.arange(0, 6 * N_ROWS + 1, 6)), shape=(N_ROWS, 4))
    return rows, rows.toarray()


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array, sparse.coo_matrix])
@pytest.mark.parametrize(
    "estimator",
    [
        KMeans(3, random_state=0),
        KMeans(3, random_state=0, init="random", n_init=2),
        MiniBatchKMeans(3, random_state=0, batch_size=64, tol=1e-4),
        BisectingKMeans(3, random_state=0),
    ],
    ids=["k-means++", "random", "batches", "bisecting"],
)
def test_entries_stored_twice_are_their_sum_everywhere(estimator, kind):
    rows, dense = _stored_twice(np.random.RandomState(1))
    before = [each.copy() for each in (rows.data, rows.indices, rows.indptr)]
    expected = clone(estimator).fit(sparse.csr_matrix(dense))

    found = clone(estimator).fit(kind(rows))

    np.testing.assert_array_equal(found.labels_, expected.labels_)
    np.testing.assert_allclose(found.cluster_centers_, expected.cluster_centers_, rtol=1e-12)
    assert found.inertia_ == pytest.approx(expected.inertia_, rel=1e-12)
    assert found.score(kind(rows)) == pytest.approx(expected.score(dense), rel=1e-9)
    np.testing.assert_allclose(found.transform(kind(rows)), expected.transform(dense), rtol=1e-9)
    for old, new in zip(before, (rows.data, rows.indices, rows.indptr), strict=True):
        np.testing.assert_array_equal(old, new)


def test_seeds_and_silhouettes_of_entries_stored_twice_are_those_of_their_sum():
    rows, dense = _stored_twice(np.random.RandomState(1))
    labels = np.arange(N_ROWS) % 3

    seeds = kmeans_plusplus(rows, 5, random_state=0)[1]

    np.testing.assert_array_equal(seeds, kmeans_plusplus(dense, 5, random_state=0)[1])
    assert silhouette_score(rows, labels) == pytest.approx(silhouette_score(dense, labels))


def _damaged(kind, damage):
    matrix = kind(sparse.random(60, 12, 0.3, random_state=0))
    damage(matrix)
    return matrix


def _set(name, place, value):
    def damage(matrix):
        getattr(matrix, name)[place] = value

    return damage


def _cut(name):
    def damage(matrix):
        setattr(matrix, name, getattr(matrix, name)[:-3])

    return damage


DAMAGES = {
    "an index too large": _set("indices", 5, 60),
    "an index far too large": _set("indices", -1, 2**31 - 1),
    "a negative index": _set("indices", 0, -1),
    "a pointer beyond the end": _set("indptr", -1, 10**8),
    "a pointer that falls": _set("indptr", 5, 10**9),
    "a negative pointer": _set("indptr", 3, -7),
    "a first pointer above zero": _set("indptr", 0, 2),
    "too few pointers": _cut("indptr"),
    "too few indices": _cut("indices"),
    "too few values": _cut("data"),
}
READERS = {
    "fit": lambda X: KMeans(3, random_state=0).fit(X),
    "fit in batches": lambda X: MiniBatchKMeans(3, random_state=0).fit(X),
    "a batch": lambda X: MiniBatchKMeans(3, random_state=0).partial_fit(X),
    "fit a tree": lambda X: BisectingKMeans(3, random_state=0).fit(X),
    "predict": lambda X: _fitted(KMeans, X).predict(X),
    "transform": lambda X: _fitted(KMeans, X).transform(X),
    "score": lambda X: _fitted(KMeans, X).score(X),
    "predict of a tree": lambda X: _fitted(BisectingKMeans, X).predict(X),
    "seeds": lambda X: kmeans_plusplus(X, 3, random_state=0),
    "silhouette": lambda X: silhouette_score(X, np.arange(X.shape[0]) % 3),
    "silhouettes": lambda X: silhouette_samples(X, np.arange(X.shape[0]) % 3),
    "sampled silhouette": lambda X: silhouette_score(X, np.arange(X.shape[0]) % 3, sample_size=20),
}


def _fitted(kind, X):
    return kind(3, random_state=0).fit(sparse.random(*X.shape, 0.3, random_state=0, format="csr"))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("reader", READERS)
def test_damaged_index_arrays_are_refused_in_words(reader, kind, damage):
    with pytest.raises(ValueError, match=r"X\.ind|X.*damaged"):
        READERS[reader](_damaged(kind, DAMAGES[damage]))


@pytest.mark.parametrize("reader", READERS)
def test_damaged_coordinates_are_refused_in_words(reader):
    with pytest.raises(ValueError, match="outside 0 to"):
        READERS[reader](_damaged(sparse.coo_matrix, _set("col", 3, 100)))


def _far_column(rows):
    rows.rows[4] = [10**6]
    rows.data[4] = [1.0]


def _negative_column(rows):
    rows.rows[4] = [-7]
    rows.data[4] = [1.0]


def _column_without_a_value(rows):
    rows.rows[4] = [1, 2]
    rows.data[4] = [1.0]


@pytest.mark.parametrize("damage", [_far_column, _negative_column, _column_without_a_value])
@pytest.mark.parametrize("reader", READERS)
def test_damaged_lists_are_refused_in_words(reader, damage):
    rows = sparse.lil_matrix(np.eye(60))
    damage(rows)
    with pytest.raises(ValueError, match=r"X.*damaged"):
        READERS[reader](rows)


@pytest.mark.parametrize("place", [(10**6, 2), (3, 10**6), (-1, 0)])
@pytest.mark.parametrize("reader", READERS)
def test_damaged_keys_are_refused_in_words(reader, place):
    rows = sparse.dok_matrix(np.eye(60))
    rows._dict[place] = 1.0
    with pytest.raises(ValueError, match=r"X.*damaged"):
        READERS[reader](rows)


def test_index_arrays_of_64_bits_are_read():
    rows = sparse.csr_matrix(_rows(np.random.RandomState(0)))
    wide = sparse.csr_matrix(rows)
    wide.indices, wide.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)

    model = KMeans(5, random_state=0).fit(wide)

    np.testing.assert_array_equal(model.labels_, KMeans(5, random_state=0).fit(rows).labels_)
    np.testing.assert_array_equal(model.predict(wide), model.labels_)


def test_more_columns_than_can_be_told_apart_are_refused():
    wide = sparse.csr_matrix(([1.0, 1.0], ([0, 1], [0, 2**32])), shape=(2, 2**32 + 1))

    with pytest.raises(ValueError, match="columns"):
        kmeans_plusplus(wide, 1, random_state=0)
