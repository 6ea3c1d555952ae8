"""No unit matters: data times a power of two, which changes no digit, give the same answers."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
import sklearn.cluster
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

import kwise
from kwise import BisectingKMeans, KMeans, MiniBatchKMeans, metrics, ordered
from kwise._core.units import is_ordinary, is_surely_ordinary
from kwise.engines.seeding import SEEDINGS

K = 3


def _fitted(model, X, weights=None):
    """Return what a fit finds: by name, a value and the power of the unit that it has."""
    model.fit(X, sample_weight=weights)
    found = {
        "labels": (model.labels_, 0),
        "centers": (model.cluster_centers_, 1),
        "inertia": (model.inertia_, 2),
        "predict": (model.predict(X[::-1]), 0),
        "transform": (model.transform(X), 1),
        "score": (model.score(X), 2),
    }
    for name in ("n_iter_", "n_steps_"):
        if hasattr(model, name):
            found[name] = (getattr(model, name), 0)
    for name in ("inertias_", "node_inertias_"):
        if hasattr(model, name):
            found[name] = (getattr(model, name), 2)
    if not sparse.issparse(X):
        far = X * 2.0**50 + X[::-1]
        found |= {"far predict": (model.predict(far), 0), "far": (model.transform(far), 1)}
    if hasattr(model, "history_"):
        found["history"] = (model.history_.inertia, 2)
        found["centers of the history"] = (model.history_.centers, 1)
    return found


def _batches(X):
    model = MiniBatchKMeans(K, random_state=0)
    for first in (0, 7):
        model.partial_fit(X[first:])
    return {"centers": (model.cluster_centers_, 1), "inertia": (model.inertia_, 2)}


def _run(found, power=2):
    return {
        "labels": (found.labels, 0),
        "centers": (found.centers, 1),
        "inertia": (found.inertia, power),
    }


def _segments(X):
    found = ordered.segment(X, range(1, 6))
    return {"k": (found.k, 0), **_run(found.run())}


def _sweep(X):
    found = kwise.sweep_k(X, [1, 2, 3], n_init=2, random_state=0)
    return {f"labels {k}": (found.run(k).labels, 0) for k in found.ks} | {
        f"inertia {k}": (found.run(k).inertia, 2) for k in found.ks
    }


def _k_means(X):
    centers, labels, inertia = kwise.k_means(X, K, random_state=0)
    return {"labels": (labels, 0), "centers": (centers, 1), "inertia": (inertia, 2)}


def _elsewhere(X, weights=None, **settings):
    model = KMeans(K, random_state=0, keep_history=True, **settings)
    rows = kwise.rows(X)
    model.fit(rows, sample_weight=weights)
    return {
        "labels": (model.labels_, 0),
        "centers": (model.cluster_centers_, 1),
        "inertia": (model.inertia_, 2),
        "inertias": (model.inertias_, 2),
        "n_iter": (model.n_iter_, 0),
        "history": (model.history_.inertia, 2),
        "centers of the history": (model.history_.centers, 1),
        "predict": (model.predict(rows), 0),
        "score": (model.score(rows), 2),
    }


def _labels(X):
    return np.arange(len(X)) % K


def _weights(X):
    return 1.0 + np.arange(len(X)) % 4


def _columnwise(X):
    return sparse.csr_matrix(np.where(np.arange(X.size).reshape(X.shape) % 3, X, 0.0))


# Every public function that takes rows of numbers. ``tol`` of BisectingKMeans is an absolute number
# above a variance of 1, as scikit-learn's is, so it is set to none.
FUNCTIONS = {
    "KMeans": lambda X: _fitted(KMeans(K, random_state=0, keep_history=True), X),
    "KMeans, 3 starts": lambda X: _fitted(KMeans(K, random_state=0, n_init=3), X),
    "KMeans, random": lambda X: _fitted(KMeans(K, random_state=0, init="random", n_init=2), X),
    "KMeans, array": lambda X: _fitted(KMeans(K, init=X[:K], n_init=1), X),
    "KMeans, callable": lambda X: _fitted(
        KMeans(K, init=lambda X, k, random_state: X[-k:], n_init=1), X
    ),
    "KMeans, weights": lambda X: _fitted(KMeans(K, random_state=0), X, _weights(X)),
    "KMeans, sparse": lambda X: _fitted(KMeans(K, random_state=0), _columnwise(X)),
    **{
        f"rows, {init}": lambda X, init=init: _elsewhere(X, init=init, n_init=2)
        for init in SEEDINGS
    },
    "rows, array": lambda X: _elsewhere(X, init=X[:K]),
    "rows, weights": lambda X: _elsewhere(X, _weights(X)),
    "k_means": _k_means,
    "MiniBatchKMeans": lambda X: _fitted(MiniBatchKMeans(K, random_state=0, batch_size=8), X),
    "MiniBatchKMeans, tol": lambda X: _fitted(MiniBatchKMeans(K, random_state=0, tol=1e-3), X),
    "MiniBatchKMeans, sparse": lambda X: _fitted(
        MiniBatchKMeans(K, random_state=0, batch_size=8), _columnwise(X)
    ),
    "MiniBatchKMeans.partial_fit": _batches,
    "BisectingKMeans": lambda X: _fitted(BisectingKMeans(K, random_state=0, tol=0), X),
    "BisectingKMeans, k-means++": lambda X: _fitted(
        BisectingKMeans(K, random_state=0, tol=0, init="k-means++"), X
    ),
    "kmeans_plusplus": lambda X: {
        "rows": (kwise.kmeans_plusplus(X, K, random_state=0)[1], 0),
        "centers": (kwise.kmeans_plusplus(X, K, random_state=0)[0], 1),
    },
    "kmeans_plusplus, sparse": lambda X: {
        "rows": (kwise.kmeans_plusplus(_columnwise(X), K, random_state=0)[1], 0)
    },
    "silhouette_score": lambda X: {"value": (metrics.silhouette_score(X, _labels(X)), 0)},
    "silhouette_score, sparse": lambda X: {
        "value": (metrics.silhouette_score(_columnwise(X), _labels(X)), 0)
    },
    "silhouette_samples": lambda X: {"values": (metrics.silhouette_samples(X, _labels(X)), 0)},
    "silhouette_samples, squared": lambda X: {
        "values": (metrics.silhouette_samples(X, _labels(X), method="squared"), 0)
    },
    "silhouette_samples, simplified": lambda X: {
        "values": (metrics.silhouette_samples(X, _labels(X), method="simplified"), 0)
    },
    "silhouette_estimate": lambda X: {
        "value": (
            metrics.silhouette_estimate(
                X, _labels(X), method="sampled", sample_size=9, random_state=0
            ).value,
            0,
        )
    },
    "calinski_harabasz_score": lambda X: {
        "value": (metrics.calinski_harabasz_score(X, _labels(X)), 0)
    },
    "davies_bouldin_score": lambda X: {"value": (metrics.davies_bouldin_score(X, _labels(X)), 0)},
    "indices, weights": lambda X: {
        name: (getattr(metrics, name)(X, _labels(X), sample_weight=_weights(X)), 0)
        for name in ("calinski_harabasz_score", "davies_bouldin_score", "silhouette_score")
    },
    "dip_statistic": lambda X: {"value": (metrics.dip_statistic(X[:, 0]), 0)},
    "kmeans_1d": lambda X: _run(ordered.kmeans_1d(X[:, 0], [2]).run(2)),
    "segment": _segments,
    "sweep_k": _sweep,
}

# Rows that differ: far apart or near, whole numbers or not.
tables = (
    st.integers(1, 4)
    .flatmap(
        lambda d: arrays(
            np.float64,
            (24, d),
            elements=st.one_of(
                st.integers(-9, 9).map(float),
                st.floats(-8, 8, width=32).filter(lambda x: not 0 < abs(x) < 1e-6),
            ),
        )
    )
    .filter(lambda X: min(len(np.unique(column)) for column in X.T) > 4)
)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("function", FUNCTIONS)
@settings(max_examples=12, deadline=None)
@given(X=tables, exponent=st.integers(-400, 400))
@example(X=np.random.RandomState(0).normal(size=(24, 3)), exponent=-400)
@example(X=np.random.RandomState(0).normal(size=(24, 3)), exponent=400)
@example(X=np.random.RandomState(1).normal(size=(24, 1)), exponent=-64)
@example(X=np.random.RandomState(2).normal(size=(24, 2)), exponent=64)
def test_a_power_of_two_changes_nothing(function, X, exponent):
    plain = FUNCTIONS[function](X)

    scaled = FUNCTIONS[function](np.ldexp(X, exponent))

    assert plain.keys() == scaled.keys()
    for name, (value, power) in plain.items():
        expected = np.ldexp(np.asarray(value, float), power * exponent)
        np.testing.assert_array_equal(np.asarray(scaled[name][0], float), expected, err_msg=name)


@pytest.mark.parametrize("exponent", [-100, -60, 60, 110])
@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans, BisectingKMeans])
def test_float32_is_held_wherever_its_values_are(kind, exponent):
    X = np.random.RandomState(0).normal(size=(200, 3)).astype(np.float32)
    plain = kind(4, random_state=0).fit(X)

    scaled = kind(4, random_state=0).fit(np.ldexp(X, exponent))

    np.testing.assert_array_equal(scaled.labels_, plain.labels_)
    np.testing.assert_array_equal(
        scaled.cluster_centers_, np.ldexp(plain.cluster_centers_, exponent)
    )
    assert scaled.inertia_ == np.ldexp(plain.inertia_, 2 * exponent)


@pytest.mark.parametrize("exponent", [-110, -60, 60, 110])
@pytest.mark.parametrize("init", SEEDINGS)
def test_rows_elsewhere_are_held_as_rows_in_memory_are(init, exponent):
    X = np.ldexp(np.random.RandomState(0).normal(size=(200, 3)).astype(np.float32), exponent)
    one = KMeans(4, init=init, random_state=0).fit(X)

    found = KMeans(4, init=init, random_state=0).fit(kwise.rows(X))

    np.testing.assert_array_equal(found.labels_, one.labels_)
    np.testing.assert_array_equal(found.cluster_centers_, one.cluster_centers_)
    assert found.inertia_ == one.inertia_


@pytest.mark.parametrize("unit", [1.602e-19, 1.66e-27, 2e30, 3.1e19, 1e-120, 1e120])
def test_seeds_in_any_unit_are_scikit_learns(unit, blobs):
    for seed in range(3):
        ours = KMeans(6, random_state=seed).fit(blobs * unit)

        theirs = sklearn.cluster.KMeans(6, random_state=seed).fit(blobs * unit)
        np.testing.assert_array_equal(ours.labels_, theirs.labels_)
        assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-9)


@pytest.mark.parametrize("unit", [1e-120, 1e-12, 1.0, 1e13, 1e120])
@pytest.mark.parametrize("far", [0.0, 1e3, 1e9])
def test_seeds_alone_are_those_in_any_unit(unit, far, blobs):
    X = blobs * unit + far * unit
    centers, rows = kwise.kmeans_plusplus(X, 6, random_state=0)

    np.testing.assert_array_equal(rows, kwise.kmeans_plusplus(X * 2.0**40, 6, random_state=0)[1])
    np.testing.assert_array_equal(centers, X[rows])


@given(arrays(np.float64, (7, 2), elements=st.floats(-1e300, 1e300)))
def test_what_is_surely_ordinary_is(X):
    with np.errstate(over="ignore", invalid="ignore"):
        variance = X.var(axis=0).mean()
    if is_surely_ordinary(X, float(np.abs(X).max())):
        assert is_ordinary(variance)


def test_usual_rows_are_surely_ordinary(blobs):
    assert is_surely_ordinary(blobs, float(np.abs(blobs).max()))
    assert not is_surely_ordinary(np.ones((50, 2)), 1.0)


@pytest.mark.parametrize("scale", [1e150, 1e200, 1e300])
def test_rows_far_beyond_their_squares_have_a_nearest_center(scale):
    model = KMeans(2)
    model.cluster_centers_ = np.array([[0.0, scale], [scale, 0.0]])
    X = np.array([[0.1, 0.9], [0.9, 0.1], [5.0, 4.0]]) * scale

    assert model.predict(X).tolist() == [0, 1, 1]
    assert np.isfinite(model.transform(X)).all()
    # Near and far rows at once, each in a unit of its own.
    mixed = np.array([[2.0, 1.0], [1e-3, 2e-3], [3e306, 1e306]])
    model.cluster_centers_ = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert model.predict(mixed[:2]).tolist() == [1, 0]
    np.testing.assert_allclose(model.transform(mixed[2:]), 10**0.5 * 1e306)


def test_values_too_small_for_their_squares_are_told_apart():
    centers = np.array([[0.0], [1e-200], [3e-200]])
    model = KMeans(3)
    model.cluster_centers_ = centers

    assert model.predict([[0.9e-200], [2.5e-200], [1e-201]]).tolist() == [1, 2, 0]
    np.testing.assert_allclose(model.transform([[1e-200]]), [[1e-200, 0.0, 2e-200]])


def test_what_overflows_is_named():
    X = np.random.RandomState(0).normal(size=(50, 2))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="values of X spread so widely"):
            KMeans(2, random_state=0).fit(X * 1e160)
        for kind in (KMeans, MiniBatchKMeans, BisectingKMeans):
            with pytest.raises(ValueError, match="sample_weight"):
                kind(2, random_state=0).fit(X * 100, sample_weight=np.full(50, 1e305))
        with pytest.raises(ValueError, match="overflows float64"):
            KMeans(2, random_state=0).fit(X).score(X * 1e160)


@pytest.mark.parametrize("factor", [2.0**-300, 2.0**-60, 2.0**70, 2.0**900])
def test_a_common_factor_of_the_weights_changes_nothing_elsewhere(factor, blobs):
    weights = 1.0 + np.arange(len(blobs)) % 5
    plain = KMeans(4, random_state=0).fit(kwise.rows(blobs), sample_weight=weights)

    scaled = KMeans(4, random_state=0).fit(kwise.rows(blobs), sample_weight=weights * factor)

    np.testing.assert_array_equal(scaled.labels_, plain.labels_)
    assert scaled.inertia_ == plain.inertia_ * factor


@pytest.mark.parametrize("factor", [2.0**-300, 2.0**-60, 2.0**70, 2.0**900])
@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans, BisectingKMeans])
def test_a_common_factor_of_the_weights_changes_nothing(kind, factor, blobs):
    weights = 1.0 + np.arange(len(blobs)) % 5
    plain = kind(4, random_state=0).fit(blobs, sample_weight=weights)

    scaled = kind(4, random_state=0).fit(blobs, sample_weight=weights * factor)

    np.testing.assert_array_equal(scaled.labels_, plain.labels_)
    assert scaled.inertia_ == pytest.approx(plain.inertia_ * factor, rel=1e-12)


@pytest.mark.parametrize(
    "name", ["calinski_harabasz_score", "davies_bouldin_score", "silhouette_score"]
)
def test_equal_shares_are_no_weights(name, blobs):
    labels = np.arange(len(blobs)) % 3
    index = getattr(metrics, name)

    shares = index(blobs, labels, sample_weight=np.full(len(blobs), 1 / len(blobs)))

    assert shares == pytest.approx(index(blobs, labels), rel=1e-9)


def _answer(found):
    """Return what is said of the data, but for numbers that have a unit."""
    return found.k, found.kind, found.verdict, round(found.confidence, 6)


def _analyzed(X, **options):
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    found = kwise.analyze(frame, random_state=0, **options)
    return (*_answer(found.selection), found.labels.tolist())


def _compared(X):
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    found = kwise.compare(frame, k=3, scale="none", random_state=0)
    return {each.name: np.asarray(each.labels).tolist() for each in found.outcomes}


# What weighs, prepares or compares: seconds a call.
SLOW_FUNCTIONS = {
    "select_k": lambda X: _answer(kwise.select_k(X, random_state=0)),
    "judge_sweep": lambda X: _answer(kwise.judge_sweep(kwise.sweep_k(X, random_state=0))),
    "analyze": _analyzed,
    "analyze, no scaling": lambda X: _analyzed(X, scale="none"),
    "compare": _compared,
    "KMedoids": lambda X: kwise.KMedoids(K, random_state=0).fit(X).labels_.tolist(),
    "KPrototypes": lambda X: kwise.KPrototypes(K, random_state=0).fit(X).labels_.tolist(),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", SLOW_FUNCTIONS)
def test_a_power_of_two_changes_no_verdict(function):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 3)) + 6 * (np.arange(90) % 3)[:, None]
    plain = SLOW_FUNCTIONS[function](X)

    for exponent in (-400, -60, 100, 400):
        assert SLOW_FUNCTIONS[function](np.ldexp(X, exponent)) == plain, exponent


def test_the_lists_of_functions_are_complete():
    listed = " ".join((*FUNCTIONS, *SLOW_FUNCTIONS))
    public = [*kwise.__all__, *kwise.estimators.__all__, *ordered.__all__, *metrics.__all__]
    # Records, what takes no numbers with a unit, and labels beside labels.
    others = {"Analysis", "Selection", "Sweep", "Segmentation", "SilhouetteEstimate", "LabelMatch"}
    others |= {"build_info", "load", "read_table", "match_labels", *metrics.agreement.__all__}

    assert not [name for name in public if name not in listed and name not in others]
