"""scikit-learn's callbacks hear of every fit, and may end it early."""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import kwise
import kwise.estimators
from kwise import KMeans
from kwise.preparation import Preparation

callback = pytest.importorskip("sklearn.callback", reason="callbacks came with scikit-learn 1.9")

ESTIMATORS = [getattr(kwise.estimators, name) for name in kwise.estimators.__all__]


class Ear:
    """Notes what it hears; says stop at the ``n``-th end of a kind of task."""

    def __init__(self, stop: str = "", n: int = 1) -> None:
        self.stop, self.n = stop, n
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.fitted: list[object] = []
        self.setups = 0

    def setup(self, estimator, context):
        self.setups += 1

    def teardown(self, estimator, context):
        self.setups -= 1

    def on_fit_task_begin(self, estimator, context):
        self.begun.append(context.task_name)

    def on_fit_task_end(self, estimator, context, *, X=None, fitted_estimator=None):
        self.ended.append(context.task_name)
        if fitted_estimator is not None and context.task_name != "iteration":
            self.fitted.append(fitted_estimator.predict(np.zeros((1, 2))))
        return context.task_name == self.stop and self.ended.count(self.stop) == self.n


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(300, 2))


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: kind.__name__)
def test_a_fit_is_heard_from_begin_to_end_and_answers_the_same(kind, rows):
    ear = Ear()

    told = kind(n_clusters=3, random_state=0).set_callbacks(ear).fit(rows)

    assert (ear.begun[0], ear.ended[-1], ear.setups) == ("fit", "fit", 0)
    assert ear.fitted
    np.testing.assert_array_equal(
        told.labels_, kind(n_clusters=3, random_state=0).fit(rows).labels_
    )


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: kind.__name__)
def test_a_clone_keeps_its_callbacks_and_a_failed_fit_is_torn_down(kind, rows):
    ear = Ear()
    model = clone(kind(n_clusters=3).set_callbacks(ear))

    with pytest.raises(ValueError, match=r"NaN|missing|nan"):
        model.fit(np.full((9, 2), np.nan), sample_weight=None)

    assert (ear.begun[:1], ear.ended, ear.setups) == (["fit"], [], 0)


def test_starts_and_iterations_are_tasks(rows):
    ear = Ear()

    model = KMeans(3, init="random", n_init=4, random_state=0).set_callbacks(ear).fit(rows)

    assert ear.ended.count("start") == 4
    assert ear.ended.count("iteration") >= model.n_iter_
    assert model.inertias_ == KMeans(3, init="random", n_init=4, random_state=0).fit(rows).inertias_


@pytest.mark.parametrize("n", [1, 2, 5])
def test_iterations_are_stopped_where_a_callback_says_so(rows, n):
    stopped = KMeans(8, random_state=0).set_callbacks(Ear("iteration", n)).fit(rows)

    fewer = KMeans(8, random_state=0, max_iter=n).fit(rows)
    assert stopped.n_iter_ == n
    np.testing.assert_array_equal(stopped.cluster_centers_, fewer.cluster_centers_)
    np.testing.assert_array_equal(stopped.labels_, fewer.labels_)


def test_starts_splits_and_batches_are_stopped_too(rows):
    starts = KMeans(3, n_init=9, random_state=0).set_callbacks(Ear("start", 2)).fit(rows)
    splits = kwise.BisectingKMeans(9, random_state=0).set_callbacks(Ear("split", 2)).fit(rows)
    batches = kwise.MiniBatchKMeans(3, batch_size=20, random_state=0)
    batches.set_callbacks(Ear("batch", 3)).fit(rows)

    assert len(starts.inertias_) == 2
    assert len(splits.cluster_centers_) == 3
    assert len(np.unique(splits.labels_)) == 3
    assert batches.n_steps_ == 3


def test_starts_of_medoids_and_iterations_of_prototypes_are_tasks(rows):
    medoids, prototypes, sampled = Ear("start", 2), Ear("start", 2), Ear("sample", 2)

    kwise.KMedoids(3, n_init=5, random_state=0).set_callbacks(medoids).fit(rows)
    found = kwise.KPrototypes(3, n_init=5, random_state=0).set_callbacks(prototypes).fit(rows)
    kwise.KMedoids(3, method="clara", n_init=1, random_state=0).set_callbacks(sampled).fit(rows)

    assert (medoids.ended.count("start"), medoids.ended[-1]) == (2, "fit")
    assert prototypes.ended.count("start") == len(found.costs_) == 2
    assert prototypes.ended.count("iteration") >= found.n_iter_
    assert sampled.ended == ["start", "sample"] * 2 + ["fit"]


@pytest.mark.parametrize("kind", ESTIMATORS, ids=lambda kind: kind.__name__)
def test_scikit_learns_own_bar_follows_a_pipeline(kind, rows):
    pytest.importorskip("rich")
    pipeline = make_pipeline(Preparation(), kind(n_clusters=3, random_state=0))
    out = io.StringIO()

    with redirect_stdout(out):
        pipeline.set_callbacks(callback.ProgressBar()).fit(rows)

    assert pipeline.predict(rows).shape == (300,)


def test_a_search_over_k_takes_them(rows):
    pytest.importorskip("rich")
    search = GridSearchCV(KMeans(random_state=0), {"n_clusters": [2, 3]}, cv=2)
    if not hasattr(search, "set_callbacks"):
        pytest.skip("scikit-learn's search takes none")
    with redirect_stdout(io.StringIO()):
        search.set_callbacks(callback.ProgressBar()).fit(rows)
    assert search.best_params_["n_clusters"] == 3
