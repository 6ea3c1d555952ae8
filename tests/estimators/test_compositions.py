"""The estimators work inside scikit-learn's other tools as scikit-learn's own do."""

import numpy as np
import pandas as pd
import pytest
import sklearn.cluster
from sklearn import config_context
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import kwise
from older_peers import SAME_DRAWS

NAMES = ["KMeans", pytest.param("MiniBatchKMeans", marks=SAME_DRAWS), "BisectingKMeans"]


@pytest.fixture(params=NAMES)
def pair(request):
    """Return kwise's and scikit-learn's class."""
    return getattr(kwise, request.param), getattr(sklearn.cluster, request.param)


def test_a_grid_over_a_pipeline_gives_scikit_learns_scores(pair):
    X, y = load_iris(return_X_y=True)
    scores = []
    for estimator in pair:
        pipeline = make_pipeline(StandardScaler(), estimator(random_state=0), GaussianNB())
        name = estimator.__name__.lower()
        grid = GridSearchCV(pipeline, {f"{name}__n_clusters": [2, 3, 7]}, cv=3).fit(X, y)
        scores.append(grid.cv_results_["mean_test_score"])

    np.testing.assert_allclose(*scores, atol=1e-12)


def test_clusters_of_some_columns_are_a_feature_beside_others(pair):
    table = pd.DataFrame(load_iris().data, columns=["a", "b", "c", "d"])
    outputs = []
    for estimator in pair:
        columns = ColumnTransformer(
            [("near", estimator(3, random_state=0), ["a", "b"]), ("rest", "passthrough", ["c"])]
        )
        outputs.append(columns.set_output(transform="pandas").fit_transform(table))

    assert list(outputs[0].columns) == list(outputs[1].columns)
    np.testing.assert_allclose(*outputs, atol=1e-9)


def test_binning_a_column_like_kbinsdiscretizer(pair):
    column = np.random.RandomState(0).gamma(2.0, size=(500, 1))
    edges = np.linspace(column.min(), column.max(), 6)
    start = ((edges[1:] + edges[:-1]) / 2)[:, None]
    centers = []
    for estimator in pair:
        model = estimator(5, random_state=0)
        if "init" in model.get_params() and estimator.__name__ != "BisectingKMeans":
            model.set_params(init=start, n_init=1)
        centers.append(np.sort(model.fit(column).cluster_centers_[:, 0]))

    np.testing.assert_allclose(*centers)
    bins = np.searchsorted((centers[0][1:] + centers[0][:-1]) / 2, column)
    assert OneHotEncoder().fit_transform(bins).shape == (500, 5)


def test_embeddings_are_clustered_like_spectral_clustering(monkeypatch):
    from sklearn.cluster import SpectralClustering
    from sklearn.datasets import make_moons

    X, _ = make_moons(200, noise=0.05, random_state=0)
    settings = {"n_clusters": 2, "gamma": 20.0, "random_state": 0}
    theirs = SpectralClustering(**settings).fit_predict(X)
    monkeypatch.setattr("sklearn.cluster._kmeans.KMeans", kwise.KMeans)

    np.testing.assert_array_equal(SpectralClustering(**settings).fit_predict(X), theirs)


def test_weights_are_routed_through_a_pipeline(pair):
    X = load_iris().data
    w = np.random.RandomState(0).uniform(size=len(X))
    labels = []
    with config_context(enable_metadata_routing=True):
        for estimator in pair:
            model = estimator(3, random_state=0).set_fit_request(sample_weight=True)
            scaler = StandardScaler().set_fit_request(sample_weight=True)
            pipeline = make_pipeline(scaler, model)
            labels.append(pipeline.fit(X, sample_weight=w)[-1].labels_)

    np.testing.assert_array_equal(*labels)


def test_finiteness_is_not_checked_where_the_user_vouches_for_it(pair):
    X = load_iris().data
    with config_context(assume_finite=True):
        labels = [estimator(3, random_state=0).fit(X).labels_ for estimator in pair]

    np.testing.assert_array_equal(*labels)


def test_parameters_and_defaults_are_scikit_learns(pair):
    ours, theirs = (estimator().get_params() for estimator in pair)
    added = set(ours) - set(theirs)

    assert {name: ours[name] for name in theirs} == theirs
    assert added <= {"keep_history", "max_size", "metric", "min_size", "quality", "trim"}


def test_public_attributes_of_a_fit_are_there(pair):
    X = load_iris().data
    ours, theirs = (estimator(3, random_state=0).fit(X) for estimator in pair)
    public = {name for name in vars(theirs) if not name.startswith("_")}

    assert public <= set(vars(ours))
    for name in public:
        assert type(getattr(ours, name)) is type(getattr(theirs, name)), name
