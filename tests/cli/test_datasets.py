"""``kwise datasets``: the list, a table, and one line where there is no network."""

import io
import json
from dataclasses import replace

import polars as pl
import pytest

from kwise.cli import main
from kwise.io.datasets import PUBLISHED, fetching


def test_all_data_sets_are_listed(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("KWISE_CACHE", str(tmp_path / "empty"))

    assert main(["datasets", "--format", "json"]) == 0

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["wine"]["here"] is True
    assert rows["tcga"]["here"] is False
    assert not (tmp_path / "empty").exists()


def test_a_data_set_is_written_as_csv(capsys, tmp_path):
    assert main(["datasets", "iris"]) == 0
    assert main(["datasets", "iris", "-o", str(tmp_path / "iris.csv")]) == 0

    printed = capsys.readouterr().out
    assert pl.read_csv(io.StringIO(printed)).shape == (150, 5)
    assert (tmp_path / "iris.csv").read_text() == printed


@pytest.mark.parametrize("name", ["irs", "california"])
def test_what_cannot_be_had_is_one_line(name, capsys, monkeypatch, tmp_path):
    nowhere = replace(PUBLISHED["california"], address="http://127.0.0.1:9/housing.tgz")
    monkeypatch.setattr(fetching, "PUBLISHED", {"california": nowhere})
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("KWISE_CACHE", str(tmp_path / "cache"))

    assert main(["datasets", name, "-o", str(tmp_path / "out.csv")]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert ("did you mean 'iris'" if name == "irs" else "no connection") in err
    assert not (tmp_path / "out.csv").exists()
