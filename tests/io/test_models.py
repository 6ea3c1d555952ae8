"""Models as files: what is saved predicts again, what does not fit is refused."""

import io
import json
import zipfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kwise
from kwise import KMeans
from kwise.exceptions import ModelFileError
from kwise.io import as_model, export_python, save_model
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


def summary(path):
    return json.loads(members(path)["model.json"])["summary"]


def in_state(**changes):
    """Return what puts changes into the state of a model."""
    return lambda path: {"model.json": described(path, state=state(path, **changes))}


def declared(n):
    """Return an array file that tells of n numbers and has none."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({n},), }}".encode()
    head += b" " * (117 - len(head)) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


CHANGES = {
    "newer": (
        lambda p: {"model.json": described(p, version=999)},
        "format 999, this kwise reads up",
    ),
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
        "holds object, not float64",
    ),
    "no type": (lambda p: {"spreads.npy": npy(np.ones(3)).replace(b"<f8", b",f8")}, "holds ',f8'"),
    "rare": (lambda p: {"spreads.npy": npy(np.ones(3)).replace(b"<f8", b"<f9")}, "holds '<f9'"),
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
    "10^13 numbers": (lambda p: {"spreads.npy": declared(10**13)}, "no array of numbers"),
    "10^11 numbers": (lambda p: {"spreads.npy": declared(10**11)}, "no array of numbers"),
    "a header of brackets": (
        lambda p: {"spreads.npy": b"\x93NUMPY\x01\x00\x40\x01" + b"(" * 320},
        "no array of numbers",
    ),
    "an archive for an array": (lambda p: {"spreads.npy": b"PK\x03\x04 x"}, "no array of numbers"),
    "more numbers": (lambda p: {"spreads.npy": npy(np.ones(3)) + b"x"}, "no array of numbers"),
    "by columns": (
        lambda p: {"cluster_centers.npy": npy(np.asfortranarray(np.ones((3, 3))))},
        "not float64 by rows",
    ),
    "lists without end": (lambda p: {"model.json": b"[" * 100_000}, "incomplete"),
    "5,000 digits": (
        lambda p: {"model.json": b'{"format": "kwise model", "version": ' + b"9" * 5000 + b"}"},
        "incomplete",
    ),
    "nan in json": (lambda p: {"model.json": b'{"format": NaN}'}, "NaN is no JSON"),
    "true as version": (lambda p: {"model.json": described(p, version=True)}, "not a number"),
    "metadata": (lambda p: {"model.json": described(p, metadata=[])}, "metadata"),
    "infinite powers": (lambda p: {"powers.npy": npy(np.full(3, np.inf))}, "infinite"),
    "far centers": (lambda p: {"cluster_centers.npy": npy(np.full((3, 3), 1e200))}, "beyond"),
    "negative spread": (lambda p: {"spreads.npy": npy(-np.ones(3))}, "nothing can be divided"),
    "an unknown member": (lambda p: {"run.py": b"print()"}, "'run.py' is missing or was added"),
    "unknown columns": (in_state(numbers=["u", "v", "w"]), "'u' is not among names_in"),
    "a name twice": (in_state(numbers=["width"] * 3), "a name twice"),
    "an unknown filling": (in_state(missing="bogus"), "missing is 'bogus'"),
    "no filling": (in_state(missing="median"), "missing cells are filled"),
    "a number for a name": (in_state(numbers=["width", "height", 3]), "numbers is"),
    "half a character": (in_state(numbers=["width", "height", "\ud800"]), "numbers is"),
    "no list of categories": (in_state(categories=None), "categories is"),
    "levels without a column": (in_state(levels=[["a"]]), "levels has not one entry"),
    "levels of numbers": (in_state(categories=["color"], levels=[[1, 2]]), "levels is"),
    "no levels": (
        in_state(categories=["color"], levels=[[]], category_fillings=[None]),
        "shape|no levels",
    ),
    "a word for a truth value": (in_state(by_row="yes"), "by_row is 'yes'"),
    "orders": (in_state(orders=[["low", "high"]]), "orders has not one entry"),
    "unknown in the state": (in_state(more=1), "unknown 'more'"),
    "an unknown scale": (
        lambda p: {"model.json": described(p, parameters={"scale": "bogus"})},
        "scale is 'bogus'",
    ),
    "components in words": (
        lambda p: {"model.json": described(p, parameters={"components": "2"})},
        "components is '2'",
    ),
    "rows of the account": (
        lambda p: {"model.json": described(p, summary=summary(p) | {"n_rows": "many"})},
        "n_rows is 'many'",
    ),
    "columns of the account": (
        lambda p: {"model.json": described(p, summary=summary(p) | {"columns": [{"mean": "x"}]})},
        "columns is",
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


def test_a_member_that_unpacks_to_far_more_is_refused_before_it_does(tmp_path, monkeypatch):
    path = tmp_path / "m.kwise"
    saved(path)
    found = members(path) | {"cluster_centers.npy": bytes(200 << 20)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    monkeypatch.setattr(zipfile.ZipFile, "read", None)

    with pytest.raises(ModelFileError, match=r"would unpack from .* to 209,715,200 bytes"):
        kwise.load(path)


def test_a_member_twice_and_other_packings_are_refused(tmp_path):
    path = tmp_path / "m.kwise"
    saved(path)
    found = members(path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("model.json", b"{}")
    with pytest.raises(ModelFileError, match="twice"):
        kwise.load(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
    with pytest.raises(ModelFileError, match="packed in a way"):
        kwise.load(path)


def test_arrays_that_pack_very_well_are_written_so_that_they_are_read(tmp_path):
    centers = np.zeros((60, 20_000))
    centers[1] = 1.0
    estimator = kwise.KMeans(60)
    estimator.cluster_centers_ = centers
    save_model(tmp_path / "m.kwise", estimator)
    np.testing.assert_array_equal(kwise.load(tmp_path / "m.kwise").centers, centers)


def test_a_model_goes_into_a_stream(tmp_path):
    preparation, estimator = saved(tmp_path / "m.kwise")
    stream = io.BytesIO()
    save_model(stream, estimator, preparation=preparation, metadata={"seed": 0})
    assert stream.getvalue() == (tmp_path / "m.kwise").read_bytes()


@pytest.fixture(scope="module")
def whole_model(tmp_path_factory):
    """Return the bytes of a model with everything in it."""
    path = tmp_path_factory.mktemp("model") / "m.kwise"
    saved(path, missing="median", categories="one-hot")
    return path.read_bytes()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_description_is_refused_in_words_or_works(
    whole_model, tmp_path_factory, data
):
    path = tmp_path_factory.mktemp("models") / "m.kwise"
    path.write_bytes(whole_model)
    description = json.loads(members(path)["model.json"])
    part = data.draw(st.sampled_from(["state", "parameters", "summary", "metadata", ""]))
    place = description[part] if part else description
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(VALUES)
    rewritten(path, {"model.json": json.dumps(description).encode()})

    try:
        model = kwise.load(path)
    except ModelFileError:
        return
    assert set(model.predict(FRAME)) <= set(range(-1, 3))
    export_python(model)
    save_model(path, model)
