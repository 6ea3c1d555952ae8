"""Models as files: what is saved predicts again, what does not fit is refused."""

import io
import json
import zipfile

import numpy as np
import polars as pl
import pytest
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kwise
from kwise import KMeans
from kwise.exceptions import ModelFileError
from kwise.io import as_model, save_model
from kwise.preparation import Preparation
from model_samples import FRAME, PREPARATIONS, fitted


def saved(path, **parameters):
    preparation, estimator = fitted(**parameters)
    save_model(path, estimator, preparation=preparation, metadata={"seed": 0})
    return preparation, estimator


@pytest.mark.parametrize("parameters", PREPARATIONS, ids=str)
def test_a_loaded_model_predicts_as_the_fitted_one(tmp_path, parameters):
    preparation, estimator = saved(tmp_path / "m.kwise", **parameters)
    X = preparation.transform(FRAME)
    complete = preparation.complete_rows(FRAME)

    model = kwise.load(tmp_path / "m.kwise")
    labels = model.predict(FRAME)

    np.testing.assert_array_equal(labels[complete], estimator.predict(X[complete]))
    np.testing.assert_array_equal(labels == -1, ~complete)
    np.testing.assert_array_equal(np.isnan(model.distances(FRAME)).any(axis=1), ~complete)
    parameters = model.preparation.get_params()
    assert json.dumps(parameters) == json.dumps(preparation.get_params())
    assert model.preparation.summary_.steps == preparation.summary_.steps
    assert model.metadata["seed"] == 0
    assert model.metadata["versions"]["kwise"] == kwise.__version__


def test_a_loaded_model_saves_the_same_bytes(tmp_path):
    saved(tmp_path / "a.kwise", categories="one-hot", components=2)

    kwise.load(tmp_path / "a.kwise").save(tmp_path / "b.kwise")

    assert (tmp_path / "a.kwise").read_bytes() == (tmp_path / "b.kwise").read_bytes()


def test_a_pipeline_is_saved_whole(tmp_path):
    frame = FRAME.drop("width")
    pipeline = make_pipeline(Preparation(), KMeans(2, random_state=0)).fit(frame)

    save_model(tmp_path / "m.kwise", pipeline)

    labels = kwise.load(tmp_path / "m.kwise").predict(frame)
    np.testing.assert_array_equal(labels, pipeline.predict(frame))


def test_an_estimator_of_any_library_is_saved_with_rows_as_they_are(tmp_path):
    X = np.random.default_rng(0).normal(size=(50, 3))
    estimator = SklearnKMeans(4, n_init=1, random_state=0).fit(X)

    save_model(tmp_path / "m.kwise", estimator)

    np.testing.assert_array_equal(kwise.load(tmp_path / "m.kwise").predict(X), estimator.labels_)


def test_what_is_no_model_is_not_saved(tmp_path):
    with pytest.raises(TypeError, match=r"a Preparation and one estimator, found StandardScaler"):
        as_model(make_pipeline(StandardScaler(), KMeans(2)))
    with pytest.raises(TypeError, match="KMeans has no cluster_centers_; fit it first"):
        save_model(tmp_path / "m.kwise", KMeans(2))
    assert list(tmp_path.iterdir()) == []


def test_new_tables_may_be_reordered_and_wider(tmp_path):
    saved(tmp_path / "m.kwise")
    model = kwise.load(tmp_path / "m.kwise")
    other = FRAME.select(reversed(FRAME.columns)).with_columns(extra=pl.lit("x"))
    other.write_csv(tmp_path / "other.csv")

    np.testing.assert_array_equal(model.predict(other), model.predict(FRAME))
    np.testing.assert_array_equal(model.predict(tmp_path / "other.csv"), model.predict(FRAME))


def test_new_tables_without_a_column_are_refused_by_name(tmp_path):
    saved(tmp_path / "m.kwise")
    model = kwise.load(tmp_path / "m.kwise")

    with pytest.raises(ValueError, match=r"no column 'height'$"):
        model.predict(FRAME.drop("height"))
    with pytest.raises(ValueError, match=r"no column 'height'; did you rename it to 'Height'"):
        model.predict(FRAME.rename({"height": "Height"}))


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "m.kwise"
    path.write_text("before")
    preparation, estimator = fitted()

    with pytest.raises(TypeError):
        save_model(path, estimator, preparation=preparation, metadata={"bad": object()})

    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["m.kwise"]


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, changes, *, sums=True):
    """Change members of a model; ``sums`` makes the checksums fit again."""
    import hashlib

    found = {**members(path), **changes}
    found = {name: data for name, data in found.items() if data is not None}
    if sums:
        del found["sha256.json"]
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
        found["sha256.json"] = json.dumps(digests).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)


