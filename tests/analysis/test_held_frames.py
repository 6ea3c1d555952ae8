"""Blocks of a long table are worked on several at once: the answers are those of one by one."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from kwise import read_table
from kwise._core import threads
from kwise.analysis import at_scale, frames
from kwise.analysis.at_scale import fit_files, fit_table
from kwise.analysis.frames import HeldFrames


@pytest.fixture
def table(monkeypatch):
    """Return a table of eight blocks, with gaps."""
    monkeypatch.setattr(frames, "_BATCH_ROWS", 300)
    draw = np.random.default_rng(0)
    centers = draw.normal(scale=8, size=(3, 4))
    X = centers[draw.integers(0, 3, 2_200)] + draw.normal(size=(2_200, 4))
    frame = pl.DataFrame(X, schema=["a", "b", "c", "d"])
    gaps = pl.Series(draw.random(2_200) < 0.03)
    return read_table(frame.with_columns(b=pl.when(~gaps).then(pl.col("b"))))


def several(monkeypatch, at_once):
    monkeypatch.setattr(frames, "_MOST_CELLS", at_once * 300 * 4)
    monkeypatch.setattr(threads, "effective_n_threads", lambda: 3)


def test_blocks_at_once_follow_from_what_they_hold(table, monkeypatch):
    for at_once in (1, 3):
        several(monkeypatch, at_once)
        assert HeldFrames(table).at_once == at_once
    monkeypatch.setattr(frames, "_MOST_CELLS", 1)
    assert HeldFrames(table).at_once == 1


def test_a_sample_is_the_same(table, monkeypatch):
    samples = []
    for at_once in (1, 3):
        several(monkeypatch, at_once)
        samples.append(HeldFrames(table).sample(500, 7))
    assert 400 < samples[0].height < 600
    assert samples[0].equals(samples[1])


@pytest.mark.parametrize("missing", ["drop", "mean"])
def test_a_model_is_the_same(table, monkeypatch, missing):
    found = []
    for at_once in (1, 3):
        several(monkeypatch, at_once)
        found.append(fit_table(table, k=3, missing=missing))
    one, other = (each.model for each in found)
    assert one.centers.tobytes() == other.centers.tobytes()
    state, again = one.preparation.state_, other.preparation.state_
    assert state.centers.tobytes() == again.centers.tobytes()
    assert state.spreads.tobytes() == again.spreads.tobytes()
    assert found[0].steps == found[1].steps
    assert found[0].n_rows == (
        2_200 if missing == "mean" else 2_200 - table.frame["b"].null_count()
    )


@pytest.mark.filterwarnings("ignore:invalid value")  # in means that are given up
def test_a_cell_of_the_sample_is_told_by_its_row_in_the_table(table, monkeypatch, tmp_path):
    monkeypatch.setattr(at_scale, "SAMPLE_ROWS", 1_000)
    sampled = HeldFrames(table).sample(1_000, 0)["a"].to_list()
    cells = [np.inf if 700 < i < 900 else each for i, each in enumerate(table.frame["a"])]
    first = next(i for i in range(701, 900) if table.frame["a"][i] in sampled)
    broken = replace(table, frame=table.frame.with_columns(a=pl.Series(cells)))

    with pytest.raises(ValueError, match=f"^row {first + 1}, column 'a': the cell is infinite"):
        fit_table(broken, k=3)
    broken.frame.write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(ValueError, match=f"^row {first + 1}, column 'a': the cell is infinite"):
        fit_files(str(tmp_path / "rows.parquet"), k=3)


@pytest.mark.filterwarnings("ignore:invalid value")  # in means that are given up
def test_a_cell_that_cannot_be_used_is_told_by_its_row(table, monkeypatch):
    several(monkeypatch, 3)
    monkeypatch.setattr(at_scale, "SAMPLE_ROWS", 1_000)
    sampled = HeldFrames(table).sample(1_000, 0)["a"].to_list()
    row = next(i for i, cell in enumerate(table.frame["a"]) if i > 700 and cell not in sampled)
    cells = [np.inf if i == row else cell for i, cell in enumerate(table.frame["a"])]
    infinite = replace(table, frame=table.frame.with_columns(a=pl.Series(cells)))

    with pytest.raises(ValueError, match=f"^row {row + 1}, column 'a': the cell is infinite"):
        fit_table(infinite, k=3)


@pytest.mark.parametrize("file", [0, 1])
@pytest.mark.filterwarnings("ignore:invalid value")  # in means that are given up
def test_a_cell_of_files_that_the_sample_lacks_is_told_by_its_row_among_all(
    file, table, monkeypatch, tmp_path
):
    several(monkeypatch, 3)
    monkeypatch.setattr(at_scale, "SAMPLE_ROWS", 1_000)
    half = table.frame.height // 2
    sampled = HeldFrames(table).sample(1_000, 0)["a"].to_list()
    row = next(i for i in range(file * half + 900, 2_200) if table.frame["a"][i] not in sampled)
    cells = [np.inf if i == row else cell for i, cell in enumerate(table.frame["a"])]
    broken = table.frame.with_columns(a=pl.Series(cells))
    broken[:half].write_parquet(tmp_path / "1.parquet")
    broken[half:].write_parquet(tmp_path / "2.parquet")

    with pytest.raises(ValueError, match=f"^row {row + 1}, column 'a': the cell is infinite"):
        fit_files(str(tmp_path), k=3)


@pytest.mark.parametrize("seen", [True, False])
def test_a_missing_cell_that_is_an_error_is_told_by_its_row(seen, table, monkeypatch, tmp_path):
    several(monkeypatch, 3)
    monkeypatch.setattr(at_scale, "SAMPLE_ROWS", 1_000)
    whole = table.frame.with_columns(pl.col("b").fill_null(0.0))
    sampled = HeldFrames(replace(table, frame=whole)).sample(1_000, 0)["a"].to_list()
    row = next(i for i, cell in enumerate(whole["a"]) if i > 700 and (cell in sampled) == seen)
    cells = [None if i == row else cell for i, cell in enumerate(whole["a"])]
    gap = replace(table, frame=whole.with_columns(a=pl.Series(cells)))
    gap.frame.write_parquet(tmp_path / "rows.parquet")

    with pytest.raises(ValueError, match=rf"row {row + 1}, column 'a'"):
        fit_table(gap, k=3, missing="error")
    with pytest.raises(ValueError, match=f"^row {row + 1}, column 'a': the cell is missing"):
        fit_files(str(tmp_path / "rows.parquet"), k=3, missing="error")
