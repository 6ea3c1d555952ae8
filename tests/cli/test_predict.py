"""``kwise predict`` for work: joined or alone, in any format, in parts, with what changed said."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main
from kwise.io.writing import WRITERS


@pytest.fixture
def place(tmp_path, monkeypatch, capsys):
    """Make a model of two groups and go to its folder."""
    rng = np.random.default_rng(0)
    far = np.repeat([0.0, 9.0], [50, 40])
    frame = pl.DataFrame(
        {
            "id": [f"r{i}" for i in range(90)],
            "height": rng.normal(10, 1, 90) + far,
            "weight": rng.normal(70, 5, 90) + 5 * far,
            "site": rng.choice(["north", "south"], 90),
        }
    )
    frame[3, "height"] = None
    frame.write_csv(tmp_path / "t.csv")
    monkeypatch.chdir(tmp_path)
    words = ["--k", "2", "--columns", "height,weight,site", "--categories", "one-hot", "-q"]
    assert main(["fit", "t.csv", *words, "-o", "m.kwise"]) == 0
    capsys.readouterr()
    return frame


def predicted(capsys, *words, code=0):
    assert main(["predict", "m.kwise", *words]) == code
    return capsys.readouterr()


def table(text):
    return pl.read_csv(text.encode())


def test_all_that_is_known_of_a_row(place, capsys):
    asked = ["--distance", "--margin", "--outlier", "--second"]
    found = table(predicted(capsys, "t.csv", *asked, "-q").out)
    places = kwise.load("m.kwise").place("t.csv")

    assert found.columns == ["row", "cluster", "distance", "margin", "outlier", "second"]
    assert found["row"].to_list() == list(range(1, 91))
    assert found["cluster"].fill_null(0).to_list() == (places.labels + 1).tolist()
    assert found[3, 1:].row(0) == (None,) * 5
    whole = found.drop_nulls()
    assert (whole["second"] == 3 - whole["cluster"]).all()
    np.testing.assert_allclose(whole["distance"], places.distance[places.labels >= 0])
    assert 0.4 < whole["outlier"].mean() < 0.6


def test_far_rows_are_told(place, capsys):
    place[:2].with_columns(height=pl.lit(90.0)).write_csv("far.csv")

    found = table(predicted(capsys, "far.csv", "--outlier", "-q").out)

    assert found["outlier"].to_list() == [0.0, 0.0]


def test_rows_are_joined_to_the_table(place, capsys):
    found = table(predicted(capsys, "t.csv", "--join", "--margin", "-q").out)

    assert found.columns == [*place.columns, "cluster", "margin"]
    assert found["id"].to_list() == place["id"].to_list()
    found.select(*place.columns, "cluster").write_csv("again.csv")
    again = table(predicted(capsys, "again.csv", "--join", "-q").out)
    assert again.columns == [*place.columns, "cluster", "cluster_"]
    assert again["cluster"].equals(again["cluster_"])


@pytest.mark.parametrize("suffix", WRITERS)
def test_any_format_comes_out_and_goes_in(place, capsys, suffix):
    predicted(capsys, "t.csv", "--join", "-q", "-o", f"out{suffix}")

    found = kwise.read_table(f"out{suffix}").frame
    right = (kwise.load("m.kwise").predict("t.csv") + 1).tolist()
    assert found["cluster"].fill_null(0).to_list() == right
    if suffix != ".txt":
        assert predicted(capsys, f"out{suffix}", "-q").out == predicted(capsys, "t.csv", "-q").out


def test_parts_say_what_the_whole_says(place, capsys, monkeypatch):
    monkeypatch.setattr("kwise.io.streaming.table_parts.__kwdefaults__", {"rows_at_once": 7})
    place.write_parquet("t.parquet")
    whole = predicted(capsys, "t.csv", "--margin", "--outlier", "-q").out

    for source in ("t.csv", "t.parquet"):
        parts = predicted(capsys, source, "--margin", "--outlier", "--stream", "-q").out
        assert parts == whole
    lines = predicted(capsys, "t.csv", "--stream", "--format", "json", "-q").out.splitlines()
    assert [json.loads(line)["row"] for line in lines] == list(range(1, 91))
    said = predicted(capsys, "t.csv", "--stream", "-o", "x.csv").err
    assert said.startswith("1 of 90 row")


def test_a_damaged_part_leaves_the_old_file(place, capsys, monkeypatch):
    monkeypatch.setattr("kwise.io.streaming.table_parts.__kwdefaults__", {"rows_at_once": 7})
    text = Path("t.csv").read_text().splitlines()
    text[60] = "r1,none of it,70,north"
    Path("bad.csv").write_text("\n".join(text))
    Path("out.csv").write_text("before")

    said = predicted(capsys, "bad.csv", "--stream", "-o", "out.csv", code=2).err

    assert "none of it" in said
    assert said.count("\n") == 1
    assert Path("out.csv").read_text() == "before"


def test_what_is_not_read_in_parts_is_said(place, capsys):
    place.write_json("t.json")

    assert "are read whole" in predicted(capsys, "t.json", "--stream", code=2).err
    assert (
        "CSV, JSON lines or Parquet"
        in predicted(capsys, "t.csv", "--stream", "-o", "t.arrow", code=2).err
    )


def test_changes_of_the_columns_are_said_by_name(place, capsys):
    changed = place.rename({"id": "key"}).with_columns(
        height=pl.col("height") * 2.54, site=pl.lit("west")
    )
    changed.write_csv("changed.csv")

    said = predicted(capsys, "changed.csv").err

    assert "new columns, which the model does not use: 'key'" in said
    assert "columns of the fit that are gone, and were not used: 'id'" in said
    assert "column 'site' holds categories that the fit did not see: 'west' (90)" in said
    assert "column 'height' may be in another unit" in said
    assert "centimeters for inches" in said
    assert "'weight'" not in said
    assert "Beware" not in predicted(capsys, "t.csv").err
    assert "Beware" not in predicted(capsys, "changed.csv", "-q").err


def test_a_unit_that_was_looked_for_in_some_rows_says_so(place, capsys, monkeypatch):
    monkeypatch.setattr("kwise.io.schema_changes.MOST", 30)
    place.with_columns(height=pl.col("height") * 2.54).write_csv("changed.csv")

    assert "its median, of one row in 3, is" in predicted(capsys, "changed.csv").err


def test_missing_columns_are_said_by_name(place, capsys):
    place.rename({"height": "Height"}).drop("weight").write_csv("less.csv")

    said = predicted(capsys, "less.csv", code=2).err

    assert "no column 'height'; did you rename it to 'Height'?" in said
    assert "did you rename it to 'Height'? Nor has it 'weight'" in said


def test_models_without_distances_say_so(place, capsys):
    from dataclasses import replace

    replace(kwise.load("m.kwise"), distance_quantiles=None).save("old.kwise")

    assert main(["predict", "old.kwise", "t.csv", "--outlier"]) == 2
    assert "fit it again with this version" in capsys.readouterr().err
