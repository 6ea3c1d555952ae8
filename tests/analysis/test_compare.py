"""From a table to several clusterings: columns, truth, k and settings arrive where they belong."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs, make_moons

import kwise
from kwise.cli import main


@pytest.fixture(scope="module")
def frame():
    X, group = make_blobs(120, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    names = np.array(["a", "b", "c"])[group]
    return pl.DataFrame({"x": X[:, 0], "y": X[:, 1] * 1000, "group": names})


@pytest.fixture
def table(frame, tmp_path):
    frame.write_csv(tmp_path / "rows.csv")
    return tmp_path / "rows.csv"


def test_k_is_chosen_and_the_truth_is_a_column(frame):
    found = kwise.compare(frame, truth="group", methods=["kmeans", "ward"], stability_runs=0)

    assert found.n_clusters == 3
    assert [outcome.ari for outcome in found.outcomes] == [1.0, 1.0]


def test_rows_with_missing_cells_are_left_out_of_the_truth_too(frame):
    holed = frame.with_columns(
        x=pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise(pl.col("x"))
    )

    by_name = kwise.compare(holed, truth="group", methods=["kmeans"], k=3)
    by_array = kwise.compare(
        holed, columns=["x", "y"], truth=frame["group"].to_numpy(), methods=["kmeans"], k=3
    )

    assert len(by_name.plane) == len(by_array.plane) == 113
    assert by_name.outcomes[0].ari == by_array.outcomes[0].ari == 1.0


def test_reach_and_distance_are_the_callers(frame):

    found = kwise.compare(
        frame, methods=["dbscan", "k_medoids"], eps=0.25, metric="manhattan", k=3, drop="group"
    )

    assert found.outcome("dbscan").partition.settings.startswith("eps=0.25")
    assert found.outcome("k_medoids").label == "k-medoids, manhattan"


def test_the_crescents_from_a_table():
    X, moon = make_moons(n_samples=250, noise=0.05, random_state=42)

    found = kwise.compare(X, truth=moon, k=2, methods=["kmeans", "dbscan"], eps=0.3)

    assert round(found.outcome("kmeans").ari, 2) in (0.46, 0.47)
    assert found.outcome("dbscan").ari == 1.0
    assert found.outcome("dbscan").silhouette == pytest.approx(0.379668, abs=1e-6)


def test_the_command_prints_a_table_json_or_csv(table, capsys):
    words = ["compare", str(table), "--truth", "group", "--methods", "kmeans,ward", "--quiet"]

    assert main(words) == 0
    shown = capsys.readouterr().out
    assert main([*words, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["methods"]
    assert main([*words, "--format", "csv"]) == 0
    cells = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    assert "k = 3, 120 rows" in shown
    assert "no judge between k-means" in shown
    assert [row["ari"] for row in rows] == [1.0, 1.0]
    assert [row["method"] for row in cells] == ["k-means", "Ward"]


@pytest.mark.parametrize("name", ["panel.svg", "panel.png"])
def test_the_command_draws_the_panel(name, table, tmp_path, capsys):
    path = tmp_path / name

    code = main(["compare", str(table), "--methods", "kmeans,dbscan", "-o", str(path), "-q"])

    assert code == 0
    assert path.stat().st_size > 5_000


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--truth", "grup"], "did you mean 'group'"),
        (["--methods", "kmean"], "did you mean 'kmeans'"),
        (["--eps", "-1"], "positive"),
        (["--methods", "ward", "-o", "panel.xyz"], "not a format of pictures"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(words, message, table, capsys):
    code = main(["compare", str(table), "--quiet", "--k", "2", *words])

    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
