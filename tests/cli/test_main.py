"""The command line: results on stdout, one line for a mistake, exit codes, whole files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kwise.cli import COMMANDS, main

if TYPE_CHECKING:
    from pathlib import Path


def test_report_writes_a_page_and_says_where(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"

    code = main(["report", str(table), "-o", str(page), "--ks", "1:3"])

    assert code == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    out, err = capsys.readouterr()
    assert f"page: {page}" in out
    assert err == ""


def test_report_as_json_is_the_summary_and_writes_no_page(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)

    assert main(["report", table.name, "--k", "2", "--format", "json"]) == 0

    summary = json.loads(capsys.readouterr().out)
    assert summary["answer"]["shown"] == 2
    told = {each["k"]: each["clusters"] for each in summary["clusterings"]}
    assert [cluster["size"] for cluster in told[2]] == [30, 20]
    assert list(table.parent.iterdir()) == [table]


def test_a_page_can_go_to_stdout(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(table), "--k", "2", "-o", "-"]) == 0

    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_the_command_on_the_page_gives_the_page_again(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["report", str(table), "--columns", "x", "--outside", "y,name", "--ks", "2:4"]
    asked += ["--scale", "robust", "--missing", "median", "--seed", "5", "--format", "json"]
    main(asked)
    first = capsys.readouterr().out
    command = json.loads(first)["reproduction"]["command"]

    import shlex

    assert main([*shlex.split(command)[1:], "--format", "json"]) == 0

    assert capsys.readouterr().out == first


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_select_k_prints_every_candidate(
    form: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["select-k", str(table), "--ks", "1:4", "--format", form]) == 0

    out = capsys.readouterr().out
    if form == "json":
        found = json.loads(out)
        assert found["k"] == 2
        assert [row["k"] for row in found["scores"]] == list(range(1, 11))
    elif form == "csv":
        assert out.splitlines()[0].startswith("k,inertia,")
        assert len(out.splitlines()) == 11
    else:
        assert "silhouette" in out


def test_explain_says_what_the_groups_are(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(table), "--k", "2"]) == 0

    out = capsys.readouterr().out
    assert "1. " in out
    assert "30 rows (60 %)" in out
    assert "Rule: " in out


def test_a_model_is_fitted_saved_and_used(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, labels = table.with_name("m.kwise"), table.with_name("labels.csv")

    assert main(["fit", str(table), "--k", "2", "-o", str(model)]) == 0
    assert main(["predict", str(model), str(table), "-o", str(labels)]) == 0
    assert main(["export", str(model), "--to", "python"]) == 0

    assert labels.read_text().splitlines() == [
        "row,cluster",
        *(f"{i + 1},{1 if i < 30 else 2}" for i in range(50)),
    ]
    assert "def predict" in capsys.readouterr().out


def test_compare_sets_methods_side_by_side(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    panel = table.with_name("panel.svg")
    words = ["compare", str(table), "--methods", "kmeans,ward", "--k", "2", "-o", str(panel)]

    assert main([*words, "--format", "json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [row["clusters"] for row in found["methods"]] == [2, 2]
    assert "<svg" in panel.read_text()


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_the_same_comparison_is_the_same_picture(suffix: str, table: Path) -> None:
    panels = [table.with_name(f"{i}.{suffix}") for i in range(2)]
    for panel in panels:
        assert (
            main(["compare", str(table), "--methods", "kmeans", "--k", "2", "-o", str(panel)]) == 0
        )
    assert panels[0].read_bytes() == panels[1].read_bytes()


def test_datasets_are_listed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["datasets", "--format", "json"]) == 0
    assert "wine" in {row["name"] for row in json.loads(capsys.readouterr().out)}

    assert main(["datasets", "iris", "-o", str(tmp_path / "iris.csv")]) == 0
    assert len((tmp_path / "iris.csv").read_text().splitlines()) == 151


def test_the_demonstration_needs_no_table(tmp_path: Path) -> None:
    page = tmp_path / "demo.html"

    assert main(["report", "-o", str(page), "--ks", "2:4"]) == 0

    assert "Adjusted Rand index" in page.read_text("utf-8")


def test_doctor_names_versions_and_instruction_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--format", "json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert {"kwise", "numpy", "Python", "isa"} <= set(found)
    assert 1 <= found["threads"] <= found["processors"]


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_bench_compares_answers_and_times(
    form: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bench", str(table), "--k", "2", "--tasks", "fit,predict", "--repeats", "1"]

    assert main([*words, "--format", form]) == 0

    out = capsys.readouterr().out
    if form == "json":
        found = json.loads(out)
        assert (found["rows"], found["columns"], found["k"]) == (50, 2, 2)
        assert [each["same"] for each in found["timings"]] == [True, True]
    elif form == "csv":
        assert out.startswith("task,kwise_seconds,sklearn_seconds,ratio,same,answer\nfit,")
    else:
        assert "rows 50, columns 2" in out
        assert "100 % the same" in out


MISTAKES = {
    "no such file": ["report", "absent.csv"],
    "a folder": ["report", "."],
    "an unknown column, with the nearest name": ["report", "TABLE", "--columns", "xx"],
    "an unknown outside column": ["report", "TABLE", "--outside", "namee"],
    "an unknown option": ["report", "TABLE", "--colums", "x"],
    "an unknown command": ["repotr"],
    "an unknown scaling": ["report", "TABLE", "--scale", "huge"],
    "a range that is none": ["report", "TABLE", "--ks", "ten"],
    "k below one": ["report", "TABLE", "--k", "0"],
    "more groups than distinct rows": ["report", "TABLE", "--k", "51"],
    "no number in the only column": ["report", "TABLE", "--columns", "name"],
    "a column without a value": ["report", "EMPTY"],
    "an outside column without a value": ["report", "EMPTY", "--drop", "e", "--outside", "f"],
    "no folder to write to": ["report", "TABLE", "--k", "2", "-o", "absent/page.html"],
    "a model that is none": ["predict", "TABLE", "TABLE"],
    "a model without a place": ["fit", "TABLE"],
    "an address instead of a file": ["report", "https://host.invalid/table.csv"],
    "a shape that is none": ["bench", "--shape", "many"],
    "unknown work to time": ["bench", "--shape", "90x2", "--tasks", "fitt"],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_exit_code_2_and_nothing_written(
    mistake: str, table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    empty = table.with_name("empty.csv")
    empty.write_text("x,e,f\n" + "".join(f"{x},,\n" for x in range(9)))
    names = {"TABLE": table.name, "EMPTY": empty.name}
    words = [names.get(word, word) for word in MISTAKES[mistake]]

    code = main(words)

    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.startswith("kwise: ")
    assert err.count("\n") == 1
    assert set(table.parent.iterdir()) == {table, empty}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["report", "TABLE", "--outside", "namee"], "'name'"),
        (["repotr"], "'report'"),
        (["report", "TABLE", "--colums", "x"], "--columns"),
    ],
)
def test_the_nearest_name_is_offered(
    words: list[str], offered: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(table) if word == "TABLE" else word for word in words])

    assert offered in capsys.readouterr().err


def test_an_old_page_stays_where_the_new_one_fails(table: Path) -> None:
    page = table.with_name("page.html")
    page.write_text("old")

    assert main(["report", str(table), "--columns", "absent", "-o", str(page)]) == 2

    assert page.read_text() == "old"


def test_options_can_stand_in_a_file(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = table.with_name("kwise.toml")
    config.write_text('[explain]\nk = 2\ncolumns = ["x"]\n')

    assert main(["--config", str(config), "explain", str(table)]) == 0

    out = capsys.readouterr().out
    assert "x is" in out.lower()
    assert "y (as asked)" in out
    assert "y is" not in out.lower()


def test_a_wrong_options_file_is_one_line(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = table.with_name("kwise.toml")
    config.write_text("[reporting]\nk = 2\n")

    assert main(["--config", str(config), "report", str(table)]) == 2

    assert "[report]" in capsys.readouterr().err


def test_advice_is_given_in_options_of_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = tmp_path / "words.csv"
    words.write_text("a,b\n" + "\n".join(f"w{i % 3},v{i % 2}" for i in range(20)) + "\n")

    assert main(["report", str(words)]) == 2
    assert "--categories one-hot uses it" in capsys.readouterr().err

    assert main(["fit", str(words), "--categories", "one-hot", "-o", str(tmp_path / "m")]) == 0


def test_names_cannot_steer_the_terminal(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(table.read_text().replace("x,y", "x\x1b[2J,y", 1))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    assert main(["explain", str(table), "--k", "2"]) == 0
    assert main(["explain", str(table), "--columns", "y\x1b[2J"]) == 2

    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\ufffd[2J" in shown.out


def test_interruption_ends_with_130(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import kwise.analysis

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kwise.analysis, "analyze", interrupted)

    assert main(["report", str(table), "-o", str(table.with_name("p.html"))]) == 130
    assert list(table.parent.iterdir()) == [table]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0

    out = capsys.readouterr().out
    assert "For example:" in out
    assert f"  kwise {command}" in out.partition("For example:")[2]


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from kwise.cli import main; main(['--help']); "
        "heavy = {'numpy', 'sklearn', 'scipy', 'polars', 'matplotlib'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_second_process_changes_no_byte(tmp_path: Path) -> None:
    code = "import sys; from kwise.cli import script; sys.exit(script())"
    pages = []
    for cores in ("1", "2"):
        words = [sys.executable, "-c", code, "report", "--ks", "1:4", "-o", "page.html"]
        done = subprocess.run(
            words,
            env={**os.environ, "OMP_NUM_THREADS": cores},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        pages.append((tmp_path / "page.html").read_bytes())

    assert pages[0] == pages[1]


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="no second process here"
)
def test_ctrl_c_ends_both_processes_in_one_line(table: Path) -> None:
    code = (
        "import kwise.cli._worker as beside, os, signal, sys\n"
        "from kwise.cli import script\n"
        "load = beside._load\n"
        "def loaded(place):\n"
        "    load(place)\n"
        "    os.killpg(os.getpgid(0), signal.SIGINT)\n"
        "beside._load = loaded\n"
        "sys.exit(script())"
    )
    words = [sys.executable, "-c", code, "report", str(table), "-o", str(table.with_name("p.html"))]
    done = subprocess.run(
        words,
        env={**os.environ, "OMP_NUM_THREADS": "2"},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (130, "kwise: stopped; nothing was written\n")
    assert list(table.parent.iterdir()) == [table]


def test_silhouettes_of_a_sample_say_so_below_the_table(tmp_path, capsys):
    X = np.random.default_rng(0).normal(size=(9_000, 2))
    X[:4_500] += 12.0
    np.savetxt(tmp_path / "t.csv", X, delimiter=",", header="a,b", comments="")

    assert main(["report", str(tmp_path / "t.csv"), "-q", "-o", str(tmp_path / "p.html")]) == 0

    assert "Silhouettes are means over 3,000 rows drawn at random." in capsys.readouterr().out
    assert "Silhouettes of groups are means over 3,000" in (tmp_path / "p.html").read_text()

    assert main(["report", str(tmp_path / "t.csv"), "--format", "csv", "--k", "2"]) == 0

    told = capsys.readouterr()
    assert "Silhouettes are means over 3,000 rows drawn at random." in told.err
    head, *lines = [line.split(",") for line in told.out.splitlines()]
    assert sum(int(line[head.index("silhouette_rows")]) for line in lines) == 3_000
