"""skl2onnx converts kwise's estimators, alone and in pipelines, as it does scikit-learn's."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kwise import KMeans, MiniBatchKMeans
from kwise.io import as_model

skl2onnx = pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def run(fitted, X):
    made = skl2onnx.to_onnx(fitted, X[:1])
    session = onnxruntime.InferenceSession(made.SerializeToString())
    return session.run(None, {session.get_inputs()[0].name: X})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [1, 3, 8, 21])
def test_labels_and_distances_are_those_of_the_estimator(width, dtype):
    rng = np.random.default_rng(width)
    X = (rng.integers(0, 9, size=(400, width)) / 10.0).astype(dtype)  # with many ties
    for estimator in (KMeans(5, random_state=0), MiniBatchKMeans(5, random_state=0)):
        fitted = estimator.fit(X)
        label, scores = run(fitted, X)

        assert label.dtype == np.int64
        np.testing.assert_array_equal(label, fitted.predict(X))
        np.testing.assert_allclose(scores, fitted.transform(X.astype(np.float64)), atol=1e-7)


def test_a_pipeline_is_converted_whole():
    X = np.random.default_rng(0).normal(size=(300, 4)) * [1, 10, 100, 1000]
    pipeline = make_pipeline(StandardScaler(), KMeans(3, random_state=0)).fit(X)

    np.testing.assert_array_equal(run(pipeline, X)[0], pipeline.predict(X))


def test_other_metrics_are_refused_in_words():
    X = np.random.default_rng(0).normal(size=(30, 4))

    with pytest.raises(ValueError, match="not 'cosine'"):
        run(KMeans(2, metric="cosine", random_state=0).fit(X), X)
    with pytest.raises(ValueError, match=r"metric='cosine'; scale='normalize-rows'"):
        as_model(KMeans(2, metric="cosine", random_state=0).fit(X))
