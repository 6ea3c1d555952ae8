"""``kwise show`` and ``kwise card``: what a model file says of itself."""

import json
from pathlib import Path

import polars as pl
import pytest

import kwise
from kwise.cli import main

KEPT = sorted((Path(__file__).parents[1] / "io" / "kept_models").glob("*.kwise"))


@pytest.fixture
def model(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    frame = pl.DataFrame(
        {"a|b": [1.0, 2.0, 1.5, 50.0, 51.0] * 6, "<b>": [1.0, 4.0, 2.0, 80.0, 82.0] * 6}
    )
    path = tmp_path / "m.kwise"
    kwise.analyze(frame, k=2).save(path)
    return path


def test_a_model_is_shown(model, capsys):
    assert main(["show", str(model)]) == 0
    told = capsys.readouterr().out

    verdict = kwise.load(model).metadata["verdict"]
    assert told.startswith(verdict)
    assert "fitted on 2023-11-14" in told
    assert "30 of 30 rows" in told
    assert told.split()[told.split().index("cluster") :][1:3] == ["rows", "share"]
    row = next(line.split() for line in told.splitlines() if line.split()[:1] == ["1"])
    assert row == ["1", "18", "60.0%", "1.5", "2.333"]


def test_a_model_is_shown_to_programs(model, capsys):
    assert main(["show", str(model), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["sizes"] == [18, 12]
    assert told["columns"] == ["a|b", "<b>"]
    assert told["knows_distances"]
    assert told["centers"]["a|b"] == pytest.approx([1.5, 50.5])


def test_a_card_holds_data_date_verdict_and_limits(model, capsys):
    assert main(["card", str(model), "-o", str(model.with_suffix(".md"))]) == 0
    card = model.with_suffix(".md").read_text()

    heads = [line for line in card.splitlines() if line.startswith("#")]
    assert heads == [
        "# Model card",
        "## Data",
        "## Clusters",
        "## Preparation",
        "## Limits",
        "## Made by",
    ]
    assert "2023-11-14" in card
    assert "| cluster | rows | share | a\\|b | \\<b\\> |" in card
    assert "<b>" not in card
    assert card == kwise.load(model).card()


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_kept_models_are_shown_too(path):
    model = kwise.load(path)

    assert f"{model.n_clusters} clusters" in model.show() or "asked" in model.show()
    assert "## Limits" in model.card()
