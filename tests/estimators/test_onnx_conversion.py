"""skl2onnx converts kwise's estimators, alone and in pipelines, as it does scikit-learn's."""

import numpy as np
import polars as pl
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kwise
from kwise import BisectingKMeans, KMeans, KMedoids, KPrototypes, MiniBatchKMeans
from kwise.io import as_model

skl2onnx = pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")


ESTIMATORS = [
    KMeans(5, random_state=0),
    KMeans(5, random_state=0, trim=0.1),
    KMeans(5, random_state=0, min_size=60),
    MiniBatchKMeans(5, random_state=0),
    BisectingKMeans(5, random_state=0),
    BisectingKMeans(1, random_state=0),
    KMedoids(5, random_state=0),
    KMedoids(5, random_state=0, metric="manhattan"),
    KPrototypes(5, random_state=0),
]


def run(fitted, X):
    made = skl2onnx.to_onnx(fitted, X[:1])
    session = onnxruntime.InferenceSession(made.SerializeToString())
    return session.run(None, {session.get_inputs()[0].name: X})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [1, 3, 8, 21])
def test_labels_and_distances_are_those_of_the_estimator(width, dtype):
    rng = np.random.default_rng(width)
    X = (rng.integers(0, 9, size=(400, width)) / 10.0).astype(dtype)  # with many ties
    for estimator in ESTIMATORS:
        fitted = estimator.fit(X)
        label, scores = run(fitted, X)

        assert label.dtype == np.int64
        apart = np.flatnonzero(label != fitted.predict(X))
        if isinstance(fitted, KMedoids):  # ties but for the last digits, and few
            assert len(apart) < 10
            np.testing.assert_allclose(
                scores[apart, label[apart]], scores[apart, fitted.predict(X)[apart]], rtol=1e-7
            )
        else:
            assert not len(apart)
        np.testing.assert_allclose(scores, fitted.transform(X.astype(np.float64)), atol=1e-7)


def test_every_estimator_that_predicts_is_tried():
    made = {type(each) for each in ESTIMATORS}

    named = [getattr(kwise, name) for name in kwise.__all__]
    assert made == {each for each in named if hasattr(each, "predict") and hasattr(each, "fit")}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_a_pipeline_is_converted_whole(estimator):
    X = np.random.default_rng(0).normal(size=(300, 4)) * [1, 10, 100, 1000]
    pipeline = make_pipeline(StandardScaler(), estimator).fit(X)

    np.testing.assert_array_equal(run(pipeline, X)[0], pipeline.predict(X))


def test_categories_are_converted_where_they_are_numbers():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, size=(400, 2)) + 0.0
    X = np.column_stack([rng.normal(size=(400, 2)) + 2 * codes[:, :1], codes])
    fitted = KPrototypes(4, categorical=[2, 3], random_state=0).fit(X)
    new = np.vstack([X, X[:5] + 7])  # categories that were never seen

    label, scores = run(fitted, new)

    np.testing.assert_array_equal(label, fitted.predict(new))
    np.testing.assert_allclose(scores, fitted.transform(new), rtol=1e-12)
    table = pl.DataFrame({"a": [1.0, 2, 9], "b": ["x", "y", "x"]})
    with pytest.raises(ValueError, match=r"words become no ONNX graph here; .*kwise export"):
        skl2onnx.to_onnx(KPrototypes(2, random_state=0).fit(table), X[:1, :2])


def test_other_metrics_are_refused_in_words():
    X = np.random.default_rng(0).normal(size=(30, 4))

    with pytest.raises(ValueError, match="not 'cosine'"):
        run(KMeans(2, metric="cosine", random_state=0).fit(X), X)
    with pytest.raises(ValueError, match=r"Manhattan .* not metric='cosine'"):
        run(KMedoids(2, metric="cosine", random_state=0).fit(X), X)
    with pytest.raises(ValueError, match=r"metric='cosine'; scale='normalize-rows'"):
        as_model(KMeans(2, metric="cosine", random_state=0).fit(X))
