"""One partition from the scored run to labels, page, JSON and saved model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import kwise
from kwise._numbering import numbered_by_size
from kwise.cli import main
from kwise.metrics import silhouette_score
from kwise.results import History, Run

if TYPE_CHECKING:
    from pathlib import Path

    from kwise import Analysis


def loose() -> np.ndarray:
    """Return rows whose runs stop by the tolerance: a fit from their centers would go on."""
    return np.random.default_rng(1).normal(size=(3000, 3))


def whole() -> np.ndarray:
    """Return whole numbers, many of them as near to one center as to another."""
    return np.random.default_rng(3).integers(0, 4, size=(400, 2)).astype(float)


@pytest.fixture(scope="module", params=[(loose, 6, 1), (whole, 4, 0), (whole, 9, 0)])
def analysis(request: pytest.FixtureRequest) -> Analysis:
    rows, k, seed = request.param
    return kwise.analyze(rows(), k=k, random_state=seed)


def test_the_model_is_the_run_that_was_scored(analysis: Analysis) -> None:
    run, kmeans = analysis.selection.sweep.run(analysis.k), analysis.model["kmeans"]

    assert run.inertia == kmeans.inertia_
    assert np.array_equal(run.labels, kmeans.labels_)
    assert np.array_equal(run.centers, kmeans.cluster_centers_)
    assert np.array_equal(analysis.labels, run.labels)
    assert kmeans.n_iter_ == run.n_iter


def test_the_score_on_the_page_is_of_the_labels_given(analysis: Analysis) -> None:
    sweep = analysis.selection.sweep
    score = sweep.scores["silhouette"][sweep.ks.index(analysis.k)]

    assert score.value == pytest.approx(silhouette_score(analysis.X, analysis.labels), abs=1e-9)
    assert np.array_equal(analysis.report_data.labels[analysis.k], analysis.labels)


def test_json_page_and_saved_model_agree(analysis: Analysis, tmp_path: Path) -> None:
    saved = kwise.load(analysis.save(tmp_path / "model.kwise"))
    told = analysis.summary.to_dict()["clusterings"]
    clusters = next(each for each in told if each["k"] == analysis.k)["clusters"]

    assert np.array_equal(saved.predict(analysis.table), analysis.labels)
    assert np.array_equal(analysis.predict(analysis.table), analysis.labels)
    sizes = np.bincount(analysis.labels, minlength=analysis.k).tolist()
    assert [each["size"] for each in clusters] == sizes
    assert sizes == sorted(sizes, reverse=True)


def test_the_commands_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, model = tmp_path / "rows.csv", tmp_path / "model.kwise"
    pl.DataFrame(loose(), schema=["a", "b", "c"]).write_csv(table)
    words = [str(table), "--k", "6", "--seed", "1"]

    assert main(["report", *words, "--format", "json"]) == 0
    clusterings = json.loads(capsys.readouterr().out)["clusterings"]
    told = next(each for each in clusterings if each["k"] == 6)["clusters"]
    assert main(["fit", *words, "-q", "-o", str(model)]) == 0
    assert main(["predict", str(model), str(table), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)

    sizes = np.bincount([row["cluster"] for row in rows])[1:].tolist()
    assert [each["size"] for each in told] == sizes


def test_the_numbers_of_a_run_change_and_nothing_else() -> None:
    centers = np.array([[0.0], [5.0], [9.0]])
    history = History(np.stack([centers, centers]), np.array([2.0, 1.0]))
    run = Run(centers, np.array([1, 2, 1, 0, 1, 0], dtype=np.int32), 1.0, 2, True, history)

    numbered = numbered_by_size(run)

    assert numbered.labels.tolist() == [0, 2, 0, 1, 0, 1]
    assert np.array_equal(numbered.centers[numbered.labels], centers[run.labels])
    assert np.array_equal(numbered.history.centers[0], numbered.centers)
    assert (numbered.inertia, numbered.n_iter, numbered.converged) == (1.0, 2, True)
