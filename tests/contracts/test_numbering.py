"""One rule of numbers in every output of a model: people count from 1, arrays from 0.

A row without a cluster has nothing: an empty cell, null, None, or -1 in arrays.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import kwise
from exported import PROGRAMS
from kwise.cli import main
from kwise.io import EXPORTERS

SIZES = (40, 25, 15)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Fit three groups of different sizes; one row has a gap."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(10 * i, 0.5, (n, 2)) for i, n in enumerate(SIZES)])
    frame = pl.DataFrame(X[rng.permutation(len(X))], schema=["x", "y"])
    frame[7, "x"] = None
    folder = tmp_path_factory.mktemp("numbering")
    frame.write_csv(folder / "t.csv")
    analysis = kwise.analyze(str(folder / "t.csv"), k=3)
    analysis.save(folder / "m.kwise")
    return folder, frame, analysis


def test_arrays_count_from_0_the_largest_first(made):
    folder, frame, analysis = made
    labels = analysis.labels

    assert labels[7] == -1
    sizes = np.bincount(labels[labels >= 0])
    assert len(sizes) == 3
    assert (np.diff(sizes) <= 0).all()
    model = kwise.load(folder / "m.kwise")
    for found in (analysis.predict(frame), model.predict(frame), model.place(frame).labels):
        np.testing.assert_array_equal(found, labels)
    assert model.distances(frame)[0].argmin() == labels[0]


def test_what_people_read_counts_from_1(made, capsys):
    folder, _, analysis = made
    right = [str(label + 1) if label >= 0 else "" for label in analysis.labels.tolist()]
    table, model = str(folder / "t.csv"), str(folder / "m.kwise")

    assert main(["predict", model, table, "-q"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["cluster"] for row in rows] == right
    assert main(["predict", model, table, "-q", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert ["" if row["cluster"] is None else str(row["cluster"]) for row in rows] == right
    page = folder / "page.html"
    assert main(["report", table, "--k", "3", "-q", "-o", str(page)]) == 0
    told = re.findall(r"^ +([0-9]+) +([0-9]+) +[0-9]+ %", capsys.readouterr().out, re.MULTILINE)
    assert told == [(str(i), str(right.count(str(i)))) for i in (1, 2, 3)]
    assert "cluster 0" not in page.read_text().lower()
    assert main(["show", model, "--format", "json"]) == 0
    sizes = json.loads(capsys.readouterr().out)["sizes"]
    assert sizes == [right.count(str(i)) for i in (1, 2, 3)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_exports_count_from_1(made, program):
    folder, frame, analysis = made
    target, run = PROGRAMS[program]
    for package in {"onnx": ["onnxruntime"], "sql": ["duckdb", "sqlglot"],
                    "javascript": ["py_mini_racer"]}.get(target, []):  # fmt: skip
        pytest.importorskip(package)

    found = run(EXPORTERS[target](kwise.load(folder / "m.kwise")), frame)

    np.testing.assert_array_equal(found, analysis.labels + 1)


def test_the_exported_program_prints_what_predict_prints(made, capsys):
    folder, _, _ = made
    table, model = str(folder / "t.csv"), str(folder / "m.kwise")
    assert main(["predict", model, table, "-q"]) == 0
    right = capsys.readouterr().out

    assert main(["export", model, "-o", str(folder / "p.py")]) == 0
    ran = subprocess.run(
        [sys.executable, str(folder / "p.py"), table], check=True, capture_output=True, text=True
    )

    assert ran.stdout == right
