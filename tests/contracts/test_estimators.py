"""Every estimator keeps scikit-learn's contract, and kwise's own."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import kwise
import kwise.estimators

ESTIMATORS = [getattr(kwise.estimators, name) for name in kwise.estimators.__all__]

# scikit-learn expects these of its own k-means too: weights change which rows are drawn.
_DRAWS = "a weighted row and repeated rows are drawn by different random numbers"
KNOWN = {
    "check_sample_weight_equivalence_on_dense_data": _DRAWS,
    "check_sample_weight_equivalence_on_sparse_data": _DRAWS,
}


# Some of the checks have fewer distinct rows than clusters.
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@parametrize_with_checks(
    [estimator() for estimator in ESTIMATORS], expected_failed_checks=lambda _: KNOWN
)
def test_estimator_passes_scikit_learns_checks(estimator, check):
    check(estimator)


# Estimators of numbers alone: on sparse rows, in either float type.
OF_NUMBERS = [each for each in ESTIMATORS if each is not kwise.KPrototypes]


@pytest.fixture(params=OF_NUMBERS, ids=lambda estimator: estimator.__name__)
def of_numbers(request):
    return request.param(n_clusters=4, random_state=0)


@pytest.fixture(params=ESTIMATORS, ids=lambda estimator: estimator.__name__)
def model(request):
    return request.param(n_clusters=4, random_state=0)


def test_refitting_gives_the_same_answer(model, blobs):
    first = clone(model).fit(blobs)
    second = clone(model).fit(blobs)

    np.testing.assert_array_equal(first.labels_, second.labels_)
    np.testing.assert_array_equal(first.cluster_centers_, second.cluster_centers_)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layout_of_the_data_does_not_matter(model, blobs, dtype):
    plain = blobs.astype(dtype)
    wide = np.zeros((len(plain), 7), dtype)
    wide[:, 1:7:2] = plain
    read_only = plain.copy()
    read_only.flags.writeable = False
    expected = clone(model).fit(plain)

    for same in (np.asfortranarray(plain), wide[:, 1:7:2], read_only, plain[::-1][::-1]):
        fitted = clone(model).fit(same)
        np.testing.assert_array_equal(fitted.labels_, expected.labels_)
        np.testing.assert_array_equal(fitted.cluster_centers_, expected.cluster_centers_)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int64", "bool", "float16", ">f8"])
def test_other_number_types_are_computed_in_float64(model, blobs, kind):
    data = (blobs * 4).astype(kind)
    if kind == "bool":
        model.set_params(n_clusters=2)
        data = np.unique(blobs > 0, axis=0).repeat(5, axis=0)
    fitted = clone(model).fit(data)
    expected = clone(model).fit(data.astype(np.float64))

    assert fitted.cluster_centers_.dtype == np.float64
    np.testing.assert_array_equal(fitted.labels_, expected.labels_)


@pytest.mark.parametrize("fit_type", [np.float32, np.float64])
@pytest.mark.parametrize("predict_type", [np.float32, np.float64])
def test_fit_and_predict_may_have_different_float_types(of_numbers, blobs, fit_type, predict_type):
    model = of_numbers
    model.fit(blobs.astype(fit_type))
    new = blobs.astype(predict_type)

    # The blobs are far from ties, so float32 and float64 agree.
    np.testing.assert_array_equal(model.predict(new), model.labels_)
    assert model.transform(new).dtype == np.result_type(fit_type, predict_type)
    # The tree of splits may not lead to the nearest center, which the score counts.
    slack = 0.2 if isinstance(model, kwise.BisectingKMeans) else 1e-5
    assert -(1 + 1e-5) * model.inertia_ <= model.score(new) <= -(1 - slack) * model.inertia_


def test_predict_on_the_training_rows_gives_their_labels(model, blobs):
    model.fit(blobs)

    np.testing.assert_array_equal(model.predict(blobs), model.labels_)
    assert model.labels_.dtype == np.int32


def test_memory_maps_are_read_and_not_written(model, blobs, tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, blobs)
    mapped = np.load(path, mmap_mode="r")

    np.testing.assert_array_equal(model.fit(mapped).labels_, clone(model).fit(blobs).labels_)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_names_of_frames_are_kept_and_distances_come_out_as_frames(model, blobs, frame):
    table = frame(dict(zip("abc", blobs.T)))
    kind = "pandas" if frame is pd.DataFrame else "polars"
    expected = clone(model).fit(blobs)

    distances = model.set_output(transform=kind).fit_transform(table)

    assert list(model.feature_names_in_) == ["a", "b", "c"]
    np.testing.assert_array_equal(model.labels_, expected.labels_)
    assert isinstance(distances, frame)
    prefix = type(model).__name__.lower()
    assert list(distances.columns) == [f"{prefix}{c}" for c in range(4)]
    np.testing.assert_allclose(distances.to_numpy(), expected.transform(blobs))


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csr_array, sparse.coo_array])
def test_sparse_rows_are_clustered_like_dense_rows(of_numbers, blobs, container):
    model = of_numbers
    blobs[blobs < 0] = 0
    expected = clone(model).fit(blobs)

    fitted = model.fit(container(blobs))

    np.testing.assert_array_equal(fitted.labels_, expected.labels_)
    np.testing.assert_allclose(fitted.cluster_centers_, expected.cluster_centers_, atol=1e-12)
    np.testing.assert_array_equal(fitted.predict(container(blobs)), expected.labels_)
    np.testing.assert_allclose(fitted.transform(container(blobs)), expected.transform(blobs))
    np.testing.assert_allclose(fitted.score(container(blobs)), expected.score(blobs))


def test_pickle_keeps_all_answers(model, blobs):
    model.fit(blobs)
    again = pickle.loads(pickle.dumps(model))

    np.testing.assert_array_equal(again.predict(blobs), model.labels_)
    assert again.get_params() == model.get_params()


def test_the_data_are_never_written(model, blobs):
    before = blobs.copy()
    if "copy_x" in model.get_params():
        model.set_params(copy_x=False)
    model.fit(blobs)
    model.predict(blobs)

    np.testing.assert_array_equal(blobs, before)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (np.array([[0.0], [np.nan], [1.0], [2.0]]), "NaN"),
        (np.array([[0.0], [np.inf], [1.0], [2.0]]), "infinity"),
        (np.zeros((3, 2)), "n_samples=3 should be >= n_clusters=4"),
    ],
)
def test_unusable_data_are_refused_with_a_reason(model, data, match):
    with pytest.raises(ValueError, match=match):
        model.fit(data)


def test_values_whose_squares_no_float_holds_are_refused_or_not_squared(model):
    far = np.array([[-1e200], [1e200], [0.0], [1.0]])
    if isinstance(model, kwise.KMedoids):
        assert model.fit(far).inertia_ == 0.0
        return
    with pytest.raises(ValueError, match="squared distances overflow float64"):
        model.fit(far)


def test_float32_whose_squares_only_a_float64_holds_is_clustered(model, blobs):
    near = blobs.astype(np.float32)
    far = np.ldexp(near, 100)

    model.fit(far)

    np.testing.assert_array_equal(model.labels_, clone(model).fit(near).labels_)
    assert np.isfinite(model.cluster_centers_).all()


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (-np.ones(300), r"sample_weight\[0\]=-1.0 is negative"),
        (np.zeros(300), "at least one non-zero|0 for every row"),
        (np.ones(299), "sample_weight"),
        (np.full(300, np.nan), "NaN"),
    ],
)
def test_unusable_weights_are_refused_with_a_reason(model, blobs, bad, match):
    with pytest.raises(ValueError, match=match):
        model.fit(blobs, sample_weight=bad)


def test_a_failed_fit_leaves_the_estimator_as_it_was(model, blobs):
    model.fit(blobs)
    before = dict(vars(model))

    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full((10, 2), np.nan))

    assert vars(model) == before
    np.testing.assert_array_equal(model.predict(blobs), model.labels_)
