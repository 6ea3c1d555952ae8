"""Options of single commands, and how a command ends."""

from __future__ import annotations

import html
import json
import math
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import kwise
from kwise.cli import main
from kwise.cli._options import named
from kwise.io.exporters import EXPORTERS
from kwise.metrics.margins import row_margins
from kwise.table_options import in_one_word
from tables import row_added

if TYPE_CHECKING:
    from pathlib import Path


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "kwise", "report", "no-such-table.csv"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("kwise: no-such-table.csv: no such file")
    assert done.stderr.count("\n") == 1


def test_only_the_command_that_is_asked_for_is_made() -> None:
    show = "import sys; from kwise.cli import main; main(['show', '--help']); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)

    modules = done.stdout.split()
    assert "kwise.cli.show" in modules
    assert "kwise.cli.report" not in modules


@pytest.mark.parametrize("words", [["--config", "{file}"], ["--config={file}"]])
def test_a_config_may_hold_options_of_other_commands(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "my.toml"
    config.write_text("[report]\nk = 3\n[fit]\nseed = 1\n", encoding="utf-8")

    code = main(
        [*(word.format(file=config) for word in words), "predict", str(tmp_path / "none"), "x.csv"]
    )

    assert code == 2
    assert "none: no such file" in capsys.readouterr().err


def test_predict_tells_the_margins_of_the_page(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, labels = table.with_name("m.kwise"), table.with_name("labels.csv")
    with table.open("a") as file:
        file.write("0.5,,incomplete\n")
    assert main(["fit", str(table), "--k", "2", "-o", str(model)]) == 0
    analysis = kwise.analyze(table, k=2)
    data = analysis.report_data
    near = row_margins(data.X, data.centers[2], data.labels[2])

    assert main(["predict", str(model), str(table), "--margin", "-o", str(labels)]) == 0

    *rows, left_out = labels.read_text().splitlines()[1:]
    assert [float(row.split(",")[2]) for row in rows] == [
        math.floor(100 * value) / 100 for value in near.margin
    ]
    assert left_out == "51,,"
    capsys.readouterr()

    assert main(["fit", str(table), "--k", "1", "-o", str(model)]) == 0
    words = ["predict", str(model), str(table), "--margin", "--format", "json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["margin"] for row in told} == {None}


@pytest.mark.parametrize(("delimiter", "column"), [(",", "y;z"), (";", "z")])
def test_every_command_that_reads_a_table_takes_its_delimiter(
    delimiter: str, column: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, model, page = (tmp_path / name for name in ("two.csv", "m.kwise", "page.html"))
    cells = "\n".join(f"{x},{x % 7};{x * x}" for x in range(40))
    table.write_text(f"x,y;z\n{cells}\n")
    other = {",": "x", ";": "x,,y"}[delimiter]
    asked = [str(table), "--delimiter", delimiter, "--columns", other]
    name = {",": "x", ";": "x,y"}[delimiter]

    assert main(["fit", *asked, "--k", "2", "-o", str(model)]) == 0
    assert main(["predict", str(model), str(table), "--delimiter", delimiter]) == 0
    assert main(["report", *asked, "--k", "2", "--outside", column, "-o", str(page)]) == 0
    assert main(["select-k", *asked, "--ks", "1:2"]) == 0
    assert main(["explain", *asked, "--k", "2"]) == 0
    assert main(["compare", *asked, "--methods", "kmeans", "--k", "2"]) == 0
    assert main(["bench", *asked, "--k", "2", "--repeats", "1", "--tasks", "predict"]) == 0

    assert f"by the column {name}" in page.read_text("utf-8")
    assert f"delimiter={delimiter!r}" in html.unescape(page.read_text("utf-8"))
    assert f"--delimiter {shlex.quote(delimiter)}" in html.unescape(page.read_text("utf-8"))
    capsys.readouterr()
    assert main(["fit", str(table), "--delimiter", "ab", "-o", str(model)]) == 2
    assert "--delimiter ab is not one ASCII character" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["fly"], 2)])
def test_the_process_ends_with_its_code_and_what_was_to_be_done(
    words: list[str], code: int
) -> None:
    lines = (
        "import atexit, sys; atexit.register(print, 'done'); sys.stdout.write('begun ')\n"
        "from kwise.cli import script; sys.exit(script())"
    )
    done = subprocess.run(
        [sys.executable, "-c", lines, *words], capture_output=True, text=True, check=False
    )

    assert done.returncode == code, done.stderr
    assert done.stdout.startswith("begun ")
    assert done.stdout.endswith("done\n")
    assert ("No such command" in done.stderr) == (code == 2)


def test_an_unknown_target_of_exports_is_refused_with_those_there_are(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = table.with_name("m.kwise")
    assert main(["fit", str(table), "--k", "2", "-o", str(model)]) == 0

    assert main(["export", str(model), "--to", "pyhton"]) == 2
    assert "unknown target of exports 'pyhton'; did you mean 'python'" in capsys.readouterr().err

    with row_added(EXPORTERS, "words", lambda model: f"{model.n_clusters} groups"):
        assert main(["export", "--help"]) == 0
        told = "".join(capsys.readouterr().out.split())
        assert "[python|sql|javascript|onnx|json|words]" in told
        assert main(["export", str(model), "--to", "words"]) == 0
    assert capsys.readouterr().out == "2 groups\n"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("a,b", ["a", "b"]),
        ('"Income, k$",Age', ["Income, k$", "Age"]),
        ("Income\\, k$,Age", ["Income, k$", "Age"]),
        ("Income,, k$, Age ", ["Income, k$", "Age"]),
        ('"say ""no""",5" pipe,-x', ['say "no"', '5" pipe', "-x"]),
    ],
)
def test_any_name_of_a_column_can_be_written(words: str, names: list[str]) -> None:
    assert named(words) == names
    assert named(in_one_word(names)) == names


