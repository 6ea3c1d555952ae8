"""``kwise components``: a row for each number of components, and a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from kwise.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    X, y = load_iris(return_X_y=True)
    path = tmp_path / "iris.csv"
    rows = [",".join([*map(str, row), "abc"[kind]]) for row, kind in zip(X.tolist(), y)]
    path.write_text("\n".join(["a,b,c,d,species", *rows]) + "\n")
    return path


def test_every_number_of_components_has_a_row(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["components", str(table), "--truth", "species", "--k", "3", "-q"]

    assert main([*asked, "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["k"] == 3
    assert [row["n_components"] for row in told["components"]] == [1, 2, 3, 4]
    assert told["components"][3]["explained"] == pytest.approx(1.0)
    assert all(row["ari"] > 0.4 for row in told["components"])


def test_a_picture_is_drawn_and_numbers_are_obeyed(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = table.with_suffix(".svg")

    assert main(["components", str(table), "--numbers", "1:2", "-q", "-o", str(picture)]) == 0

    assert picture.read_text().startswith("<?xml")
    assert "never the spaces" in capsys.readouterr().out


def test_more_components_than_columns_are_refused(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["components", str(table), "--numbers", "3:9", "-q"]) == 2
    assert "4" in capsys.readouterr().err
