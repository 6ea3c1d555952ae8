"""KMeans gives the oracle's and scikit-learn's answers."""

import numpy as np
import pytest
import sklearn.cluster
from sklearn.exceptions import ConvergenceWarning

import oracle
from kwise import KMeans

# Sums are exact here and rounded there; float32 centers may differ in the last bits.
TOLERANCE = {np.float32: 1e-4, np.float64: 1e-9}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("n_init", [1, 3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_clusters", [1, 3, 20])
def test_answer_is_the_oracles_and_scikit_learns(
    blobs, weights, dtype, init, n_init, weighted, n_clusters
):
    X, w = blobs.astype(dtype), weights.astype(dtype) if weighted else None
    for seed in range(2):
        settings = {"init": init, "n_init": n_init}
        ours = KMeans(n_clusters, random_state=seed, **settings).fit(X, sample_weight=w)
        plain = oracle.fit(X, n_clusters, seed=seed, weights=w, **settings)
        theirs = sklearn.cluster.KMeans(n_clusters, random_state=seed, **settings)
        theirs.fit(X, sample_weight=w)

        np.testing.assert_array_equal(ours.labels_, plain.labels)
        assert ours.n_iter_ == plain.n_iter == theirs.n_iter_
        assert ours.inertia_ == pytest.approx(plain.inertia, rel=1e-9)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_allclose(
            ours.cluster_centers_, theirs.cluster_centers_, TOLERANCE[dtype], TOLERANCE[dtype]
        )


@pytest.mark.parametrize("algorithm", ["lloyd", "elkan"])
@pytest.mark.parametrize("max_iter", [1, 2, 300])
@pytest.mark.parametrize("tol", [0, 1e-2])
def test_stopping_rules_are_scikit_learns(one_cluster, algorithm, max_iter, tol):
    settings = {"max_iter": max_iter, "tol": tol, "algorithm": algorithm, "random_state": 0}
    ours = KMeans(5, **settings).fit(one_cluster)
    theirs = sklearn.cluster.KMeans(5, **settings).fit(one_cluster)

    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)


def test_labels_belong_to_the_final_centers(one_cluster):
    model = KMeans(5, random_state=0, max_iter=2).fit(one_cluster)

    squares = oracle.squared_distances(one_cluster, model.cluster_centers_)
    np.testing.assert_array_equal(model.labels_, squares.argmin(axis=1))
    assert model.inertia_ == pytest.approx(squares.min(axis=1).sum(), rel=1e-12)


def test_labels_and_inertia_are_fresh_after_an_empty_cluster_was_filled():
    # The second center is empty at first; scikit-learn may stop with labels from before.
    X = np.array([[0.0], [1.0], [2.0], [10.0]])
    model = KMeans(2, init=np.array([[3.0], [500.0]]), max_iter=1).fit(X)

    squares = oracle.squared_distances(X, model.cluster_centers_)
    np.testing.assert_array_equal(model.labels_, squares.argmin(axis=1))
    assert model.inertia_ == pytest.approx(squares.min(axis=1).sum())
    assert set(model.labels_) == {0, 1}


def test_data_far_from_the_origin_lose_nothing(blobs, far_from_origin):
    near = KMeans(4, random_state=0).fit(blobs)
    far = KMeans(4, random_state=0).fit(far_from_origin)

    np.testing.assert_array_equal(near.labels_, far.labels_)
    np.testing.assert_allclose(far.cluster_centers_ - 1e6, near.cluster_centers_, atol=1e-8)
    assert far.inertia_ == pytest.approx(near.inertia_, rel=1e-8)


def test_weights_of_very_different_size_lose_nothing():
    X = np.array([[0.0], [1.0], [100.0], [101.0]])
    model = KMeans(2, init=[[0.0], [100.0]]).fit(X, sample_weight=[1e16, 1.0, 1e-12, 3e-12])

    np.testing.assert_allclose(model.cluster_centers_[1], 100.75, rtol=1e-12)


@pytest.mark.parametrize("kind", ["array", "list", "callable"])
def test_first_centers_may_be_given(blobs, kind):
    start = blobs[:4]

    def choose(X, n_clusters, random_state):
        # scikit-learn passes the centered rows; so does kwise.
        np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
        return X[:n_clusters]

    init = {"array": start, "list": start.tolist(), "callable": choose}[kind]
    model = KMeans(4, init=init, n_init=1).fit(blobs)
    expected = oracle.fit(blobs, 4, init=start)

    np.testing.assert_array_equal(model.labels_, expected.labels)
    assert model.n_iter_ == expected.n_iter


def test_an_array_of_centers_allows_one_start_only(blobs):
    with pytest.warns(RuntimeWarning, match=r"performing only one init in KMeans instead of n_i"):
        model = KMeans(4, init=blobs[:4], n_init=5).fit(blobs)
    assert len(model.inertias_) == 1


def test_every_starts_inertia_is_kept_and_the_best_wins(one_cluster):
    model = KMeans(6, init="random", n_init=8, random_state=0).fit(one_cluster)

    assert len(model.inertias_) == 8
    assert model.inertia_ == min(model.inertias_)


def test_history_holds_every_iteration(one_cluster):
    model = KMeans(4, random_state=0, keep_history=True).fit(one_cluster)
    history = model.history_

    assert history.centers.shape == (model.n_iter_ + 1, 4, 2)
    assert history.inertia.shape == (model.n_iter_ + 1,)
    assert (np.diff(history.inertia) <= 1e-9).all()
    assert history.inertia[-1] == pytest.approx(model.inertia_)
    np.testing.assert_array_equal(history.centers[-1], model.cluster_centers_)
    squares = oracle.squared_distances(one_cluster, history.centers[0]).min(axis=1).sum()
    assert history.inertia[0] == pytest.approx(squares)
    assert not hasattr(KMeans(4).fit(one_cluster), "history_")


@pytest.mark.parametrize("tol", [0, 1e-2])
def test_verbose_prints_what_scikit_learn_prints(one_cluster, tol, capsys):
    settings = {"n_clusters": 4, "random_state": 0, "tol": tol, "verbose": 1}
    KMeans(**settings).fit(one_cluster)
    ours = capsys.readouterr().out.splitlines()
    sklearn.cluster.KMeans(**settings).fit(one_cluster)
    theirs = capsys.readouterr().out.splitlines()

    def words(lines):
        return [
            [word for word in line.split() if not any(c.isdigit() for c in word)] for line in lines
        ]

    assert words(ours) == words(theirs)


def test_fewer_distinct_rows_than_clusters_are_warned_about(duplicates):
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(5\) found smaller than n_cl"):
        model = KMeans(8, random_state=0).fit(duplicates)
    assert model.inertia_ == pytest.approx(0, abs=1e-20)


def test_a_finer_run_replaces_a_degenerate_one():
    # The first start leaves a cluster empty for good; scikit-learn calls the better second
    # run the same clustering, because its clusters lie within those of the first.
    from kwise.estimators._runs import is_same_partition

    coarse, fine = np.array([0, 0, 1, 1], np.int32), np.array([0, 2, 1, 1], np.int32)
    assert not is_same_partition(fine, coarse, 3)
    assert not is_same_partition(coarse, fine, 3)
    assert is_same_partition(coarse, 1 - coarse, 3)


def test_one_cluster_by_elkan_is_warned_about(blobs):
    with pytest.warns(RuntimeWarning, match="algorithm='elkan' doesn't make sense"):
        KMeans(1, algorithm="elkan").fit(blobs)


def test_the_tutorials_numbers_hold():
    from sklearn.datasets import make_blobs
    from sklearn.preprocessing import StandardScaler

    X, _ = make_blobs(n_samples=200, centers=3, cluster_std=2.75, random_state=42)
    X = StandardScaler().fit_transform(X)
    model = KMeans(3, init="random", n_init=10, max_iter=300, random_state=42).fit(X)

    assert model.inertia_ == pytest.approx(74.57960106819854, rel=1e-9)
    np.testing.assert_allclose(
        model.cluster_centers_,
        [[1.19539276, 0.13158148], [-0.25813925, 1.05589975], [-0.91941183, -1.18551732]],
        atol=1e-7,
    )
    assert model.labels_[:5].tolist() == [0, 1, 2, 2, 2]


@pytest.mark.parametrize("n_clusters", [1, 3])
def test_numbers_of_clusters_may_be_numpys(n_clusters):
    X = np.random.RandomState(0).normal(size=(50, 2))

    found = KMeans(np.int64(n_clusters), random_state=np.int64(0)).fit(X)

    np.testing.assert_array_equal(found.labels_, KMeans(n_clusters, random_state=0).fit_predict(X))
