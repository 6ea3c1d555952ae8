"""Commands on tables in parts: the same model and labels, however large the files are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main
from kwise.io import load


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Write three files of two columns in four groups; one cell is missing."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "parts"
    folder.mkdir()
    for i in range(3):
        group = rng.integers(0, 4, 700)
        x = rng.normal(size=700) + 12.0 * (group % 2)
        y = rng.normal(size=700) + 12.0 * (group // 2)
        frame = pl.DataFrame({"x": x, "y": y})
        if i == 1:
            frame[5, "y"] = None
        frame.write_parquet(folder / f"part-{i}.parquet")
    return folder


def test_fit_predict_and_report(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pattern, model = f"{parts}/*.parquet", tmp_path / "m.kwise"
    words = ["fit", pattern, "--engine", "local", "--max-memory", "1GB"]
    assert main([*words, "--checkpoint", str(tmp_path / "run"), "-o", str(model)]) == 0
    told = capsys.readouterr().err
    assert "4 clusters" in told
    assert "2,100 rows of 3 files were read in parts" in told
    assert "2,099 rows x 2 columns (0 MB): all stay packed in 0 MB" in told
    assert "those of all 2,099 complete rows" in told

    assert main(["predict", str(model), pattern, "--engine", "local"]) == 0
    printed = capsys.readouterr()
    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())])
    labels = load(model).predict(whole)
    found = pl.read_csv(printed.out.encode())
    assert found["row"].to_list() == list(range(1, 2101))
    assert (found["cluster"].fill_null(0) - 1).to_list() == labels.tolist()
    assert "1 of 2,100" in printed.err

    for name in ("labels.csv", "labels.parquet"):
        file = tmp_path / name
        assert main(["predict", str(model), str(parts), "--engine", "local", "-o", str(file)]) == 0
        read = pl.read_csv if name.endswith("csv") else pl.read_parquet
        assert read(file)["cluster"].to_list() == found["cluster"].to_list()

    assert main(["report", pattern, "--engine", "local", "--format", "json"]) == 0
    summary = capsys.readouterr().out
    assert json.loads(summary)
    assert "2,100 of 2,100 rows are shown" in summary


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_clusters_stand_beside_the_rows(
    name: str, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, file = tmp_path / "m.kwise", tmp_path / name
    assert main(["fit", str(parts), "--k", "4", "--engine", "local", "-o", str(model)]) == 0
    words = ["predict", str(model), f"{parts}/*.parquet", "--engine", "local", "--join"]
    assert main([*words, "--margin", "-o", str(file)]) == 0

    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())])
    beside = (pl.read_csv if name.endswith("csv") else pl.read_parquet)(file)
    assert beside.columns == ["x", "y", "cluster", "margin"]
    assert beside.select("x", "y").equals(whole)
    assert (beside["cluster"].fill_null(0) - 1).to_list() == load(model).predict(whole).tolist()
    capsys.readouterr()
    for wrong, why in ((["--stream"], "in no --stream"), (["-o", "x.arrow"], "or Parquet")):
        assert main([*words, *wrong]) == 2
        assert why in capsys.readouterr().err


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_report_by_a_sample_writes_the_labels_of_all_rows_and_says_so(
    name: str, parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("kwise.analysis.at_scale.SAMPLE_ROWS", 500)
    pattern, file = f"{parts}/*.parquet", tmp_path / name
    words = ["report", pattern, "--engine", "local", "--k", "4", "--labels", str(file)]

    assert main([*words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["labels"]
    assert main([*words, "-o", str(tmp_path / "page.html")]) == 0
    printed = capsys.readouterr().out

    read = pl.read_csv if name.endswith("csv") else pl.read_parquet
    found = read(file)
    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())])
    assert found.columns == ["x", "y", "cluster"]
    assert np.allclose(found["x"], whole["x"])
    assert found["cluster"].null_count() == 1
    groups = found.drop_nulls().select(pl.col("x") > 6, pl.col("y") > 6, "cluster").unique()
    assert groups.height == 4
    assert told["rows"] == 2100
    assert told["without_cluster"] == 1
    assert 400 < told["centers_of"] < 600
    assert "all 2,100 rows, 1 of them without a cluster" in printed
    assert f"the sample of {told['centers_of']:,} rows" in printed
    assert " of a sample from 2,100 and all 2 columns" in printed
    page = (tmp_path / "page.html").read_text()
    note = re.search(r"[^>]*rows are shown, a sample [^<]*", page)[0]
    assert "counts and sums are over all rows" in note
    sizes = re.search(r"clusters 1 to 4 hold ([\d, ]+) of 2,099 complete rows", note)[1]
    assert sum(map(int, sizes.split(", "))) == 2099


def test_centers_are_those_of_all_rows(parts: Path, tmp_path: Path) -> None:
    from kwise.analysis.at_scale import fit_files

    found = fit_files(f"{parts}/*.parquet", k=4, engine="local")
    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())]).drop_nulls()
    X = found.model.preparation.transform(whole)
    start = found.sample.model["kmeans"].cluster_centers_
    one = kwise.KMeans(4, init=start, n_init=1).fit(X)

    assert np.array_equal(found.model.centers, one.cluster_centers_)
    assert found.kmeans.inertia_ == one.inertia_


def test_numbers_of_the_preparation_are_those_of_all_rows(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kwise.analysis.at_scale.SAMPLE_ROWS", 500)
    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())]).drop_nulls()
    model = tmp_path / "m.kwise"

    assert main(["fit", str(parts), "--k", "4", "--engine", "local", "-o", str(model)]) == 0
    assert "deviations and extremes are those of all 2,100 rows" in capsys.readouterr().err
    state = load(model).preparation.state_
    assert np.allclose(state.centers, whole.mean().row(0), rtol=1e-12)
    assert np.allclose(state.spreads, whole.std(ddof=0).row(0), rtol=1e-12)
    words = ["fit", str(parts), "--k", "4", "--engine", "local", "--scale", "robust"]
    assert main([*words, "-o", str(model)]) == 0
    assert np.allclose(load(model).preparation.state_.centers, whole.median().row(0), rtol=1e-12)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["fit", "none-*.parquet", "--engine", "local", "-o", "m.kwise"], "no such file"),
        (["fit", "{parts}", "--engine", "spork", "-o", "m.kwise"], "unknown engine 'spork'"),
        (["report", "{parts}", "--engine", "spork"], "unknown engine 'spork'"),
        (["predict", "m.kwise", "{parts}", "--engine", "spork"], "unknown engine 'spork'"),
        (["fit", "{parts}", "--max-memory", "lots", "-o", "m.kwise"], "max_memory='lots'"),
        (["fit", "{parts}", "--max-memory", "1MB", "-o", "m.kwise"], "Raise max_memory"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], told: str, parts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.format(parts=parts) for word in words]) == 2
    assert told in capsys.readouterr().err


def test_fit_in_parts_writes_the_labels_of_all_rows(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, labels = tmp_path / "m.kwise", tmp_path / "labels.csv"
    words = ["fit", str(parts), "--engine", "local", "-o", str(model), "--labels", str(labels)]

    assert main(words) == 0

    whole = pl.concat([pl.read_parquet(path) for path in sorted(parts.iterdir())])
    found = pl.read_csv(labels)
    assert found.columns == ["x", "y", "cluster"]
    assert (found["cluster"].fill_null(0) - 1).to_list() == load(model).predict(whole).tolist()
    told = capsys.readouterr().err
    assert "all 2,100 rows, 1 of them without a cluster" in told
    assert "nearest center" not in told  # the centers are those of all rows


def test_labels_of_parts_are_not_written_over_a_part(
    parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = parts / "part-0.parquet"
    before = part.read_bytes()

    words = ["fit", str(parts), "--engine", "local", "-o", str(tmp_path / "m.kwise")]
    assert main([*words, "--labels", str(part)]) == 2

    assert part.read_bytes() == before
    assert "part-0.parquet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("cut off", "part-1.parquet: parquet: File out of specification"),
        ("emptied", "part-1.parquet: parquet: File out of specification"),
        ("without rows", ": there are no rows"),
    ],
)
def test_a_damaged_part_is_named(
    damage: str, told: str, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(tmp_path / "m.kwise")
    assert main(["fit", str(parts), "--k", "4", "--engine", "local", "-o", model]) == 0
    for file in parts.iterdir() if damage == "without rows" else [parts / "part-1.parquet"]:
        if damage == "without rows":
            pl.read_parquet(file).head(0).write_parquet(file)
        else:
            file.write_bytes(b"" if damage == "emptied" else file.read_bytes()[:2000])
    capsys.readouterr()
    for words in (
        ["fit", str(parts), "--k", "4", "-o", f"{model}2"],
        ["predict", model, str(parts), "-o", str(tmp_path / "labels.parquet")],
        ["report", str(parts), "--format", "json"],
    ):
        assert main([*words, "--engine", "local", "-q"]) == 2
        said = capsys.readouterr().err
        assert told in said
        assert said.count("\n") == 1


def test_a_part_without_rows_is_passed_over(parts: Path, tmp_path: Path) -> None:
    models = []
    for i in range(2):
        model = tmp_path / f"{i}.kwise"
        assert main(["fit", str(parts), "--k", "4", "--engine", "local", "-o", str(model)]) == 0
        models.append(load(model).centers.tolist())
        pl.read_parquet(parts / "part-1.parquet").head(0).write_parquet(parts / "part-1-b.parquet")

    assert models[0] == models[1]


@pytest.mark.parametrize("labels", ["labels.csv", "labels.parquet"])
def test_a_long_table_is_fitted_as_its_parts_are(
    labels: str,
    parts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kwise.analysis.at_scale.LONG", 2_000)
    monkeypatch.setattr("kwise.analysis.at_scale.SAMPLE_ROWS", 800)
    whole, in_parts, beside = tmp_path / "w.kwise", tmp_path / "p.kwise", tmp_path / labels

    assert main(["fit", str(parts), "-o", str(whole), "--labels", str(beside)]) == 0
    told = capsys.readouterr().err
    assert main(["fit", str(parts), "--engine", "local", "-o", str(in_parts)]) == 0

    assert "4 clusters" in told
    assert re.search("decided on a sample of [78].. rows", told)
    assert "those of all 2,099 complete rows" in told
    found, expected = load(whole), load(in_parts)
    np.testing.assert_allclose(found.centers, expected.centers, rtol=1e-12)
    rows = (pl.read_csv if labels.endswith("csv") else pl.read_parquet)(beside)
    assert rows.columns == ["x", "y", "cluster"]
    clusters = rows["cluster"].fill_null(0).to_numpy() - 1
    assert clusters.tolist() == found.predict(rows.select("x", "y")).tolist()
    assert (clusters < 0).sum() == 1


def test_limits_of_sizes_look_at_all_of_a_long_table(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kwise.analysis.at_scale.LONG", 2_000)
    model, rows = tmp_path / "m.kwise", tmp_path / "rows.csv"
    words = ["fit", str(parts), "--k", "3", "--max-size", "balanced", "--labels", str(rows)]

    assert main([*words, "-o", str(model)]) == 0

    sizes = pl.read_csv(rows)["cluster"].drop_nulls().value_counts()["count"]
    assert sorted(sizes) == [699, 700, 700]
