"""Every public function refuses the same damage in words that name what is damaged."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import kwise
from kwise import metrics, ordered
from kwise.metrics import agreement

N_ROWS = 40
RNG = np.random.RandomState(0)
X = RNG.normal(size=(N_ROWS, 2)) + 5 * (np.arange(N_ROWS) % 2)[:, None]
LABELS = np.arange(N_ROWS) % 2

# What takes rows; a column where the function takes one.
ROWS = {
    "KMeans": lambda X: kwise.KMeans(2, random_state=0).fit(X),
    "KMeans.predict": lambda X: kwise.KMeans(2, random_state=0).fit(np.eye(2)).predict(X),
    "MiniBatchKMeans": lambda X: kwise.MiniBatchKMeans(2, random_state=0).fit(X),
    "partial_fit": lambda X: kwise.MiniBatchKMeans(2, random_state=0).partial_fit(X),
    "BisectingKMeans": lambda X: kwise.BisectingKMeans(2, random_state=0).fit(X),
    "kmeans_plusplus": lambda X: kwise.kmeans_plusplus(X, 2, random_state=0),
    "k_means": lambda X: kwise.k_means(X, 2, random_state=0),
    "silhouette_score": lambda X: metrics.silhouette_score(X, LABELS),
    "silhouette_samples": lambda X: metrics.silhouette_samples(X, LABELS),
    "silhouette_estimate": lambda X: metrics.silhouette_estimate(X, LABELS),
    "silhouette of a sample": lambda X: metrics.silhouette_score(X, LABELS, sample_size=30),
    "calinski_harabasz_score": lambda X: metrics.calinski_harabasz_score(X, LABELS),
    "davies_bouldin_score": lambda X: metrics.davies_bouldin_score(X, LABELS),
    "segment": lambda X: ordered.segment(X, [1, 2]),
    "dip_statistic": lambda X: metrics.dip_statistic(_column(X)),
    "kmeans_1d": lambda X: ordered.kmeans_1d(_column(X), [1, 2]),
}
SCORES = [name for name in metrics.__all__ if name.startswith(("silhouette_", "cal", "davies"))]
PAIRED = ["match_labels", *agreement.__all__]
# What takes labels, those of known classes and those of clusters.
LABELED = {
    **{name: partial(getattr(metrics, name), X) for name in SCORES},
    **{
        f"{name}, true": partial(lambda f, labels: f(labels, LABELS), getattr(metrics, name))
        for name in PAIRED
    },
    **{f"{name}, found": partial(getattr(metrics, name), LABELS) for name in PAIRED},
}
WEIGHTED = {
    "KMeans": lambda w: kwise.KMeans(2, random_state=0).fit(X, sample_weight=w),
    "KMeans.score": lambda w: kwise.KMeans(2, random_state=0).fit(X).score(X, sample_weight=w),
    "MiniBatchKMeans": lambda w: kwise.MiniBatchKMeans(2, random_state=0).fit(X, sample_weight=w),
    "BisectingKMeans": lambda w: kwise.BisectingKMeans(2, random_state=0).fit(X, sample_weight=w),
    "kmeans_plusplus": lambda w: kwise.kmeans_plusplus(X, 2, random_state=0, sample_weight=w),
    "k_means": lambda w: kwise.k_means(X, 2, random_state=0, sample_weight=w),
    "silhouette_score": lambda w: metrics.silhouette_score(X, LABELS, sample_weight=w),
    "silhouette_samples": lambda w: metrics.silhouette_samples(X, LABELS, sample_weight=w),
    "calinski_harabasz_score": lambda w: metrics.calinski_harabasz_score(
        X, LABELS, sample_weight=w
    ),
    "davies_bouldin_score": lambda w: metrics.davies_bouldin_score(X, LABELS, sample_weight=w),
    "kmeans_1d": lambda w: ordered.kmeans_1d(X[:, 0], [1, 2], sample_weight=w),
    "segment": lambda w: ordered.segment(X, [1, 2], sample_weight=w),
}


def _column(X):
    """Return the last column of whatever holds columns."""
    if isinstance(X, pd.DataFrame):
        return X.iloc[:, -1]
    return X[:, -1] if isinstance(X, np.ndarray) and X.ndim == 2 else X


def _frame(**more):
    return pd.DataFrame(X, columns=["a", "b"]).assign(**more)


DAMAGED_ROWS = {
    "a generator": (lambda: (row for row in X), "generator"),
    "a map": (lambda: map(list, X), "map"),
    "a set": (lambda: {1.0, 2.0}, "set"),
    "a masked cell": (
        lambda: np.ma.masked_array(X, np.arange(2 * N_ROWS).reshape(X.shape) == 7),
        "masked array",
    ),
    "a text column": (lambda: _frame(name="oak"), "name|row 0"),
    "text in an array": (lambda: np.where(X[3, 1] == X, "oak", X.astype(object)), "row 3"),
    "NaN": (lambda: np.where(X[3, 1] == X, np.nan, X), "NaN"),
    "infinity": (lambda: np.where(X[3, 1] == X, np.inf, X), "infinity"),
    "NA": (lambda: _frame().astype("Float64").mask(X[3, 1] == X), "NaN"),
    "complex numbers": (lambda: X + 1j, "[Cc]omplex"),
    "one value": (lambda: np.array(3.0), "scalar|single value|dimension"),
    "three dimensions": (lambda: X[None], "dim"),
    "no rows": (lambda: X[:0], "0 sample"),
}
DAMAGED_LABELS = {
    "NaN": (lambda: np.where(LABELS == 0, np.nan, LABELS), "missing value in 20 of 40 rows"),
    "None": (lambda: np.where(LABELS == 0, None, LABELS), "missing value"),
    "NA": (lambda: pd.Series(np.where(LABELS == 0, None, LABELS), dtype="Int64"), "missing value"),
    "no category": (
        lambda: pd.Series(pd.Categorical(np.where(LABELS == 0, None, "a"))),
        "missing value",
    ),
    "NA among text": (
        lambda: pd.Series(np.where(LABELS == 0, None, "a"), dtype="string"),
        "missing value",
    ),
    "NaN in a list of text": (lambda: ["a", float("nan")] * (N_ROWS // 2), "missing value"),
    "NaT": (
        lambda: pd.Series(pd.to_datetime(np.where(LABELS == 0, None, "2020-01-01"))),
        "missing value",
    ),
    "masked": (lambda: np.ma.masked_array(LABELS, LABELS == 0), "masked array"),
    "text and numbers": (lambda: np.where(LABELS == 0, "a", LABELS.astype(object)), "mixes text"),
    "a column": (lambda: LABELS[:, None], "one label per row"),
    "a generator": (lambda: (label for label in LABELS), "generator"),
    "a set": (lambda: set(LABELS), "set"),
    "too few": (lambda: LABELS[:3], "inconsistent numbers of samples"),
    "infinity": (lambda: np.where(LABELS == 0, np.inf, LABELS), "finite"),
    "complex": (lambda: LABELS + 0j, "complex"),
}
DAMAGED_WEIGHTS = {
    "negative": (lambda: -np.ones(N_ROWS), "negative"),
    "NaN": (lambda: np.full(N_ROWS, np.nan), "NaN"),
    "infinite": (lambda: np.full(N_ROWS, np.inf), "infinity"),
    "too large to add": (lambda: np.full(N_ROWS, 1e307), "more than a float64 holds"),
    "too few": (lambda: np.ones(3), "one weight per row"),
    "a column": (lambda: np.ones((N_ROWS, 1)), "one weight per row"),
    "text": (lambda: ["heavy"] * N_ROWS, "row 0"),
    "all zero": (lambda: np.zeros(N_ROWS), "0 for every row"),
    "masked": (lambda: np.ma.masked_array(np.ones(N_ROWS), LABELS == 0), "masked array"),
    "NA": (lambda: pd.Series(np.where(LABELS == 0, None, 1.0), dtype="Float64"), "NaN"),
    "complex": (lambda: np.ones(N_ROWS) + 1j, "[Cc]omplex"),
    "a generator": (lambda: (1.0 for _ in X), "generator"),
    "a dict": (lambda: dict.fromkeys(range(N_ROWS), 1.0), "dict"),
}


@pytest.mark.filterwarnings("ignore:X has feature names")
@pytest.mark.parametrize("damage", DAMAGED_ROWS)
@pytest.mark.parametrize("function", ROWS)
def test_damaged_rows_are_refused_in_words(function, damage):
    make, words = DAMAGED_ROWS[damage]

    with pytest.raises((TypeError, ValueError), match=words):
        ROWS[function](make())


@pytest.mark.parametrize("damage", DAMAGED_LABELS)
@pytest.mark.parametrize("function", LABELED)
def test_damaged_labels_are_refused_in_words(function, damage):
    make, words = DAMAGED_LABELS[damage]

    with pytest.raises((TypeError, ValueError), match=words):
        LABELED[function](make())


@pytest.mark.parametrize("damage", DAMAGED_WEIGHTS)
@pytest.mark.parametrize("function", WEIGHTED)
def test_damaged_weights_are_refused_by_name(function, damage):
    make, words = DAMAGED_WEIGHTS[damage]

    with pytest.raises((TypeError, ValueError), match=words) as refusal:
        WEIGHTED[function](make())
    assert "sample_weight" in str(refusal.value)


SOUND_ROWS = {
    "a nullable frame": lambda: _frame().convert_dtypes(),
    "objects": lambda: X.astype(object),
    "a masked array without masked cells": lambda: np.ma.masked_array(X),
    "a frame": _frame,
    "lists": X.tolist,
}


@pytest.mark.parametrize("kind", SOUND_ROWS)
@pytest.mark.parametrize("function", [f for f in ROWS if "predict" not in f])
def test_sound_rows_of_any_kind_are_read(function, kind):
    given = SOUND_ROWS[kind]()
    if function in ("dip_statistic", "kmeans_1d") and isinstance(given, list):
        given = [row[-1] for row in given]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ROWS[function](given)


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(LABELS, dtype="Int64"),
        pd.Categorical(LABELS),
        pd.Series(np.array(["oak", "elm"])[LABELS], dtype="string"),
        LABELS.tolist(),
        LABELS.astype(bool),
        LABELS.astype(object),
    ],
    ids=["nullable", "categories", "strings", "a list", "booleans", "objects"],
)
@pytest.mark.parametrize("function", LABELED)
def test_sound_labels_of_any_kind_are_read(function, labels):
    plain = LABELED[function](LABELS)

    found = LABELED[function](labels)

    if isinstance(plain, float):
        assert found == pytest.approx(plain, rel=1e-12)


def test_a_cluster_without_weight_is_as_good_as_gone():
    labels = np.arange(N_ROWS) % 3
    weight = (labels < 2).astype(float)

    for index in (metrics.calinski_harabasz_score, metrics.davies_bouldin_score):
        kept = index(X[labels < 2], labels[labels < 2])
        assert index(X, labels, sample_weight=weight) == pytest.approx(kept, rel=1e-12)


@pytest.mark.parametrize("size", [0.5, "10", True, 0, -3])
def test_a_sample_size_that_is_no_number_of_rows_is_refused(size):
    for method in ("exact", "sampled"):
        with pytest.raises((TypeError, ValueError), match="sample_size"):
            metrics.silhouette_score(X, LABELS, sample_size=size, method=method)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.int64])
def test_index_arrays_of_any_whole_type_are_read(dtype):
    rows = sparse.csr_matrix(np.where(X > 4, X, 0.0))
    rows.indices, rows.indptr = rows.indices.astype(dtype), rows.indptr.astype(np.int64)

    for kind in (kwise.KMeans, kwise.MiniBatchKMeans, kwise.BisectingKMeans, kwise.KMedoids):
        plain = kind(2, random_state=0).fit(sparse.csr_matrix(np.where(X > 4, X, 0.0)))
        found = kind(2, random_state=0).fit(rows)
        np.testing.assert_array_equal(found.labels_, plain.labels_)
        np.testing.assert_array_equal(found.predict(rows), plain.labels_)
