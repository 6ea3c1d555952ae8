"""A sweep fits what KMeans fits, adds candidates later, and refuses nonsense."""

import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from threadpoolctl import threadpool_limits

from kwise._numbering import size_order
from kwise.estimators import KMeans
from kwise.results import Run, Score
from kwise.selection import Criterion, rules, sweep_k
from kwise.selection.numbering import settle_numbers
from kwise.selection.row_order import order_by_content


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(150, centers=3, cluster_std=2.0, random_state=2)[0]


def test_a_run_is_what_kmeans_finds(blobs):
    run = sweep_k(blobs, [4], criteria=[], n_init=3, random_state=7).run(4)

    rows = order_by_content(blobs, 0)
    model = KMeans(n_clusters=4, n_init=3, quality="better", random_state=7).fit(blobs[rows])
    by_size = size_order(model.labels_, 4)
    assert run.inertia == pytest.approx(model.inertia_, rel=1e-12)
    assert (by_size[run.labels[rows]] == model.labels_).all()
    np.testing.assert_array_equal(run.centers, model.cluster_centers_[by_size])


def test_a_row_as_near_to_two_centers_is_where_predict_puts_it():
    X = np.array([[-3.0], [-3.0], [0.0], [2.0], [2.0], [2.0], [2.0]])
    run = Run(np.array([[-2.0], [2.0]]), np.array([0, 0, 0, 1, 1, 1, 1], np.int32), 6.0, 3, True)

    settled = settle_numbers(X, run)

    assert settled.centers.tolist() == [[2.0], [-2.0]]
    assert settled.labels.tolist() == [1, 1, 0, 0, 0, 0, 0]


def test_every_start_is_on_record_best_first(blobs):
    sweep = sweep_k(blobs, [1, 5], criteria=[], n_init=4, random_state=0)

    assert len(sweep.inertias[1]) == 4
    assert list(sweep.inertias[1]) == sorted(sweep.inertias[1])
    # What is shown goes on from there.
    assert sweep.run(5).inertia <= sweep.inertias[1][0]


def test_candidates_can_be_added_without_refitting(blobs):
    first = sweep_k(blobs, [2, 3], criteria=["silhouette"], random_state=0)

    more = sweep_k(blobs, [3, 4], criteria=["silhouette", "bic"], random_state=0, sweep=first)

    assert more.ks == (2, 3, 4)
    assert more.run(2) is first.run(2)
    assert more.scores["silhouette"][:2] == first.scores["silhouette"]
    assert all(math.isfinite(score.value) for score in more.scores["bic"])


def test_a_sweep_of_other_data_is_refused(blobs):
    first = sweep_k(blobs, [2], criteria=[], random_state=0)

    with pytest.raises(ValueError, match="same data"):
        sweep_k(blobs[:-1], [3], sweep=first)


def test_a_criterion_of_your_own_is_scored(blobs):
    mine = Criterion(
        "evenness",
        "Evenness",
        lambda context, run: Score(float(np.bincount(run.labels).min())),
        rules.highest,
        "higher",
    )

    sweep = sweep_k(blobs, [2, 3], criteria=[mine], random_state=0)

    assert sweep.scores["evenness"][1].value == np.bincount(sweep.run(3).labels).min()


def test_a_criterion_that_fails_does_not_stop_the_rest(blobs):
    def broken(context, run):
        raise ValueError("no luck")

    sick = Criterion("sick", "Sick", broken, rules.highest, "higher")

    sweep = sweep_k(blobs, [2], criteria=[sick, "bic"], random_state=0)

    assert "no luck" in sweep.scores["sick"][0].note
    assert math.isfinite(sweep.scores["bic"][0].value)


@pytest.mark.parametrize(
    ("ks", "message"),
    [([], "empty"), ([0, 2], "from 1"), ([2, 151], "larger than n_samples=150")],
)
def test_impossible_candidates_are_refused(blobs, ks, message):
    with pytest.raises(ValueError, match=message):
        sweep_k(blobs, ks)


def test_unknown_criterion_offers_the_nearest(blobs):
    with pytest.raises(ValueError, match="did you mean 'silhouette'"):
        sweep_k(blobs, [2], criteria=["silhuette"])


def test_progress_can_stop_the_sweep(blobs):
    def stop(task, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep_k(blobs, [2], progress=stop)


def test_threads_of_matrix_products_change_no_score():
    X = np.random.default_rng(0).normal(size=(3_000, 40))

    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            found.append(sweep_k(X, [2, 25], criteria=["mixture", "bic"], n_init=1, random_state=0))

    assert found[0].scores == found[1].scores
