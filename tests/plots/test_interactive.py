"""The figure that answers, by Altair, which is optional."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

import kwise
from kwise.exceptions import MissingDependencyError
from kwise.plots import plot_interactive
from kwise.plots.palette import cluster_color

POINTS = np.random.default_rng(0).normal(size=(60, 2))
LABELS = np.arange(60) % 3


def test_without_altair_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)

    with pytest.raises(MissingDependencyError, match=r"kwise\[interactive\]"):
        plot_interactive(POINTS, LABELS)


def test_rows_tell_of_themselves_and_colors_are_the_palettes() -> None:
    altair = pytest.importorskip("altair")
    rows = {"a.b[c]": np.r_[np.nan, POINTS[1:, 0]], "kind": np.array(["x", None, "z"] * 20)}

    chart = plot_interactive(POINTS, LABELS, names=("u", "v"), rows=rows, size=9)

    assert isinstance(chart, altair.HConcatChart)
    told = json.loads(chart.to_json())
    plane = told["hconcat"][0]
    assert plane["encoding"]["color"]["condition"]["scale"]["range"] == [
        cluster_color(c) for c in range(3)
    ]
    assert (plane["mark"]["size"], plane["encoding"]["x"]["title"]) == (9, "u")
    values = told["data"]["values"]
    assert len(values) == 60
    assert values[0]["a.b[c]"] is None
    assert values[1]["kind"] is None
    assert [tip["title"] for tip in plane["encoding"]["tooltip"]] == [
        "row", "cluster", "a.b[c]", "kind",
    ]  # fmt: skip


def test_of_many_rows_a_stated_sample_is_drawn() -> None:
    pytest.importorskip("altair")
    points = np.random.default_rng(0).normal(size=(6000, 2))

    chart = plot_interactive(points, np.arange(6000) % 2, title="blobs")

    told = json.loads(chart.to_json())
    assert told["title"] == "blobs: a random sample of 5,000 of 6,000 rows"
    assert len(told["data"]["values"]) == 5000


def test_an_analysis_draws_itself_with_its_rows_and_truth() -> None:
    pytest.importorskip("altair")
    frame = pd.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 9, "y": [0.0, 1.0, 9.0, 8.0] * 9})
    frame["kind"] = ["low", "low", "high", "high"] * 9
    analysis = kwise.analyze(frame, k=2, truth="kind")

    told = json.loads(analysis.plot.interactive(opacity=0.4).to_json())
    ax = analysis.plot.scatter(truth=True)

    values = told["data"]["values"]
    assert values[2]["x"] == 9.0
    assert told["hconcat"][0]["mark"]["opacity"] == 0.4
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert said == ["cluster 1", "cluster 2", "high", "low"]
    with pytest.raises(ValueError, match="'kid' is no column"):
        analysis.plot.scatter(truth="kid")
