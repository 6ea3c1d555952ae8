"""MiniBatchKMeans draws scikit-learn's batches and moves the centers as it does."""

import numpy as np
import pytest
import sklearn.cluster

from kwise import KMeans, MiniBatchKMeans
from kwise.estimators import minibatch
from kwise.estimators._assign import assign
from kwise.estimators._minibatch import BatchDraws
from older_peers import SAME_DRAWS


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_are_those_of_choice(weighted, dtype):
    weights = np.random.RandomState(0).uniform(size=5000) if weighted else np.ones(5000)
    weights = weights.astype(dtype)
    draws, rng = BatchDraws(weights, np.random.RandomState(1)), np.random.RandomState(1)

    for _ in range(20):
        expected = rng.choice(5000, 256, p=weights / weights.sum(), replace=True)
        np.testing.assert_array_equal(draws.draw(256), expected)


@SAME_DRAWS
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("init", ["k-means++", "random"])
@pytest.mark.parametrize("batch_size", [50, 1024])
def test_answer_is_scikit_learns(blobs, weights, weighted, init, batch_size):
    w = weights if weighted else None
    for seed in range(2):
        settings = {"init": init, "batch_size": batch_size, "random_state": seed}
        ours = MiniBatchKMeans(5, **settings).fit(blobs, sample_weight=w)
        theirs = sklearn.cluster.MiniBatchKMeans(5, **settings).fit(blobs, sample_weight=w)

        assert (ours.n_steps_, ours.n_iter_) == (theirs.n_steps_, theirs.n_iter_)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_)
        assert ours.inertia_ == pytest.approx(theirs.inertia_)


def test_partial_fit_moves_the_centers_as_scikit_learns_does(blobs):
    ours = MiniBatchKMeans(5, random_state=0)
    theirs = sklearn.cluster.MiniBatchKMeans(5, random_state=0)
    for part in np.array_split(blobs, 6):
        ours.partial_fit(part)
        theirs.partial_fit(part)

    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.n_steps_ == 6


def test_partial_fit_takes_batches_of_another_float_type(blobs):
    model = MiniBatchKMeans(4, random_state=0).partial_fit(blobs[:150])
    model.partial_fit(blobs[150:].astype(np.float32))

    assert model.cluster_centers_.dtype == np.float64


def test_a_batch_that_cannot_be_used_changes_nothing(blobs):
    model = MiniBatchKMeans(4, random_state=0).partial_fit(blobs)
    before = model.cluster_centers_.copy()

    with pytest.raises(ValueError, match="NaN"):
        model.partial_fit(np.full((5, 3), np.nan))

    np.testing.assert_array_equal(model.cluster_centers_, before)
    assert model.n_steps_ == 1


def test_inertia_comes_near_that_of_all_rows(blobs):
    full = KMeans(4, n_init=5, random_state=0).fit(blobs)
    batches = MiniBatchKMeans(4, n_init=5, random_state=0, batch_size=64).fit(blobs)

    assert batches.inertia_ <= 1.02 * full.inertia_


def test_without_labels_the_inertia_is_estimated(blobs):
    model = MiniBatchKMeans(4, random_state=0, compute_labels=False).fit(blobs)

    assert not hasattr(model, "labels_")
    assert model.inertia_ == pytest.approx(-model.score(blobs), rel=0.5)


@SAME_DRAWS
@pytest.mark.parametrize("settings", [{}, {"tol": 1e-2}, {"reassignment_ratio": 0.9}])
def test_verbose_prints_what_scikit_learn_prints(blobs, settings, capsys):
    settings = {"n_clusters": 9, "random_state": 0, "batch_size": 50, "verbose": 1} | settings
    MiniBatchKMeans(**settings).fit(blobs)
    ours = capsys.readouterr().out.splitlines()
    sklearn.cluster.MiniBatchKMeans(**settings).fit(blobs)
    theirs = capsys.readouterr().out.splitlines()

    assert [line.partition(":")[0] for line in ours] == [line.partition(":")[0] for line in theirs]


def test_too_small_an_init_size_is_warned_about(blobs):
    with pytest.warns(RuntimeWarning, match="init_size=10 should be larger than n_clusters=20"):
        MiniBatchKMeans(20, init_size=10).fit(blobs)


def test_reassignment_never_moves_all_centers(blobs):
    model = MiniBatchKMeans(4, random_state=0, reassignment_ratio=50.0, batch_size=100).fit(blobs)

    assert np.isfinite(model.cluster_centers_).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_clusters", [16, 30, 40])
def test_with_nearly_as_many_clusters_as_rows_only_equal_distances_part_from_scikit_learn(
    monkeypatch, n_clusters, seed
):
    """Several centers are moved to one row: from then on they are equal but for rounding."""
    steps = []
    taken = minibatch.step
    monkeypatch.setattr(minibatch, "step", lambda *a: steps.append(a) or taken(*a))
    X = np.random.RandomState(seed).normal(size=(40, 3))
    MiniBatchKMeans(n_clusters, batch_size=20, random_state=seed).fit(X)

    for rows, _, centers, _ in steps:
        ours, _ = assign(rows, centers)
        weights = np.ones(len(rows))
        theirs, _ = sklearn.cluster._kmeans._labels_inertia(rows, weights, centers, n_threads=1)
        parted = ours != theirs
        own, other = (
            np.linalg.norm(rows[parted] - centers[labels[parted]], axis=1)
            for labels in (ours, theirs)
        )
        np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-7)
        assert (own <= other).all()
