"""No command writes over what it reads, by whatever name the file is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import typer

from kwise.cli import COMMANDS, main
from kwise.cli._app import _app, _before
from kwise.cli._overwriting import COLUMNS, INPUTS, OUTPUTS

NO_FILES = {("datasets", "name")}  # arguments that name something else


def arguments() -> dict[str, list[str]]:
    """Return the arguments of every command that writes a file."""
    commands = typer.main.get_command(_app()).commands
    found = {name: command.params for name, command in commands.items()}
    return {
        name: [each.name for each in params if each.param_type_name == "argument"]
        for name, params in found.items()
        if any(each.name == "output" for each in params)
    }


CASES = [
    (command, read)
    for command, names in arguments().items()
    for read in names
    if (command, read) not in NO_FILES
]


def test_every_argument_is_an_input_or_no_file() -> None:
    assert {read for _, read in CASES} <= set(INPUTS)
    assert set(arguments()) == set(COMMANDS) - {"doctor"}


def test_every_option_that_names_a_file_is_listed() -> None:
    app = _app()
    functions = [*(each.callback for each in app.registered_commands), _before]
    paths = {
        name
        for function in functions
        for name, kind in get_type_hints(function).items()
        if kind == Path or Path in get_args(kind)
    }
    assert paths <= {*INPUTS, *OUTPUTS}
    made = typer.main.get_command(app).commands.values()
    options = [each for command in made for each in command.params]
    bring_tables = {each.name for each in options if "FILE:" in (getattr(each, "help", "") or "")}
    assert bring_tables == set(COLUMNS)


def words_for(command: str, folder: Path) -> list[str]:
    """Write something for all that must be there; it is not looked at before the names are."""
    params = typer.main.get_command(_app()).commands[command].params
    needed = [each for each in params if each.required and each.param_type_name == "option"]
    words = [word for each in needed if each.name != "output" for word in (each.opts[0], "a")]
    for name in arguments()[command]:
        (folder / f"{name}.csv").write_text("a,b\n1,2\n3,4\n5,6\n")
        words.append(f"{name}.csv")
    return words


@pytest.mark.parametrize("how", ["same", "absolute", "symbolic", "hard", "around"])
@pytest.mark.parametrize(("command", "read"), CASES)
def test_the_output_is_none_of_the_inputs(
    command: str,
    read: str,
    how: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = words_for(command, tmp_path)
    name = f"{read}.csv"
    Path("x").mkdir()
    Path("symbolic").symlink_to(name)
    Path("hard").hardlink_to(name)
    output = {"same": name, "absolute": str(tmp_path / name), "around": f"./x/../{name}"}

    code = main([command, *words, "-o", output.get(how, how)])

    assert code == 2
    error = capsys.readouterr().err
    assert f"is the {read} itself" in error
    assert error.count("\n") == 1
    assert Path(name).read_text() == "a,b\n1,2\n3,4\n5,6\n"


def test_nor_is_it_the_file_of_options(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(table.parent)
    config = Path("kwise.toml")
    config.write_text("[explain]\nk = 2\n")
    assert main(["--config", "kwise.toml", "explain", table.name, "-o", "kwise.toml"]) == 2
    assert "is the config itself" in capsys.readouterr().err
    config.write_text('[explain]\nk = 2\noutput = "kwise.toml"\n')
    assert main(["--config", "kwise.toml", "explain", table.name]) == 2


def test_nor_a_table_that_comes_or_goes_by_redirection(table: Path) -> None:
    before = table.read_bytes()
    code = "import sys; from kwise.cli import main; sys.exit(main(sys.argv[1:]))"
    run = [sys.executable, "-c", code, "select-k"]
    with table.open("rb") as file:
        words = [*run, "-", "-o", str(table)]
        done = subprocess.run(words, stdin=file, capture_output=True, text=True, check=False)
    assert (done.returncode, "is the table itself (-)" in done.stderr) == (2, True)
    with table.open("ab") as file:
        done = subprocess.run([*run, str(table)], stdout=file, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, b"standard output is the table" in done.stderr) == (2, True)
    assert table.read_bytes() == before


def test_a_page_without_a_name_is_not_written_over_the_table(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    before = table.read_bytes()
    Path("two-groups-clusters.html").symlink_to(table.name)
    assert main(["report", table.name, "--k", "2", "-q"]) == 2
    assert table.read_bytes() == before


@pytest.mark.parametrize("table", ["parts", "parts/*.csv", "p*/b.csv", "parts/*", "./parts/"])
def test_nor_one_of_many_files(
    table: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parts").mkdir()
    for name in ("parts/a.csv", "parts/b.csv"):
        Path(name).write_text("a,b\n1,2\n3,4\n")
    Path("alias").symlink_to("parts/b.csv")

    for output in ("parts/b.csv", "alias"):
        assert main(["fit", table, "-o", output]) == 2
        assert "is the table itself" in capsys.readouterr().err
    assert Path("parts/b.csv").read_text() == "a,b\n1,2\n3,4\n"


@pytest.mark.parametrize(
    ("option", "words"),
    [("--truth", "{}:class"), ("--outside", "{}:class"), ("--outside", 'b,"{}:class"')],
)
def test_nor_a_table_that_brings_columns(
    option: str, words: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = table.with_name("labels.csv")
    second.write_text("class\nx\ny\n")

    code = main(["report", str(table), option, words.format(second), "-o", str(second)])

    assert (code, second.read_text()) == (2, "class\nx\ny\n")
    assert f"is the table of {option} itself" in capsys.readouterr().err


def test_devices_may_be_read_and_written_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", os.devnull, "-o", os.devnull]) == 2
    assert "empty" in capsys.readouterr().err
