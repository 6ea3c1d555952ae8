"""categories="mixed": categories weigh beside numbers as in k-prototypes, gaps are categories."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main
from kwise.preparation import Preparation


@pytest.fixture
def table() -> pl.DataFrame:
    """Return 200 rows of two numbers, two columns of words and a gap in one in five rows."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 100)
    return pl.DataFrame(
        {
            "income": rng.normal(size=200) * 1000 + 9000 * group,
            "age": rng.normal(size=200) * 5 + 40 + 20 * group,
            "home": np.where(rng.random(200) < 0.9, group, 1 - group).astype(str).tolist(),
            "pet": rng.choice(["cat", "dog", "none"], 200).tolist(),
        }
    ).with_columns(
        home=pl.when(pl.int_range(200) % 5 == 0)
        .then(None)
        .otherwise(pl.col("home").replace({"0": "rent", "1": "own"})),
    )


def test_rows_that_differ_in_a_category_are_gamma_apart(table):
    preparation = Preparation(categories="mixed")
    X = preparation.fit_transform(table)
    numbers = X[:, :2]
    labels = [table["home"].fill_null("?"), table["pet"]]
    differ = sum((a.to_numpy()[:, None] != a.to_numpy()).astype(float) for a in labels)
    apart = ((numbers[:, None] - numbers) ** 2).sum(axis=2)

    found = ((X[:, None] - X) ** 2).sum(axis=2)

    off = differ > 0
    gamma = np.unique(((found - apart)[off] / differ[off]).round(9))
    assert len(gamma) == 1
    frame = table.with_columns(pl.Series("income", numbers[:, 0]), pl.Series("age", numbers[:, 1]))
    assert gamma[0] == pytest.approx(kwise.KPrototypes(2).fit(frame).gamma_)
    step = next(s for s in preparation.summary_.steps if "as in k-prototypes" in s)
    assert f"gamma = {gamma[0]:.3g} in squared distance" in step
    assert "% of the variance" in step


def test_a_missing_category_is_one_of_its_own_and_takes_no_row_out(table):
    preparation = Preparation(categories="mixed")
    X = preparation.fit_transform(table)

    assert np.isfinite(X).all()
    assert preparation.complete_rows(table).all()
    assert "home=(missing)" in preparation.get_feature_names_out()
    assert "Missing cells are a category of their own in home." in preparation.summary_.steps
    np.testing.assert_array_equal(preparation.transform(table), X)
    originals = preparation.originals(table)
    assert set(np.unique(originals[:, 2:])) == {0.0, 1.0}
    with pytest.raises(ValueError, match="column 'home': the cell is missing"):
        Preparation(categories="mixed", missing="error").fit(table)


def test_a_gap_where_there_was_none_leaves_its_row_out(table):
    preparation = Preparation(categories="mixed").fit(table)
    new = table[:3].with_columns(pet=pl.Series([None, "cat", "parrot"]))

    X = preparation.transform(new)

    assert np.isnan(X[0]).all()
    pets = [str(n).startswith("pet=") for n in preparation.get_feature_names_out()]
    assert (X[2, pets] == 0).all()


def test_model_and_exported_predictor_answer_as_the_analysis(table, tmp_path):
    path = tmp_path / "people.csv"
    table.write_csv(path)
    model, script = tmp_path / "people.kwise", tmp_path / "predict.py"

    assert (
        main(["fit", str(path), "--categories", "mixed", "--k", "2", "-o", str(model), "-q"]) == 0
    )
    assert main(["export", str(model), "--to", "python", "-o", str(script)]) == 0

    analysis = kwise.analyze(path, categories="mixed", k=2)
    np.testing.assert_array_equal(kwise.load(model).predict(path), analysis.labels)
    told = subprocess.run(
        [sys.executable, str(script), str(path)], capture_output=True, text=True, check=True
    )
    clusters = [int(line.split(",")[1]) - 1 for line in told.stdout.split()[1:]]
    assert clusters == analysis.labels.tolist()


def test_page_and_commands_take_it(table, tmp_path, capsys):
    path = tmp_path / "people.csv"
    table.write_csv(path)
    page = tmp_path / "page.html"

    assert main(["report", str(path), "--categories", "mixed", "-o", str(page), "-q"]) == 0
    assert "as in k-prototypes" in page.read_text(encoding="utf-8")
    capsys.readouterr()
    words = ["explain", str(path), "--categories", "mixed", "--k", "2", "--format", "json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(each["rows"] for each in told["clusters"]) == 200


def test_words_alone_are_clustered_too(tmp_path: Path):
    frame = pl.DataFrame({"a": ["x", "y"] * 30, "b": ["u", "u", "v"] * 20})

    assert np.isfinite(Preparation(categories="mixed").fit_transform(frame)).all()
