"""Streams that are closed, full, left by their reader or of another encoding; no traceback ever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kwise.analysis
from kwise.cli import main

KWISE = Path(sys.executable).with_name("kwise")
pytestmark = pytest.mark.skipif(not KWISE.exists(), reason="the command is not installed")
TABLE = "a,b\n1,1\n1,2\n2,1\n9,9\n9,8\n8,9\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with a table and a model in it."""
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text(TABLE)
    assert main(["fit", "t.csv", "--k", "2", "-q", "-o", "m.kwise"]) == 0
    return tmp_path


def shell(words: str, **environment: str) -> tuple[int, bytes, bytes]:
    """Run kwise from a shell, which can close streams."""
    done = subprocess.run(
        ["sh", "-c", f"{KWISE} {words}"],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def one_line(error: bytes) -> str:
    text = error.decode()
    assert text.startswith("kwise: ")
    assert text.count("\n") == 1
    return text


def test_closed_input_is_said(folder: Path) -> None:
    code, _, error = shell("predict m.kwise - <&-")
    assert code == 2
    assert "standard input is closed" in one_line(error)


def test_closed_output_is_said_where_the_result_goes_there(folder: Path) -> None:
    code, _, error = shell("predict m.kwise t.csv >&-")
    assert code == 2
    assert "standard output: it is closed; -o FILE" in one_line(error)


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_closed_errors_do_not_hinder(folder: Path, closed: str) -> None:
    code, _, error = shell(f"predict m.kwise t.csv -o labels.csv {closed}")
    assert (code, error) == (0, b"")
    assert len(Path("labels.csv").read_text().splitlines()) == 7


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", ["predict m.kwise t.csv", "--version"])
def test_a_full_output_is_said(folder: Path, words: str) -> None:
    code, _, error = shell(f"{words} >/dev/full")
    assert code == 2
    assert one_line(error) == "kwise: standard output: no space left on device\n"


def test_a_full_disk_is_said_with_the_file(folder: Path) -> None:
    code, _, error = shell("predict m.kwise t.csv -o /dev/full")
    assert code == 2
    assert one_line(error) == "kwise: /dev/full: no space left on device\n"


def test_a_reader_who_leaves_is_no_error(folder: Path) -> None:
    Path("t.csv").write_text("a,b\n" + "1,2\n" * 20_000)  # its labels are more than a pipe holds
    assert shell("predict m.kwise t.csv | head -c 3") == (0, b"row", b"")


def test_output_is_utf8_in_every_locale(folder: Path) -> None:
    Path("t.csv").write_text(TABLE.replace("a,b", "größe,naïveté"), "utf-8")
    assert main(["fit", "t.csv", "--k", "2", "-q", "-o", "m.kwise"]) == 0
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, out, _ = shell("export m.kwise", **plain)
    assert code == 0
    assert "größe".encode() in out
    code, _, error = shell("predict m.kwise größe.csv", **plain)
    assert code == 2
    one_line(error)


@pytest.mark.parametrize("words", ["breaks t.csv --column ä", "fit t.csv --columns ä,b --k 2 -o -"])
def test_columns_have_their_names_in_every_locale(folder: Path, words: str) -> None:
    rows = "".join(f"{i * 7 % 31},{i % 9}\n" for i in range(60))
    Path("t.csv").write_text("ä,b\n" + rows, "utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    code, _, error = shell(words, **plain)

    assert code == 0, error
    code, _, error = shell(words.replace("ä", "ö"), **plain)
    assert code == 2
    assert one_line(error) == "kwise: unknown column '\\xf6'. Allowed: \\xe4, b.\n"


def test_ctrl_c_when_all_is_done_is_not_heard(folder: Path) -> None:
    code = (
        "import atexit, os, signal, sys; from kwise.cli import script\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "sys.argv = ['kwise', '--version']; script()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_ctrl_c_before_a_command_begins_is_one_line(folder: Path) -> None:
    code = (
        "import signal, sys; from kwise.cli import _streams, script\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "_streams.make_ready = lambda: signal.raise_signal(signal.SIGINT)\n"
        "sys.argv = ['kwise', '--version']; script()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"kwise: stopped; nothing was written\n")


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "ValueError"])
def test_what_nothing_can_raise_is_no_traceback(folder: Path, error: str) -> None:
    code = (
        "import signal, sys, time; from kwise.cli import _frugal, script\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Late:\n"
        f"    def __del__(self): raise {error}\n"
        "_frugal.live_within_limits = lambda: [Late(), time.sleep(0.5)][1]\n"
        "sys.argv = ['kwise', '--version']; script()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    stopped = (130, b"kwise: stopped; nothing was written\n")
    expected = stopped if error == "KeyboardInterrupt" else (0, b"")
    assert (done.returncode, done.stderr) == expected


def test_no_home_is_no_error(folder: Path) -> None:
    words = f"env -u HOME -u XDG_CACHE_HOME {KWISE} datasets --format csv"
    done = subprocess.run(["sh", "-c", words], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_home_that_cannot_be_written_is_no_error(folder: Path) -> None:
    nowhere = {
        "HOME": "/proc/none",
        "XDG_CACHE_HOME": "",
        "XDG_CONFIG_HOME": "",
        "MPLCONFIGDIR": "",
    }
    words = "compare t.csv --k 2 --methods kmeans -o p.svg"
    code, _, error = shell(words, **nowhere)
    assert (code, error) == (0, b"")


def test_a_file_name_that_is_no_text_is_read_and_told(folder: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    Path(name).write_text(TABLE)
    assert main(["report", name, "--k", "2", "-o", name.replace("csv", "html")]) == 0
    page = Path(name.replace("csv", "html")).read_text("utf-8")
    assert "caf\\udce9" in page
    assert shell("predict m.kwise caf?.csv")[:2] == shell("predict m.kwise t.csv")[:2]
    assert main(["predict", "m.kwise", name, "-o", name]) == 2
    assert "caf\ufffd.csv: this is no kwise model" in one_line(shell("predict caf?.csv t.csv")[2])


class Unheard(BaseException):
    """What no one expects: as a panic in Rust, no Exception."""


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError("deep"), Unheard("panic")])
def test_the_last_resort_is_one_line_and_exit_code_70(
    error: BaseException,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(kwise.analysis, "analyze", fails)
    assert main(["explain", "t.csv"]) == 70
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"inside kwise ({type(error).__name__}: " in said
    assert "KWISE_DEBUG=1" in said

    monkeypatch.setenv("KWISE_DEBUG", "1")
    assert main(["explain", "t.csv"]) == 70
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "in fails" in said


def test_a_mistake_shows_its_place_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KWISE_DEBUG", "1")
    assert main(["explain", "absent.csv"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_process_without_streams_is_served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["fit", "t.csv", "--k", "2", "-o", "n.kwise"]) == 0
    assert main(["compare", "t.csv", "--k", "2", "--methods", "kmeans", "-o", "p.svg"]) == 0
    assert "<svg" in Path("p.svg").read_text("utf-8")
    assert main(["predict", "n.kwise", "t.csv"]) == 2
