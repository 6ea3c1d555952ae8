"""Methods side by side: the crescents of the textbook, limits, failures, distances of choice."""

import json
import math

import numpy as np
import pytest
from scipy.cluster.hierarchy import is_valid_linkage
from sklearn.cluster import DBSCAN as TheirDBSCAN  # noqa: N811
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from kwise.comparison import (
    DEFAULT_METHODS,
    METHODS,
    Method,
    Partition,
    compare_methods,
    dbscan_with,
    k_medoids_with,
)


@pytest.fixture(scope="module")
def crescents():
    X, moon = make_moons(n_samples=250, noise=0.05, random_state=42)
    return StandardScaler().fit_transform(X), moon


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(160, centers=[(0, 0), (9, 0), (0, 9), (9, 9)], random_state=0)


@pytest.fixture(scope="module")
def on_blobs(blobs):
    X, group = blobs
    return compare_methods(X, 4, truth=group, stability_runs=1)


def test_crescents_deceive_the_silhouette(crescents):
    X, moon = crescents

    found = compare_methods(
        X, 2, methods=["kmeans", dbscan_with(0.3)], truth=moon, stability_runs=0
    )

    kmeans, dbscan = found.outcomes
    assert 0.496 <= kmeans.silhouette <= 0.4975
    assert dbscan.silhouette == pytest.approx(0.379668, abs=1e-6)
    assert round(kmeans.ari, 4) in (0.4712, 0.4602)
    assert dbscan.ari == 1.0
    assert "no judge" in found.caution


def test_a_given_reach_is_what_scikit_learn_finds(crescents):
    X, _ = crescents

    partition = dbscan_with(0.2, min_samples=4).fit(X, None, 0)

    theirs = TheirDBSCAN(eps=0.2, min_samples=4).fit_predict(X)
    assert (partition.labels == theirs).all()


@pytest.mark.parametrize("name", ["hdbscan", "optics", "agglomerative_single", "spectral"])
def test_methods_that_follow_shape_find_the_crescents(name, crescents):
    X, moon = crescents

    labels = METHODS[name].fit(X, 2, 0).labels

    kept = labels >= 0
    assert adjusted_rand_score(moon[kept], labels[kept]) > 0.95
    assert kept.mean() > 0.5


@pytest.mark.parametrize("name", DEFAULT_METHODS)
def test_every_method_finds_blobs_far_apart(name, on_blobs, blobs):
    outcome = on_blobs.outcome(name)

    kept = outcome.partition.labels >= 0
    assert outcome.n_clusters == 4
    assert adjusted_rand_score(blobs[1][kept], outcome.partition.labels[kept]) > 0.95
    assert kept.mean() > 0.5
    assert outcome.silhouette > 0.7


LEAVING_OUT_LITTLE = [name for name in DEFAULT_METHODS if name not in ("optics", "dbscan")]


@pytest.mark.parametrize("name", LEAVING_OUT_LITTLE)
def test_a_method_that_leaves_out_little_agrees_with_truth_kmeans_and_itself(name, on_blobs):
    outcome = on_blobs.outcome(name)

    like_kmeans = on_blobs.agreement[DEFAULT_METHODS.index(name), 0]
    assert min(outcome.ari, like_kmeans, outcome.stability) > 0.9


@pytest.mark.parametrize("name", DEFAULT_METHODS)
def test_labels_count_from_zero_and_noise_is_minus_one(name, on_blobs):
    outcome = on_blobs.outcome(name)

    labels = set(outcome.partition.labels.tolist())
    assert labels - {-1} == set(range(outcome.n_clusters))
    assert outcome.noise == (outcome.labels == -1).mean()


@pytest.mark.parametrize("name", METHODS)
def test_two_rows_break_no_method(name):
    found = compare_methods([[0.0, 1.0], [5.0, 2.0]], 1, methods=[name])

    assert found.outcomes[0].partition is not None or found.outcomes[0].note


def test_clusters_are_numbered_alike(on_blobs):
    first = on_blobs.outcomes[0].labels

    for outcome in on_blobs.outcomes[1:]:
        kept = outcome.labels >= 0
        assert (outcome.labels[kept] == first[kept]).mean() > 0.95


