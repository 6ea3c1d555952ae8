"""Streams and files: stdin, stdout, interruption, the same bytes for the same seed."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kwise.cli import _streams, main

SHAPES = Path(__file__).with_name("json_shapes.json")


@pytest.fixture
def text() -> str:
    """Return a table of two far groups, with an outside column and labels."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) + 12.0])
    lines = [f"{x:.6f},{y:.6f},{x * y:.3f},{'ab'[i // 30]}" for i, (x, y) in enumerate(X)]
    return "\n".join(["x,y,price,kind", *lines, ""])


@pytest.fixture
def table(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text)
    return path


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Put ``data`` into standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_table_is_read_from_stdin_as_from_a_file(
    text: str, table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--ks", "1:3", "--format", "csv"]
    assert main(["select-k", str(table), *words]) == 0
    from_file = capsys.readouterr().out

    piped(monkeypatch, text.encode())
    assert main(["select-k", "-", *words]) == 0

    assert capsys.readouterr().out == from_file


def test_a_model_goes_to_stdout_and_nothing_else(
    table: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["fit", str(table), "--k", "2", "--columns", "x,y", "--quiet", "-o"]
    assert main([*words, str(tmp_path / "m.kwise")]) == 0
    shown = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.chdir(tmp_path)

    assert main([*words, "-"]) == 0

    assert shown.buffer.getvalue() == (tmp_path / "m.kwise").read_bytes()  # type: ignore[attr-defined]
    assert not (tmp_path / "-").exists()


def test_quiet_leaves_stderr_empty(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(table), "--k", "2", "-q", "-o", str(table.with_name("m"))]) == 0
    assert capsys.readouterr().err == ""

    assert main(["fit", str(table), "--k", "2", "-o", str(table.with_name("m"))]) == 0
    assert "You asked for 2" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_bytes(table: Path, tmp_path: Path) -> None:
    made = []
    for i in range(2):
        page, model, labels = (tmp_path / f"{i}{end}" for end in (".html", ".kwise", ".csv"))
        asked = [str(table), "--columns", "x,y", "--ks", "1:3", "--seed", "3"]
        assert main(["report", *asked, "--outside", "price", "-o", str(page)]) == 0
        assert main(["fit", *asked, "-o", str(model)]) == 0
        assert main(["predict", str(model), str(table), "-o", str(labels)]) == 0
        made.append([each.read_bytes() for each in (page, model, labels)])

    # Both pages carry today's date.
    assert made[0] == made[1]


@pytest.mark.slow
def test_ctrl_c_leaves_no_half_file_and_ends_with_130(text: str, tmp_path: Path) -> None:
    old = tmp_path / "page.html"
    old.write_text("old")
    code = "import sys; from kwise.cli import script; sys.exit(script())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "report", "-", "-o", str(old)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    # More than a pipe holds: when this returns, the command is at work, waiting for the rest.
    process.stdin.write(text.encode() * 200)
    process.stdin.flush()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert out == b""
    assert err.decode().startswith("kwise: stopped")
    assert err.count(b"\n") == 1
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "old"


JSON = {
    "report": ["report", "TABLE", "--columns", "x,y", "--outside", "price", "--truth", "kind"],
    "select-k": ["select-k", "TABLE", "--columns", "x,y", "--ks", "1:3"],
    "explain": ["explain", "TABLE", "--columns", "x,y", "--k", "2"],
    "compare": ["compare", "TABLE", "--columns", "x,y", "--methods", "kmeans,ward", "--k", "2"],
    "predict": ["predict", "MODEL", "TABLE"],
    "drift": ["drift", "MODEL", "TABLE"],
    "match": ["match", "MODEL", "MODEL", "TABLE"],
    "update": ["update", "MODEL", "TABLE", "--batch-id", "may"],
    "breaks": ["breaks", "TABLE", "--column", "price", "--classes", "3"],
    "segment": ["segment", "TABLE", "--columns", "x,y", "--ks", "1:3"],
    "show": ["show", "MODEL"],
    "components": ["components", "TABLE", "--columns", "x,y", "--k", "2"],
    "bench": ["bench", "TABLE", "--columns", "x,y", "--k", "2", "--repeats", "1"],
    "datasets": ["datasets"],
    "doctor": ["doctor"],
}


@pytest.mark.parametrize("command", JSON)
def test_json_keeps_its_shape(
    command: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Keys and kinds of values stay: scripts rely on them.

    To renew the file, delete it and run all of these tests twice; then read the difference.
    """
    model = table.with_name("m.kwise")
    places = {"TABLE": str(table), "MODEL": str(model)}
    if "MODEL" in JSON[command]:
        main(["fit", str(table), "--columns", "x,y", "--k", "2", "-q", "-o", str(model)])
    words = [places.get(word, word) for word in JSON[command]]

    assert main([*words, "--format", "json"]) == 0

    found = shape(json.loads(capsys.readouterr().out))
    known = json.loads(SHAPES.read_text()) if SHAPES.exists() else {}
    if command not in known:
        SHAPES.write_text(json.dumps(known | {command: found}, indent=1) + "\n")
        pytest.fail("the shape was written; look at it, then run again")
    assert fits(found, known[command]), f"{found}\n{known[command]}"


def shape(value: object) -> object:
    """Describe JSON: keys of objects, the first item of lists, kinds of the rest."""
    if isinstance(value, dict):
        numbered = all(key.isdigit() for key in value)
        return {"k" if numbered else key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[-1])] if value else []
    return {bool: "boolean", int: "number", float: "number", str: "text"}.get(type(value), "null")


def fits(found: object, known: object) -> bool:
    """Whether two shapes are the same; what may be missing (null, an empty list) fits all."""
    if isinstance(found, dict) and isinstance(known, dict):
        return list(found) == list(known) and all(fits(found[k], known[k]) for k in known)
    if isinstance(found, list) and isinstance(known, list):
        return not found or not known or fits(found[0], known[0])
    return found == known or "null" in (found, known)


def test_lines_end_on_windows_as_in_files(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, newline="\r\n"))

    _streams.make_ready()
    _streams.to_stdout("a,b\n1,2\n")

    assert raw.getvalue() == b"a,b\n1,2\n"
