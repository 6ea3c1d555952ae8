"""More than 65,535 clusters, and sizes beyond 2**31: a right answer or an error in words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

import kwise
import kwise._memory as memory

MANY = 70_000


def _wide(width, dtype=np.int64):
    columns = np.array([0, 5, width - 1], dtype=dtype)
    return sparse.csr_matrix((np.ones(3), columns, np.arange(4, dtype=dtype)), shape=(3, width))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_matrix])
def test_rows_are_told_apart_by_more_centers_than_16_bits_hold(kind, dtype):
    model = kwise.KMeans(MANY)
    model.cluster_centers_ = 2.0 * np.arange(MANY, dtype=dtype)[:, None]
    at = np.array([0, 3, 65_535, 65_536, MANY - 1])

    near = kind(2.0 * at[:, None].astype(dtype) + dtype(0.25))

    assert model.predict(near).tolist() == at.tolist()
    assert model.transform(near)[np.arange(5), at] == pytest.approx(0.25)


@pytest.mark.parametrize("n_features", [5, 40])
def test_rows_of_several_features_too(n_features):
    model = kwise.KMeans(MANY)
    centers = np.random.RandomState(0).normal(size=(MANY, n_features)).astype(np.float32)
    model.cluster_centers_ = centers
    at = [3, 65_535, 65_536, MANY - 1]

    assert model.predict(centers[at]).tolist() == at


def test_labels_beyond_16_bits_are_as_good_as_any():
    labels = np.repeat([1, 70_000, 2**40], 4)
    X = np.arange(12.0)[:, None]

    assert kwise.metrics.silhouette_score(X, labels) == pytest.approx(
        kwise.metrics.silhouette_score(X, np.repeat([0, 1, 2], 4))
    )


def test_columns_beyond_32_bits_are_refused():
    with pytest.raises((ValueError, MemoryError), match=r"(2147483653|2,147,483,653) columns"):
        kwise.KMeans(2).fit(_wide(2**31 + 5))


@pytest.mark.parametrize("kind", [kwise.KMeans, kwise.MiniBatchKMeans, kwise.BisectingKMeans])
@pytest.mark.parametrize("width", [2**27, 2**31 - 1])
def test_centers_that_do_not_fit_are_refused_before_they_are_made(kind, width, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 2**30)

    with pytest.raises(MemoryError, match=r"2 dense centers of [0-9,]+ columns do not fit.*GB"):
        kind(2, random_state=0).fit(_wide(width, np.int32))


def test_clusters_beyond_the_rows_are_refused():
    for k in (2**31, 2**40, 2**63 - 1):
        with pytest.raises(ValueError, match="n_clusters"):
            kwise.KMeans(k).fit(np.zeros((3, 1)))
