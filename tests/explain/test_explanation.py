"""What clusters are, told alike by notebook, command and page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from kwise import Analysis


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) + 12.0])
    return pl.DataFrame({"width": X[:, 0], "height": X[:, 1]})


@pytest.fixture(scope="module")
def analysis(frame: pl.DataFrame) -> Analysis:
    return kwise.analyze(frame, k=2)


def test_an_explanation_is_the_one_on_the_page(analysis: Analysis) -> None:
    explanation = analysis.explain()

    assert explanation is analysis.summary.chosen
    assert [each.size for each in explanation.clusters] == [30, 20]
    assert explanation.clusters[1].rule is not None
    assert 0.9 < explanation.clusters[0].stability <= 1.0


def test_the_command_says_what_the_explanation_says(
    analysis: Analysis, frame: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    frame.write_csv(table)

    assert main(["explain", str(table), "--k", "2"]) == 0
    assert capsys.readouterr().out.endswith(f"{analysis.explain()}\n")

    assert main(["explain", str(table), "--k", "2", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["clusters"] == analysis.explain().table()


def test_a_candidate_that_was_not_looked_at_cannot_be_explained(analysis: Analysis) -> None:
    told = sorted(analysis.evidence.labels)

    assert analysis.explain(told[0]).k == told[0]
    with pytest.raises(ValueError, match="k=40 was not looked at in full; explained can be: "):
        analysis.explain(40)


def test_pictures_need_no_explanations(analysis: Analysis) -> None:
    from kwise.report import draw_sections

    drawn = draw_sections(analysis._pictured)

    assert "<svg" in drawn["map"]["figure"]
