"""The exported predictor: standard library only, and the same answer on every row."""

import csv
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

import kwise
from kwise import KMeans, load
from kwise.io import as_model, export_python, save_model
from kwise.preparation import Preparation
from model_samples import FRAME, PREPARATIONS, WIDER, WIDER_PREPARATIONS, fitted


def run(source):
    predictor = {"__name__": "predictor"}
    exec(compile(source, "predictor.py", "exec"), predictor)
    return predictor


@pytest.mark.parametrize("parameters", PREPARATIONS, ids=str)
def test_the_predictor_agrees_with_the_model_on_every_row(parameters):
    preparation, estimator = fitted(**parameters)
    model = as_model(estimator, preparation)

    predict = run(export_python(model))["predict"]

    numbers = [predict(row) or 0 for row in FRAME.iter_rows(named=True)]
    np.testing.assert_array_equal(numbers, model.predict(FRAME) + 1)


@pytest.mark.parametrize("parameters", WIDER_PREPARATIONS[:2], ids=str)
def test_the_predictor_reads_words_and_sentinels_as_the_model_does(parameters):
    preparation, estimator = fitted(WIDER, **parameters)
    model = as_model(estimator, preparation)

    predict = run(export_python(model))["predict"]

    numbers = [predict(row) or 0 for row in WIDER.iter_rows(named=True)]
    np.testing.assert_array_equal(numbers, model.predict(WIDER) + 1)


@pytest.mark.parametrize("parameters", WIDER_PREPARATIONS[2:], ids=str)
def test_what_is_filled_from_other_rows_is_not_exported(parameters):
    preparation, estimator = fitted(WIDER, **parameters)

    with pytest.raises(ValueError, match=r"from other rows .*missing='median'"):
        export_python(as_model(estimator, preparation))


def test_the_predictor_labels_a_file_with_nothing_installed(tmp_path):
    preparation, estimator = fitted(missing="median", categories="one-hot")
    model = as_model(estimator, preparation)
    (tmp_path / "predictor.py").write_text(export_python(model))
    FRAME.write_csv(tmp_path / "table.csv", null_value="NA")

    # -I -S: no site packages, so that nothing but the standard library can be imported
    command = [sys.executable, "-I", "-S", "predictor.py", "table.csv"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    header, *lines = ran.stdout.split()
    assert header == "row,cluster"
    right = enumerate((model.predict(FRAME) + 1).tolist(), 1)
    assert lines == [f"{row},{cluster or ''}" for row, cluster in right]


def test_the_predictor_reads_a_name_that_goes_over_lines(tmp_path):
    rows = [[f"{i % 2 * 9 + i / 100}", f"{i % 2 * 5}"] for i in range(40)]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["new\n\nline, really", '"*/'], *rows])
    model = kwise.analyze(tmp_path / "t.csv", k=2, columns=["new line, really"]).to_model()
    (tmp_path / "p.py").write_text(export_python(model))

    done = subprocess.run(
        [sys.executable, "-S", "p.py", "t.csv"], cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    found = [int(row["cluster"]) for row in csv.DictReader(done.stdout.splitlines())]
    assert found == (model.predict(tmp_path / "t.csv") + 1).tolist()


def test_the_predictor_refuses_what_the_model_refuses():
    preparation = Preparation(missing="error")
    estimator = KMeans(2, random_state=0).fit(preparation.fit_transform(FRAME[["height"]]))
    predict = run(export_python(as_model(estimator, preparation)))["predict"]

    with pytest.raises(ValueError, match="'height': the cell is missing"):
        predict({"height": None})
    with pytest.raises(ValueError, match="'height': inf is too large"):
        predict({"height": float("inf")})
    with pytest.raises(KeyError, match="height"):
        predict({"Height": 1.0})


def test_names_with_quotes_and_line_ends_do_no_harm():
    name = "a'\"\n\\\\'''); raise SystemExit #"
    frame = pl.DataFrame({name: [1.0, 2.0, 9.0, 8.0]})
    preparation = Preparation()
    estimator = KMeans(2, random_state=0).fit(preparation.fit_transform(frame))
    model = as_model(estimator, preparation)

    predict = run(export_python(model))["predict"]

    numbers = [predict(row) for row in frame.iter_rows(named=True)]
    assert numbers == (model.predict(frame) + 1).tolist()


@pytest.mark.parametrize("width", [1, 3, 8, 21])
def test_ties_come_out_alike(width):
    rng = np.random.default_rng(width)
    rows = rng.integers(0, 3, size=(300, width)) / 10.0
    model = as_model(SimpleNamespace(cluster_centers_=rows[:5] + 0.05))

    predict = run(export_python(model))["predict"]

    names = model.preparation.original_names_
    numbers = [predict(dict(zip(names, row))) for row in rows.tolist()]
    np.testing.assert_array_equal(numbers, model.predict(rows) + 1)


@pytest.mark.parametrize("parameters", WIDER_PREPARATIONS, ids=str)
def test_words_sentinels_and_reference_rows_are_saved(tmp_path, parameters):
    preparation, estimator = fitted(WIDER, **parameters)
    save_model(tmp_path / "m.kwise", estimator, preparation=preparation)

    model = load(tmp_path / "m.kwise")

    np.testing.assert_array_equal(
        model.predict(WIDER), as_model(estimator, preparation).predict(WIDER)
    )