def test_names_with_commas_are_told_as_they_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    table.write_text('x,"y, z"\n' + "".join(f"{i},{i * i % 7}\n" for i in range(30)))

    assert main(["select-k", str(table), "--columns", "x,y"]) == 2
    assert capsys.readouterr().err.endswith('Allowed: x, "y, z".\n')
    assert main(["select-k", str(table), "--columns", 'x,"y, z"', "-q"]) == 0


def test_a_file_of_options_is_found_in_the_folder_or_above(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inner = table.parent / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    project = table.parent / "pyproject.toml"
    project.write_text("[tool.kwise.select-k]\nks = [1, 2]\n")
    words = ["select-k", str(table), "--format", "json"]

    assert main(words) == 0
    said = capsys.readouterr()
    assert f"options are taken from {project}" in said.err
    (inner / "kwise.toml").write_text("[select-k]\nkks = [1, 2]\n")
    assert main(words) == 2
    assert "unknown option of [select-k] 'kks'; did you mean 'ks'?" in capsys.readouterr().err
    (inner / "kwise.toml").write_text("[tool]\n")
    assert main(words) == 2


def test_a_file_of_options_that_is_none_is_refused_in_one_line(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(table.parent)
    words = ["select-k", str(table), "--ks", "1:2", "-q"]
    file = table.parent / "kwise.toml"
    for content in ("ks = " + "[" * 5000 + "]" * 5000, "ks = [", "\0"):
        file.write_text(content)
        assert main(words) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"kwise: {file}: ")
        assert error.count("\n") == 1
    file.unlink()
    (table.parent / "pyproject.toml").write_text("tool = 'kwise'\n")  # is none of ours
    assert main(words) == 0


def test_sheets_lines_and_marks_can_be_settled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    rows = "\n".join(f"{i % 2 * 9},{i}00" for i in range(30))
    path.write_text(f"x,y\nu,v\n{rows}\n")

    asked = ["--skip-lines", "1", "--header", "1", "--decimal", ".", "--columns", "u"]
    assert main(["select-k", str(path), *asked, "--ks", "1:2"]) == 0
    assert main(["select-k", str(path), "--header", "9"]) == 2
    assert "--header" in capsys.readouterr().err
