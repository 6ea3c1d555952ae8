"""Centers that were set by hand are used where they fit, and refused in words where they do not."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from kwise import BisectingKMeans, KMeans, KMedoids, KPrototypes, MiniBatchKMeans

CENTERS = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
METHODS = ("predict", "transform", "score")


def _by_hand(kind, centers):
    model = kind(len(np.asarray(centers)))
    model.cluster_centers_ = centers
    return model


@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans])
@pytest.mark.parametrize(
    "centers",
    [
        CENTERS,
        CENTERS.astype(np.float32),
        CENTERS.astype(int),
        CENTERS.astype(">f8"),
        np.asfortranarray(CENTERS),
        CENTERS.tolist(),
    ],
    ids=["float64", "float32", "whole", "big-endian", "columns first", "lists"],
)
def test_centers_of_any_kind_are_used(kind, centers):
    X = CENTERS + 0.25
    model = _by_hand(kind, centers)

    assert model.predict(X).tolist() == [0, 1, 2]
    assert model.transform(X).argmin(axis=1).tolist() == [0, 1, 2]
    assert model.score(X) == pytest.approx(-3 * 2 * 0.25**2)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
@pytest.mark.parametrize("width", [1, 3, 500])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans])
def test_centers_of_another_width_are_refused(kind, method, width, make):
    model = _by_hand(kind, np.zeros((4, width)))

    with pytest.raises(ValueError, match=rf"X has 2 features.*expecting {width} features"):
        getattr(model, method)(make(np.ones((3, 2))))


@pytest.mark.parametrize("method", METHODS)
def test_centers_of_another_width_after_a_fit_are_refused(method, blobs):
    model = KMeans(3, random_state=0).fit(blobs)
    model.cluster_centers_ = np.zeros((3, blobs.shape[1] + 5))

    with pytest.raises(ValueError, match="cluster_centers_"):
        getattr(model, method)(blobs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("centers", "words"),
    [
        (np.full((2, 2), np.nan), "cluster_centers_ contains NaN"),
        (np.array([[np.inf, 0.0]]), "cluster_centers_ contains infinity"),
        (np.zeros(2), "2D array"),
        (np.zeros((0, 2)), "0 sample"),
        (np.array([["oak", "elm"]]), "convert string"),
    ],
    ids=["NaN", "infinity", "a vector", "none", "text"],
)
def test_centers_that_are_none_are_refused(method, centers, words):
    model = KMeans(2)
    model.cluster_centers_ = centers

    with pytest.raises(ValueError, match=words):
        getattr(model, method)(np.ones((3, 2)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("width", [1, 2, 8, 70])
@pytest.mark.parametrize("types", [("f4", "f4"), ("f8", "f8"), ("f4", "f8"), ("f8", "f4")])
def test_one_value_of_the_centers_that_is_none_is_refused(method, value, width, types):
    model = KMeans(2)
    model.cluster_centers_ = np.ones((20, width), types[0])
    model.cluster_centers_[19, width - 1] = value
    X = np.ones((50, width), types[1])

    for rows in (X, X[::2], np.asfortranarray(X), sparse.csr_matrix(X)):
        with pytest.raises(ValueError, match="cluster_centers_ contains"):
            getattr(model, method)(rows)


def test_batches_go_on_from_centers_of_any_kind():
    for kind in (list, pl.DataFrame, np.float32):
        model = MiniBatchKMeans(3, random_state=0).fit(np.repeat(CENTERS, 3, axis=0))
        model.cluster_centers_ = kind(CENTERS + 1)
        model.partial_fit(CENTERS + 1)
        np.testing.assert_allclose(
            np.sort(model.cluster_centers_, axis=0), np.sort(CENTERS + 1, axis=0)
        )


def test_prototypes_cannot_be_set_by_hand():
    model = _by_hand(KPrototypes, CENTERS)

    for ask in (model.predict, model.transform, model.score):
        with pytest.raises(ValueError, match="not fitted"):
            ask(CENTERS)
    model.fit(CENTERS)
    assert sorted(model.predict(CENTERS)) == [0, 1, 2]
    for centers in (CENTERS + 1, CENTERS[:2], None, (CENTERS + 1).tolist()):
        model.cluster_centers_ = centers
        with pytest.raises(ValueError, match="set by hand"):
            model.predict(CENTERS)


def test_a_tree_cannot_be_set_by_hand():
    model = _by_hand(BisectingKMeans, CENTERS)

    with pytest.raises(ValueError, match="not fitted"):
        model.predict(CENTERS)
    with pytest.raises(ValueError, match="not fitted"):
        model.cut(2)


@pytest.mark.parametrize("labels", [[-1, 0], [0, 3], [0.5, 1.0], ["a", "b"], [[0], [1]]])
def test_only_labels_of_the_tree_are_cut(labels):
    model = BisectingKMeans(3, random_state=0).fit(np.repeat(CENTERS, 3, axis=0))

    with pytest.raises(ValueError, match="labels"):
        model.cut(2, labels)


def test_batches_go_on_from_centers_set_by_hand():
    X = np.repeat(CENTERS + 0.25, 5, axis=0)
    model = _by_hand(MiniBatchKMeans, CENTERS)

    model.partial_fit(X)

    np.testing.assert_allclose(model.cluster_centers_, CENTERS + 0.25)
    np.testing.assert_array_equal(CENTERS[0], 0.0)  # the caller's own are not moved


@pytest.mark.parametrize("shape", [(3, 5), (2, 2), (4, 2)])
def test_batches_do_not_go_on_from_centers_of_another_shape(shape):
    for model in (MiniBatchKMeans(3), MiniBatchKMeans(3, random_state=0).fit(CENTERS)):
        model.cluster_centers_ = np.zeros(shape)
        with pytest.raises(ValueError, match=r"features|does not match"):
            model.partial_fit(CENTERS)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine"])
def test_medoids_set_by_hand_are_used_or_refused(metric):
    X = CENTERS + 0.25
    model = KMedoids(3, metric=metric, random_state=0).fit(X)

    model.cluster_centers_ = X[::-1].copy()
    assert model.predict(X).tolist() == [2, 1, 0]
    for centers in (np.zeros((3, 7)), np.full((3, 2), np.nan), np.zeros(2), None):
        model.cluster_centers_ = centers
        with pytest.raises(ValueError, match="cluster_centers_"):
            model.predict(X)
