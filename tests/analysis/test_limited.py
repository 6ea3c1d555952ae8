"""Groups of limited sizes in analyses, pages, models and commands."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main


@pytest.fixture
def table() -> pl.DataFrame:
    """Return 120 rows in two groups of 90 and 30."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(90, 2)), rng.normal(size=(30, 2)) + 8.0])
    return pl.DataFrame({"x": X[:, 0], "y": X[:, 1]})


def test_the_groups_shown_keep_to_sizes_and_the_verdict_does_not_change(table):
    free = kwise.analyze(table)
    held = kwise.analyze(table, max_size=70)

    assert np.bincount(free.labels).tolist() == [90, 30]
    assert np.bincount(held.labels).tolist() == [70, 50]
    assert held.verdict == free.verdict
    assert held.selection.sweep.run(2).inertia == held.model["kmeans"].inertia_
    silhouettes = [a.selection.sweep.scores["silhouette"][1].value for a in (free, held)]
    assert silhouettes[1] == pytest.approx(
        kwise.metrics.silhouette_score(held.X, held.labels), abs=1e-6
    )
    assert silhouettes[1] < silhouettes[0]
    assert "keep to limits (at most 70 rows), which costs " in held.selection.reasons[-1]
    assert [each.size for each in held.explain().clusters] == [70, 50]


def test_commands_and_page_take_limits(table, tmp_path, capsys):
    path, page, model = (tmp_path / name for name in ("t.csv", "p.html", "m.kwise"))
    table.write_csv(path)

    words = ["report", str(path), "--k", "3", "--max-size", "balanced", "-o", str(page), "-q"]
    assert main([*words, "--format", "csv"]) == 0
    rows = capsys.readouterr().out
    assert "40" in rows or "40" in page.read_text(encoding="utf-8")
    assert "sizes that differ by one at most" in page.read_text(encoding="utf-8")
    assert "--max-size balanced" in page.read_text(encoding="utf-8")
    words = ["report", str(path), "--k", "3", "--max-size", "balanced", "--format", "json", "-q"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    shown = next(each for each in told["clusterings"] if each["k"] == 3)
    assert [each["size"] for each in shown["clusters"]] == [40, 40, 40]
    assert main(["fit", str(path), "--k", "3", "--min-size", "35", "-o", str(model), "-q"]) == 0
    assert kwise.load(model).n_clusters == 3


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--max-size", "30"], "max_size=30 leaves room for 90 rows in n_clusters=3"),
        (["--min-size", "50"], "min_size=50 asks for 150 rows in n_clusters=3"),
        (["--max-size", "many"], "--max-size many is not understood; write a number of rows"),
    ],
)
def test_limits_that_cannot_be_kept_end_in_one_line(table, tmp_path, capsys, words, error):
    path = tmp_path / "t.csv"
    table.write_csv(path)

    assert main(["fit", str(path), "--k", "3", *words, "-o", str(tmp_path / "m")]) == 2
    assert error in capsys.readouterr().err
