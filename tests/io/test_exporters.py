"""Every target labels every row as ``kwise predict`` does, whatever stands in it."""

import json
import math
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

import postgres
from exported import PROGRAMS
from kwise import KMeans
from kwise.io import EXPORTERS, as_model
from kwise.preparation import Preparation
from model_samples import FRAME, PREPARATIONS, WIDER, WIDER_PREPARATIONS, fitted

for package in ("py_mini_racer", "duckdb", "sqlglot", "onnx", "onnxruntime"):
    pytest.importorskip(package)

no_postgres = pytest.mark.skipif(
    postgres.programs() is None, reason="PostgreSQL is not installed (Debian: postgresql)"
)
programs = pytest.mark.parametrize(
    "program",
    [
        pytest.param(program, marks=[no_postgres] if "PostgreSQL" in program else [])
        for program in PROGRAMS
    ],
)
SAMPLES = [(FRAME, each) for each in PREPARATIONS] + [
    (WIDER, each) for each in WIDER_PREPARATIONS[:2]
]


def labeled(program, model, frame):
    target, run = PROGRAMS[program]
    state = model.preparation.state_
    return run(EXPORTERS[target](model), frame.select(*state.numbers, *state.categories))


def one_by_one(model, frame):
    """Return the clusters that kwise gives to each row alone; 0 for none and for refused rows."""
    found = []
    for i in range(frame.height):
        try:
            found.append(int(model.predict(frame[i])[0]) + 1)
        except ValueError:
            found.append(0)
    return found


@programs
@pytest.mark.parametrize(("frame", "parameters"), SAMPLES, ids=str)
def test_all_targets_agree_on_every_row(frame, parameters, program):
    preparation, estimator = fitted(frame, **parameters)
    model = as_model(estimator, preparation)

    np.testing.assert_array_equal(labeled(program, model, frame), model.predict(frame) + 1)


@programs
def test_all_targets_agree_where_missing_categories_are_one(program):
    gaps = pl.int_range(FRAME.height) % 4 == 0
    frame = FRAME.with_columns(
        pl.when(~gaps).then("color"),
        pl.when(~gaps).then("flag"),
        zone=pl.when(~gaps).then((pl.int_range(FRAME.height) % 3).cast(pl.String)),
    )
    columns = ["height", "depth", "color", "flag", "zone"]
    preparation, estimator = fitted(frame, columns=columns, categories="mixed")
    model = as_model(estimator, preparation)

    found = labeled(program, model, frame)
    np.testing.assert_array_equal(found, model.predict(frame) + 1)
    assert (model.predict(frame) >= 0).all()


@programs
def test_hostile_cells_are_missing_or_refused_alike(program):
    preparation, estimator = fitted(
        FRAME, missing="mean", categories="one-hot", transform_skew=True
    )
    model = as_model(estimator, preparation)
    numbers = [None, math.nan, 0.0, -5.0, 1e99, -1e99, 1e131, 1e308, math.inf, -math.inf]
    words = [None, "", "NA", "never seen", " red", "RED", "red"]
    rows = FRAME[[1]].join(pl.DataFrame({"depth": numbers}), how="cross", suffix="_").drop("depth")
    rows = rows.rename({"depth_": "depth"}).select(FRAME.columns)
    more = FRAME[[1]].drop("color").join(pl.DataFrame({"color": words}), how="cross")
    rows = pl.concat([rows, more.select(FRAME.columns)])

    assert labeled(program, model, rows).tolist() == one_by_one(model, rows)


@programs
def test_names_and_categories_of_any_kind_do_nothing(program):
    names = [
        "a'\"\n\\\\'''); raise SystemExit #", "*/ alert(1) /*", "</script><script>alert(1)//",
        '"; DROP TABLE new_rows; --', "select", "cluster", "__proto__", "constructor", "x0", "t",
        "größe \u2028 \U0001f600", "kwise_1", "%s {0} ${y}",
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(rng.normal(size=(40, len(names))), schema=names)
    words = ["'); DROP TABLE new_rows; --", "</script>", '"', "\\", "`${1}`", "a\nb"]
    frame = frame.with_columns(pl.Series("kind'\"", rng.choice(words, 40)))
    preparation = Preparation(categories="one-hot")
    X = preparation.fit_transform(frame)
    model = as_model(KMeans(3, random_state=0).fit(X), preparation)

    assert set(model.preparation.state_.numbers) == set(names)
    np.testing.assert_array_equal(labeled(program, model, frame), model.predict(frame) + 1)


def test_a_script_stays_one_within_a_page():
    frame = pl.DataFrame({"</script><!-- \u2028": [1.0, 2.0, 9.0, 8.0]})
    preparation = Preparation()
    model = as_model(KMeans(2, random_state=0).fit(preparation.fit_transform(frame)), preparation)

    script = EXPORTERS["javascript"](model)

    assert script.isascii()
    assert "</script" not in script
    assert "<!--" not in script


@programs
@pytest.mark.parametrize("width", [1, 3, 8, 21])
def test_ties_come_out_alike(width, program):
    rng = np.random.default_rng(width)
    rows = rng.integers(0, 3, size=(300, width)) / 10.0
    model = as_model(SimpleNamespace(cluster_centers_=rows[:5] + 0.05))
    frame = pl.DataFrame(rows, schema=list(model.preparation.original_names_))

    np.testing.assert_array_equal(labeled(program, model, frame), model.predict(frame) + 1)


@programs
def test_one_cluster_and_many(program):
    X = np.random.default_rng(0).normal(size=(500, 2))
    for k in (1, 2, 120):
        model = as_model(KMeans(k, random_state=0, n_init=1).fit(X))
        frame = pl.DataFrame(X, schema=list(model.preparation.original_names_))

        np.testing.assert_array_equal(labeled(program, model, frame), model.predict(X) + 1)


def test_what_is_filled_from_other_rows_is_exported_nowhere():
    preparation, estimator = fitted(WIDER, **WIDER_PREPARATIONS[2])

    for export in EXPORTERS.values():
        with pytest.raises(ValueError, match=r"from other rows .*missing='median'"):
            export(as_model(estimator, preparation))


def test_sql_of_too_many_columns_is_refused_in_words():
    model = as_model(SimpleNamespace(cluster_centers_=np.zeros((2, 2000))))

    with pytest.raises(ValueError, match=r"2,000 columns.*export to python, javascript or onnx"):
        EXPORTERS["sql"](model)


def test_many_columns_are_described_in_a_time_that_grows_with_them():
    model = as_model(SimpleNamespace(cluster_centers_=np.zeros((2, 20_000))))
    made = []
    formats = type(model.preparation.state_).number_formats

    with pytest.MonkeyPatch.context() as patched:
        counted = property(lambda state: made.append(1) or formats.fget(state))
        patched.setattr(type(model.preparation.state_), "number_formats", counted)
        EXPORTERS["json"](model)

    assert len(made) == 1


def test_json_holds_the_model_exactly():
    preparation, estimator = fitted(missing="median", categories="one-hot", components=2)

    told = json.loads(EXPORTERS["json"](as_model(estimator, preparation)))

    assert (told["format"], told["version"]) == ("kwise export", 1)
    assert np.array_equal(told["centers"], estimator.cluster_centers_)
    assert [each["name"] for each in told["numbers"]] == list(preparation.state_.numbers)
