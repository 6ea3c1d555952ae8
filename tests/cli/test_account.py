"""What was left out of a table is said wherever an answer is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kwise.cli import main

RNG = np.random.default_rng(8)
ACCOUNT = (
    "Used: 12 of 300 rows (288 with missing cells were left out) and 2 of 4 columns. "
    "Left out: member (yes/no), note (text)."
)
COMMANDS = {
    "report": ["report", "--ks", "1:2", "-o"],
    "select-k": ["select-k", "--ks", "1:2"],
    "explain": ["explain", "--k", "2"],
    "compare": ["compare", "--k", "2", "--methods", "kmeans"],
    "fit": ["fit", "--k", "2", "-o"],
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a table of which 12 rows and two columns can be used."""
    a, b = RNG.normal(40, 9, 300).round(1), RNG.normal(5, 1, 300).round(2)
    rows = np.arange(300)
    frame = pl.DataFrame({"a": a, "b": b}).with_columns(
        a=pl.when(pl.lit(rows % 25 > 0) & pl.lit(rows % 2 == 0)).then(None).otherwise("a"),
        b=pl.when(pl.lit(rows % 25 > 0) & pl.lit(rows % 2 == 1)).then(None).otherwise("b"),
        member=pl.Series(["yes", "no", "yes"] * 100),
        note=pl.Series([f"word-{i % 200}" for i in range(300)]),
    )
    path = tmp_path / "table.csv"
    frame.write_csv(path)
    return path


def words_of(command: str, table: Path) -> list[str]:
    """Return the words of a command line."""
    name, *rest = COMMANDS[command]
    made = [str(table.with_suffix(f".{command}"))] if rest[-1] == "-o" else []
    return [name, str(table), *rest, *made]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_was_left_out(
    command: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words_of(command, table)) == 0
    out, err = capsys.readouterr()

    told = out if command != "fit" else err
    assert ACCOUNT in told
    assert "Beware: 288 of 300 rows (96%) were left out for missing cells; leaving out" in told
    assert "--missing median fills the cells and keeps all 300" in told
    assert "- member: yes/no" not in told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_everything_when_asked(
    command: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words_of(command, table), "-v"]) == 0
    told = "".join(capsys.readouterr())

    assert "- member: yes/no, it says no or yes; --columns ...,member uses it as 0 and 1" in told
    assert "- No cell" in told or "- 288 of 300 rows were left out" in told


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "fit"])
def test_json_of_every_command_holds_the_account(
    command: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in words_of(command, table) if not word.endswith((".report", "-o"))]
    assert main([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["table"]

    assert found["account"] == ACCOUNT
    assert (found["n_rows"], found["n_used"]) == (300, 12)
    assert [each["name"] for each in found["columns"]] == ["a", "b", "member", "note"]
    assert "288 of 300 rows" in found["warnings"][0]


@pytest.mark.parametrize("command", ["report", "select-k", "explain", "compare"])
def test_rows_for_programs_keep_the_account_on_stderr(
    command: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in words_of(command, table) if not word.endswith((".report", "-o"))]
    assert main([*words, "--format", "csv"]) == 0
    out, err = capsys.readouterr()

    assert ACCOUNT in err
    assert "Used:" not in out


def test_the_page_says_it_where_the_question_is(table: Path) -> None:
    assert main(words_of("report", table)) == 0
    page = table.with_suffix(".report").read_text("utf-8")

    assert "288 with missing cells were left out" in page
    assert page.index("288 with missing cells") < page.index("288 of 300 rows (96%)")


def test_rows_without_a_cluster_are_counted(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m.kwise"
    main(["fit", str(table), "--k", "2", "-o", str(model), "-q"])
    capsys.readouterr()

    assert main(["predict", str(model), str(table)]) == 0
    assert "288 of 300 rows have no cluster: a cell is missing" in capsys.readouterr().err


def test_many_warnings_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pl.DataFrame(
        {
            "a": RNG.normal(size=90), "b": RNG.lognormal(0, 3, 90), "target": [0, 1, 2] * 30,
            "again": [0, 1, 2] * 30,
        }
    ).with_columns(c=pl.col("a") * 2, d="b",
        outcome=pl.Series([1, 2] * 45), churn=pl.Series([2, 1, 1] * 30),
    )  # fmt: skip
    path = tmp_path / "t.csv"
    frame.write_csv(path)

    words = ["select-k", str(path), "--ks", "1:2"]
    assert main([*words, "--format", "json"]) == 0
    n = len(json.loads(capsys.readouterr().out)["table"]["warnings"])
    assert main(words) == 0
    out = capsys.readouterr().out

    assert n > 4
    assert out.count("Beware:") == 3
    assert f"({n - 3} more warnings: -v)" in out


def test_predict_says_what_it_left_out_and_what_it_does_not_know(tmp_path, capsys):
    rows = [f"{i % 2 * 50 + i % 5},{['red', 'blue'][i % 2]}" for i in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(["x,color", *rows]) + "\n", "utf-8")
    new = ["Report", "", "x,color", "3,green", *rows[:6], "", "* provisional"]
    (tmp_path / "new.csv").write_text("\n".join(new) + "\n", "utf-8")
    model = str(tmp_path / "m.kwise")
    fit = ["fit", str(tmp_path / "t.csv"), "--k", "2", "--categories", "one-hot", "-o", model]
    assert main([*fit, "-q"]) == 0
    capsys.readouterr()

    assert main(["predict", model, str(tmp_path / "new.csv"), "--format", "csv"]) == 0

    out, err = capsys.readouterr()
    assert len(out.split()) == 8
    assert "green" in err
    assert "lines above the table were left out" in err
    assert "below the table" in err
