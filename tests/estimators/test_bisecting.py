"""BisectingKMeans gives scikit-learn's answers, keeps its tree, and scales its tolerance."""

import numpy as np
import pytest
import sklearn.cluster
from scipy import sparse
from sklearn.datasets import make_blobs
from sklearn.exceptions import ConvergenceWarning

from kwise import BisectingKMeans
from kwise.io import save_model


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("strategy", ["biggest_inertia", "largest_cluster"])
@pytest.mark.parametrize("weighted", [False, True])
def test_answer_is_scikit_learns(blobs, dtype, init, strategy, weighted):
    X = blobs.astype(dtype)
    w = np.random.RandomState(0).uniform(0.1, 1, 300) if weighted else None
    for seed in range(2):
        settings = {"init": init, "n_init": 2, "bisecting_strategy": strategy}
        ours = BisectingKMeans(9, random_state=seed, **settings).fit(X, sample_weight=w)
        theirs = sklearn.cluster.BisectingKMeans(9, random_state=seed, **settings)
        theirs.fit(X, sample_weight=w)

        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-3)
        assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-5)


def test_scaling_the_data_down_does_not_spoil_the_answer():
    # scikit-learn compares movements in the data's units with an absolute number.
    X, _ = make_blobs(2000, 5, centers=12, cluster_std=4, random_state=1)
    large = BisectingKMeans(12, random_state=0).fit(X)
    small = BisectingKMeans(12, random_state=0).fit(X * 1e-3)

    assert small.inertia_ * 1e6 <= large.inertia_ * 1.01


@pytest.mark.parametrize("strategy", ["biggest_inertia", "largest_cluster"])
def test_a_cut_is_the_answer_of_a_fit_with_fewer_clusters(blobs, strategy):
    settings = {"random_state": 3, "bisecting_strategy": strategy}
    model = BisectingKMeans(10, **settings).fit(blobs)

    for k in range(1, 11):
        fewer = BisectingKMeans(k, **settings).fit(blobs)
        np.testing.assert_array_equal(model.cut(k), fewer.labels_)
        np.testing.assert_array_equal(model.cut(k, model.predict(blobs)), fewer.predict(blobs))


@pytest.mark.parametrize("k", [0, 11])
def test_a_cut_that_the_tree_does_not_have_is_refused(blobs, k):
    model = BisectingKMeans(10, random_state=0).fit(blobs)

    with pytest.raises(ValueError, match=f"n_clusters={k} cannot be cut from a tree with 10"):
        model.cut(k)


def test_the_tree_has_the_form_of_hierarchical_clustering(blobs):
    model = BisectingKMeans(6, random_state=0).fit(blobs)

    assert model.children_.shape == (5, 2)
    assert sorted(model.children_.ravel()) == list(range(10))
    np.testing.assert_array_equal(model.node_counts_[:6], np.bincount(model.labels_))
    assert model.node_counts_[-1] == 300
    for m, pair in enumerate(model.children_):
        assert model.node_counts_[6 + m] == model.node_counts_[pair].sum()
        assert model.node_inertias_[6 + m] >= model.node_inertias_[pair].sum() - 1e-9
    whole = ((blobs - blobs.mean(axis=0)) ** 2).sum()
    assert model.node_inertias_[-1] == pytest.approx(whole)


def test_fewer_distinct_rows_than_clusters_are_warned_about(duplicates):
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(5\) found smaller than n_cl"):
        model = BisectingKMeans(8, random_state=0).fit(duplicates)
    assert model.inertia_ == pytest.approx(0, abs=1e-20)
    assert len(set(model.labels_)) == 5


def test_as_many_clusters_as_rows_are_possible():
    X = np.random.RandomState(0).normal(size=(12, 2))
    for strategy in ("biggest_inertia", "largest_cluster"):
        model = BisectingKMeans(12, random_state=0, bisecting_strategy=strategy).fit(X)
        assert sorted(model.labels_) == list(range(12))


def test_verbose_prints_every_split(blobs, capsys):
    BisectingKMeans(3, random_state=0, verbose=1).fit(blobs)

    assert capsys.readouterr().out.count("New centroids from bisection:") == 2


def test_a_tree_is_not_saved_as_centers(tmp_path, blobs):
    with pytest.raises(ValueError, match=r"down a tree of splits.*Save a KMeans"):
        save_model(tmp_path / "m.kwise", BisectingKMeans(2, random_state=0).fit(blobs))
    assert not (tmp_path / "m.kwise").exists()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_array])
@pytest.mark.parametrize("value", [0.0, 2.0])
def test_equal_rows_stay_one_cluster(form, value):
    model = BisectingKMeans(3, random_state=0).fit(form(np.full((6, 4), value)))

    assert len(set(model.labels_)) == 1
    assert model.inertia_ == 0.0
