"""Labels are written beside the rows that they are of."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kwise.cli import main


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"town {i},{i % 2 * 50 + i % 7},{i % 5}" for i in range(40)]
    rows[3] = "town 3,,1"
    path = tmp_path / "table.csv"
    path.write_text("name,x,y\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize("command", [["report", "-o", "p.html"], ["fit", "-o", "m.kwise"]])
@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_every_row_has_its_cluster(
    table: Path, command: list[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    asked = [command[0], str(table), *command[1:], "--columns", "x", "--k", "2", "--labels", name]

    assert main([*asked, "-q"]) == 0

    found = pl.read_csv(name) if name.endswith("csv") else pl.read_parquet(name)
    assert found.columns == ["name", "x", "y", "cluster"]
    assert found["name"].to_list() == [f"town {i}" for i in range(40)]
    assert found["cluster"][3] is None
    assert found["cluster"][:3].to_list() == [1, 2, 1]


def test_compare_has_a_column_for_each_method(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(table.parent)

    asked = ["--methods", "kmeans,ward", "--columns", "x", "--k", "2", "--labels", "rows.csv"]
    assert main(["compare", str(table), *asked, "-q"]) == 0

    found = pl.read_csv("rows.csv")
    assert found.columns == ["name", "x", "y", "kmeans", "ward"]
    assert found["ward"].null_count() == 1


def test_a_name_that_the_table_has_already_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x,cluster\n" + "\n".join(f"{i % 2 * 9 + i % 3},7" for i in range(30)) + "\n")

    assert main(["fit", str(path), "-o", str(tmp_path / "m"), "--k", "2", "-q", "--columns", "x",
                 "--labels", str(tmp_path / "rows.csv")]) == 0  # fmt: skip

    assert pl.read_csv(tmp_path / "rows.csv").columns == ["x", "cluster", "cluster_2"]


def test_labels_never_write_over_the_table(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = table.read_text()

    assert main(["report", str(table), "--labels", str(table), "-o", str(table) + ".html"]) == 2

    assert table.read_text() == before
    assert "write to another file" in capsys.readouterr().err
