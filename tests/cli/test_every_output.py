"""Whatever a command writes, however: links, modes, pipes, full disks and Ctrl-C are minded."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
import typer

import kwise._atomic
from kwise.cli import COMMANDS, main
from kwise.cli._app import _app
from kwise.cli._overwriting import INPUTS
from writing_commands import WRITING, output_of, prepare

KWISE = Path(sys.executable).with_name("kwise")
NO_FILES = {"doctor"}  # commands that write none
CaptureBytes = pytest.CaptureFixture[bytes]
CASES = [pytest.param(words, id=name) for name, words in WRITING.items()]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with what the commands read."""
    for file in prepared.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def one_line(error: str, name: str) -> None:
    """See that an error is one line that names the file."""
    assert error.startswith("kwise: ")
    assert error.count("\n") == 1
    assert name in error
    assert "Traceback" not in error


def test_every_option_that_names_a_file_to_write_is_tried() -> None:
    app, named = _app(), set()
    commands = typer.main.get_command(app).commands
    for info in app.registered_commands:
        hints = get_type_hints(info.callback)
        for each in commands[info.name].params:
            kind = hints.get(each.name)
            if (kind is Path or Path in get_args(kind)) and each.name not in INPUTS:
                named.add((info.name, each.name))
    assert {command for command, _ in named} == set(COMMANDS) - NO_FILES
    assert {tuple(name.split()[:2]) for name in WRITING} == named
    for name, words in WRITING.items():
        option = name.split()[1]
        before = words.split()[words.split().index(output_of(words)) - 1]
        assert before == ("-o" if option == "output" else f"--{option}")


def is_taken_up(words: str) -> bool:
    """Whether the file is read where it is there: a checkpoint."""
    return "--checkpoint" in words


@pytest.mark.parametrize("words", CASES)
def test_links_modes_names_and_poor_surroundings(words: str, folder: Path) -> None:
    """A link to a private file, a name that is no text, ASCII, no home, closed streams."""
    link = os.fsdecode(b"caf\xe9") + output_of(words)
    kept = folder / "kept"
    if not is_taken_up(words):
        kept.write_bytes(b"old")
        kept.chmod(0o600)
    Path(link).symlink_to("kept")
    words = words.replace(output_of(words), link)

    done = subprocess.run(
        ["sh", "-c", f"exec {KWISE} {words} <&- {'>&-' if ' -o ' in words else ''}"],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert Path(link).is_symlink()
    assert len(kept.read_bytes()) > 10
    assert is_taken_up(words) or stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {each.name for each in folder.iterdir()} == {
        *("t.csv", "m.kwise", "n.kwise", "kept"),
        link,
    }


@pytest.mark.parametrize("words", CASES)
def test_a_full_disk_and_ctrl_c_leave_the_old_file(
    words: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = output_of(words)
    if not is_taken_up(words):
        Path(name).write_bytes(b"old")
    before = {each: each.read_bytes() for each in folder.iterdir()}

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        code = main(words.split())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert code == 2
    one_line(capsys.readouterr().err, name)
    assert {each: each.read_bytes() for each in folder.iterdir()} == before

    # When all is written, just before the file has its name.
    monkeypatch.setattr(kwise._atomic, "_to_disk", lambda _: signal.raise_signal(signal.SIGINT))
    assert main([*words.replace(" /dev/null", " other").split()]) == 130
    one_line(capsys.readouterr().err, "stopped")
    assert {each: each.read_bytes() for each in folder.iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", CASES)
def test_a_full_device_and_a_missing_folder_are_named(
    words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ending = Path(output_of(words)).suffix
    Path(f"full{ending}").symlink_to("/dev/full")
    Path(f"folder{ending}").mkdir()
    for name in ("full", "absent/file", "folder"):
        assert main(words.replace(output_of(words), name + ending).split()) == 2
        one_line(capsys.readouterr().err, name + ending)


@pytest.mark.parametrize("words", CASES)
def test_pipes_and_twins_are_written_and_stay(words: str, folder: Path) -> None:
    name, got = output_of(words), []
    if is_taken_up(words):
        return
    os.mkfifo(name)
    reader = threading.Thread(target=lambda: got.append(Path(name).read_bytes()), daemon=True)
    reader.start()
    assert main(words.split()) == 0
    reader.join(timeout=10)
    assert len(got[0]) > 10
    assert stat.S_ISFIFO(Path(name).stat().st_mode)

    Path(name).unlink()
    Path(name).write_bytes(b"old")
    Path("twin").hardlink_to(name)
    assert main(words.split()) == 0
    assert Path("twin").samefile(name)
    assert len(Path("twin").read_bytes()) > 10


@pytest.mark.parametrize("other", ["same", "absolute", "symbolic", "hard", "stdout"])
def test_no_two_outputs_are_one_file(
    other: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("same").write_text("old")
    Path("symbolic").symlink_to("same")
    Path("hard").hardlink_to("same")
    one, name = {"absolute": ("new", str(folder / "new")), "stdout": ("-", "-")}.get(
        other, ("same", other)
    )
    for option in ("--labels", "--checkpoint"):
        assert main(["fit", "t.csv", "--k", "3", "-q", "-o", one, option, name]) == 2
        one_line(capsys.readouterr().err, f"{name} would be both the output and the {option[2:]}")
    assert Path("same").read_text() == "old"
    assert not Path("new").exists()


@pytest.mark.parametrize("words", [each for each in CASES if " -o OUT" in each.values[0]])
def test_a_hyphen_is_stdout(words: str, folder: Path, capsysbinary: CaptureBytes) -> None:
    before = set(folder.iterdir())
    assert main(words.replace(output_of(words), "-").split()) == 0
    told = capsysbinary.readouterr()
    assert len(told.out) > 10
    assert told.err == b""
    assert set(folder.iterdir()) == before