def npy(array, **settings):
    file = io.BytesIO()
    np.save(file, array, **settings)
    return file.getvalue()


def described(path, **changes):
    return json.dumps({**json.loads(members(path)["model.json"]), **changes}).encode()


def state(path, **changes):
    return json.loads(members(path)["model.json"])["state"] | changes


CHANGES = {
    "newer": (lambda p: {"model.json": described(p, version=2)}, "format 2, this kwise reads up"),
    "no version": (lambda p: {"model.json": described(p, version="x")}, "not a number from 1"),
    "other format": (lambda p: {"model.json": described(p, format="x")}, "no kwise model"),
    "no state": (lambda p: {"model.json": described(p, state={})}, "incomplete"),
    "no json": (lambda p: {"model.json": b"{"}, "incomplete"),
    "a list": (lambda p: {"model.json": b"[]"}, "no kwise model"),
    "no description": (lambda p: {"model.json": None}, "it has no model.json"),
    "parameter": (lambda p: {"model.json": described(p, parameters={"x": 1})}, "incomplete"),
    "no centers": (lambda p: {"cluster_centers.npy": None}, "incomplete"),
    "wrong width": (lambda p: {"cluster_centers.npy": npy(np.ones((3, 9)))}, "makes 3 columns"),
    "no clusters": (lambda p: {"cluster_centers.npy": npy(np.ones((0, 3)))}, r"shape \(0, 3\)"),
    "nan": (lambda p: {"cluster_centers.npy": npy(np.full((3, 3), np.nan))}, "nan or infinite"),
    "integers": (lambda p: {"cluster_centers.npy": npy(np.ones((3, 3), int))}, "holds int64"),
    "objects": (
        lambda p: {"cluster_centers.npy": npy(np.array([{}]), allow_pickle=True)},
        "no array of numbers",
    ),
    "cut array": (
        lambda p: {"cluster_centers.npy": npy(np.ones((3, 3)))[:-9]},
        "no array of numbers",
    ),
    "zero spread": (lambda p: {"spreads.npy": npy(np.zeros(3))}, "nothing can be divided by"),
    "spreads": (lambda p: {"spreads.npy": npy(np.ones(5))}, r"shape \(5,\), not \(3,\)"),
    "names": (
        lambda p: {"model.json": described(p, state=state(p, numbers=["a"]))},
        r"not \(1,\)",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_models_whose_parts_do_not_fit_are_refused(tmp_path, change):
    path = tmp_path / "m.kwise"
    saved(path)
    changes, message = CHANGES[change]
    rewritten(path, changes(path))

    with pytest.raises(ModelFileError, match=message) as caught:
        kwise.load(path)

    assert "\n" not in str(caught.value)


def test_changed_members_do_not_match_their_checksums(tmp_path):
    path = tmp_path / "m.kwise"
    saved(path)
    rewritten(path, {"spreads.npy": npy(np.ones(3))}, sums=False)

    with pytest.raises(ModelFileError, match=r"spreads\.npy does not match its checksum"):
        kwise.load(path)

    saved(path)
    rewritten(path, {"more.npy": npy(np.ones(3))}, sums=False)
    with pytest.raises(ModelFileError, match=r"'more\.npy' is missing or was added"):
        kwise.load(path)


def test_cut_and_damaged_models_are_refused(tmp_path):
    path = tmp_path / "m.kwise"
    saved(path)
    whole = path.read_bytes()

    for size in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:size])
        with pytest.raises(ModelFileError):
            kwise.load(path)
    labels = None
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        changed = bytearray(whole)
        changed[at] ^= 0xFF
        path.write_bytes(changed)
        try:
            found = kwise.load(path).predict(FRAME)
        except ModelFileError:
            continue
        # A byte that no one reads, such as a date: the model must be the same.
        labels = found if labels is None else labels
        np.testing.assert_array_equal(found, labels)


def test_what_is_no_model_is_refused(tmp_path):
    saved(tmp_path / "wine.kwise")
    (tmp_path / "text.kwise").write_text("hello")

    with pytest.raises(ModelFileError, match=r"no such file; did you mean .*wine\.kwise"):
        kwise.load(tmp_path / "wine.kwis")
    with pytest.raises(ModelFileError, match="this is a folder"):
        kwise.load(tmp_path)
    with pytest.raises(ModelFileError, match="no kwise model, or it is damaged"):
        kwise.load(tmp_path / "text.kwise")
