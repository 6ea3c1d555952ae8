"""Files as people and programs write them: rows that sum up, rare delimiters, rules of tables."""

import numpy as np
import pytest

from kwise.io import read_table
from kwise.preparation import Preparation

RNG = np.random.default_rng(0)
A, B = RNG.normal(50, 9, 30).round(2), RNG.normal(5, 2, 30).round(3)
ROWS = [f"s{i}" for i in range(30)]


def written(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, "utf-8")
    return read_table(tmp_path / "t.csv")


def lines(mark=","):
    return "".join(f"{name}{mark}{a}{mark}{b}\n" for name, a, b in zip(ROWS, A, B))


SUMS_UP = {
    "Total": np.sum, "Gesamt": np.sum, "Sum": np.sum, "\u03a3": np.sum, "\u2211": np.sum,
    "Totalt": np.sum, "Razem": np.sum, "\u0418\u0442\u043e\u0433\u043e": np.sum,
    "\u5408\u8a08": np.sum, "\u5408\u8ba1": np.sum, "Celkem": np.sum, "Ensemble": np.sum,
    "All": np.mean, "Mittelwert": np.mean, "Median": np.median, "Std": lambda x: np.std(x, ddof=1),
    "SD": np.std, "Min": np.min, "Maximum": np.max, "Count": len, "N": len,
}  # fmt: skip


@pytest.mark.parametrize("word", SUMS_UP)
def test_rows_that_sum_up_are_left_out(word, tmp_path):
    last = f"{word},{SUMS_UP[word](A):.3f},{SUMS_UP[word](B):.4f}\n"

    read = written(tmp_path, "name,a,b\n" + lines() + last)

    assert read.frame.height == 30
    assert any(repr(word) in each for each in read.notes)


@pytest.mark.parametrize("word", ["Total", "Max", "All", "N", "Minnie", "Alleghany"])
def test_rows_that_only_sound_so_are_kept(word, tmp_path):
    read = written(tmp_path, "name,a,b\n" + lines() + f"{word},48.5,4.25\n")

    assert read.frame.height == 31


@pytest.mark.parametrize("mark", ["^", "~", ":", "||", " | "])
def test_rare_delimiters(mark, tmp_path):
    read = written(tmp_path, mark.join(["name", "a", "b"]) + "\n" + lines(mark))

    assert read.frame.columns == ["name", "a", "b"]
    assert read.frame["a"].to_list() == A.tolist()


def test_times_and_addresses_are_not_cut_at_colons(tmp_path):
    read = written(tmp_path, "at\n" + "".join(f"10:{i:02}:00\n" for i in range(30)))

    assert read.frame.columns == ["at"]


def test_the_rule_of_a_markdown_table_is_no_row(tmp_path):
    body = "".join(f"| {name} | {a} | {b} |\n" for name, a, b in zip(ROWS, A, B))

    read = written(tmp_path, "| name | a | b |\n|:-----|---:|---|\n" + body)

    assert read.frame.columns == ["name", "a", "b"]
    assert read.frame["b"].to_list() == B.tolist()


def test_days_of_spreadsheets_are_no_measurement(tmp_path):
    days = RNG.integers(44000, 45000, 30)
    text = "date,a,b\n" + "".join(f"{d},{a},{b}\n" for d, a, b in zip(days, A, B))

    summary = Preparation().fit(written(tmp_path, text)).summary_

    assert summary.used == ("a", "b")
    assert "as spreadsheets do" in str(summary.columns[0])
