"""Segments of a table's rows, and the command."""

import json

import numpy as np
import polars as pl
import pytest

from kwise.analysis import find_segments
from kwise.cli import main


@pytest.fixture
def path(tmp_path):
    rng = np.random.default_rng(0)
    level = np.repeat([10.0, 30.0, 20.0], 40) + rng.normal(size=120)
    cells = [None if i == 50 else float(value) for i, value in enumerate(level)]
    frame = pl.DataFrame({"level": cells, "other": rng.normal(size=120)})
    frame.write_csv(tmp_path / "sensor.csv")
    return tmp_path / "sensor.csv"


def test_rows_are_cut_where_they_change(path):
    found = find_segments(path, columns="level")

    assert found.k == 3
    assert [(row["from"], row["to"]) for row in found.table()] == [(1, 40), (41, 80), (81, 120)]
    assert [row["mean of level"] for row in found.table()] == pytest.approx([10, 30, 20], abs=0.5)
    assert found.labels[50] == -1
    assert found.account.n_used == 119


def test_the_command_prints_and_draws(path, capsys):
    picture = path.with_name("segments.svg")

    assert main(["segment", str(path), "--columns", "level", "-o", str(picture)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 segments: the lowest modified BIC among 1 to 10.")
    assert "<svg" in picture.read_text("utf-8")[:2000]

    assert main(["segment", str(path), "--k", "2", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["shown"], len(told["segments"])) == (2, 2)

    assert main(["segment", str(path), "--ks", "1:4", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("segment,from,to,rows,mean of level,")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--columns", "levl"], "levl"),
        (["--k", "999"], "119 rows"),
        (["-o", "picture.bmp2"], "not a format of pictures"),
        (["--ks", "0:3"], "--ks 0:3 is not understood"),
    ],
)
def test_mistakes_end_in_one_line(path, capsys, monkeypatch, more, words):
    monkeypatch.chdir(path.parent)

    assert main(["segment", str(path), *more]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