def test_the_silhouette_leaves_noise_out(blobs):
    X = np.vstack([blobs[0], [[100.0, 100.0]]])

    outcome = compare_methods(X, 4, methods=[dbscan_with(2.0)], stability_runs=0).outcomes[0]

    kept = outcome.partition.labels >= 0
    assert outcome.noise == (~kept).mean() > 0
    assert outcome.silhouette == pytest.approx(
        silhouette_score(X[kept], outcome.partition.labels[kept])
    )


def test_a_method_beyond_its_limit_is_skipped_with_the_reason():
    X = np.zeros((10_001, 1))

    outcome = compare_methods(X, 1, methods=["agglomerative_average"]).outcomes[0]

    assert outcome.partition is None
    assert outcome.note == (
        "skipped: 10,001 rows are more than its limit of 10,000; "
        "the distances of all pairs would need 0.4 GB"
    )


def test_a_method_that_fails_is_kept_with_the_reason(blobs):
    def fit(X, k, seed):
        raise ValueError("no luck today")

    mine = Method("mine", "Mine", fit, "none", "nothing", 1000)

    found = compare_methods(blobs[0], 2, methods=[mine, "kmeans"])

    assert found.outcome("mine").note == "could not be run: no luck today"
    assert found.outcome("kmeans").n_clusters == 2


def test_a_method_of_your_own_stands_beside_the_others(blobs):
    def halves(X, k, seed):
        return Partition((X[:, 0] > X[:, 0].mean()).astype(np.intp), "left and right")

    mine = Method("halves", "Halves", halves, "the mean", "sides", 10**6)

    found = compare_methods(blobs[0], 4, methods=["kmeans", mine], stability_runs=2)

    assert found.outcome("halves").n_clusters == 2
    assert found.agreement[0, 0] == found.agreement[1, 1] == 1.0
    assert 0 < found.agreement[0, 1] == found.agreement[1, 0] < 1
    assert found.outcome("halves").stability == 1.0


def test_the_table_is_ready_for_json(on_blobs):
    rows = json.loads(json.dumps(on_blobs.table(), allow_nan=False))

    assert [row["method"] for row in rows] == [METHODS[name].label for name in DEFAULT_METHODS]
    assert all(row["clusters"] == 4 for row in rows)


def test_trees_and_reachability_come_along(on_blobs):
    for name in ("ward", "agglomerative_single", "agglomerative_complete"):
        assert is_valid_linkage(on_blobs.outcome(name).partition.tree)
    optics = on_blobs.outcome("optics").partition
    assert sorted(optics.ordering) == list(range(160))
    assert math.isinf(optics.reachability[optics.ordering[0]])


def test_medoids_by_correlation_equal_medoids_on_standardized_rows():
    rng = np.random.default_rng(0)
    shapes = rng.normal(size=(3, 12))
    X = shapes[np.arange(90) % 3] * rng.uniform(1, 50, (90, 1)) + rng.normal(0, 0.2, (90, 12))
    rows = X - X.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)

    by_r = k_medoids_with("correlation").fit(X, 3, 0)
    by_square = k_medoids_with("sqeuclidean").fit(rows, 3, 0)

    assert adjusted_rand_score(by_r.labels, by_square.labels) == 1.0
    assert adjusted_rand_score(by_r.labels, np.arange(90) % 3) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_clusters": 0}, "n_clusters=0 is not possible"),
        ({"n_clusters": 161}, "pass 1 to 160"),
        ({"methods": ["k-means"]}, "did you mean 'kmeans'"),
        ({"truth": [0, 1]}, "inconsistent numbers of samples"),
    ],
)
def test_nonsense_is_refused(arguments, message, blobs):
    with pytest.raises(ValueError, match=message):
        compare_methods(blobs[0], **{"n_clusters": 2, **arguments})


def test_a_reach_of_nothing_is_refused():
    with pytest.raises(ValueError, match="positive"):
        dbscan_with(0.0)
