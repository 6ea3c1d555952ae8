"""Tables of commands fit 80 columns, are colored on a terminal alone, and call things alike."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.cells import cell_len

import kwise
from kwise._formatting import INDICES, SCORES, coefficient, percent, said, score
from kwise.cli import main
from kwise.cli._tables import in_color, table_for_eyes, without_color
from kwise.selection.criteria import CRITERIA

ESCAPE = "\x1b["


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("tables")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 4)) + 9.0 * np.repeat(np.eye(3, 4), 50, axis=0)
    names = ["length of the upper half (mm)", "b", "c", "d"]
    frame = pl.DataFrame(X, names).with_columns(site=pl.Series(["north", "south", "east"] * 50))
    frame.write_csv(there / "rows.csv")
    (frame.with_columns(pl.col("b") + 3)).write_csv(there / "later.csv")
    for name in ("rows", "later"):
        assert not main(
            ["fit", str(there / f"{name}.csv"), "-o", str(there / f"{name}.kwise"), "-q"]
        )
    return there


COMMANDS = {
    "select-k": ["select-k", "rows.csv"],
    "many ks": ["select-k", "rows.csv", "--ks", "1:14"],
    "report": ["report", "rows.csv", "-o", "page.html"],
    "compare": ["compare", "rows.csv"],
    "components": ["components", "rows.csv", "--numbers", "1:3"],
    "explain": ["explain", "rows.csv"],
    "drift": ["drift", "rows.kwise", "later.csv"],
    "match": ["match", "rows.kwise", "later.kwise", "rows.csv"],
    "breaks": ["breaks", "rows.csv", "--column", "b"],
    "segment": ["segment", "rows.csv"],
    "datasets": ["datasets"],
    "doctor": ["doctor"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_tables_fit_80_columns_and_have_no_color_in_a_pipe(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)

    quiet = [] if name in ("datasets", "doctor") else ["-q"]
    code = main([*COMMANDS[name], *quiet])

    assert code == (1 if name == "drift" else 0)
    printed = capsys.readouterr().out
    assert ESCAPE not in printed
    assert "\ufdd0" not in printed
    # A table's lines have columns, two blanks apart; the others are sentences.
    lines = [line for line in printed.splitlines() if re.search(r"\S {2,}\S", line)]
    assert all(cell_len(line) <= 80 for line in lines), max(lines, key=len)


def _on_a_terminal(words: list[str], folder: Path, **settings: str) -> str:
    """Return what a command writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {
        "COLUMNS": "80", "TERM": "xterm-256color", **settings
    }  # fmt: skip
    done = subprocess.Popen(
        [sys.executable, "-c", "from kwise.cli import script; script()", *words],
        cwd=folder,
        env=env,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    got = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        got += part
    done.wait()
    os.close(ours)
    return got.decode()


@pytest.mark.slow
def test_heads_are_bold_on_a_terminal_and_plain_where_no_color_is_asked(folder: Path) -> None:
    words = ["select-k", "rows.csv"]

    assert f"{ESCAPE}1m" in _on_a_terminal(words, folder)
    assert ESCAPE not in _on_a_terminal(words, folder, NO_COLOR="1")
    _on_a_terminal([*words, "-o", "scores.txt"], folder)
    assert ESCAPE not in (folder / "scores.txt").read_text()
    assert "\ufdd0" not in (folder / "scores.txt").read_text()


def test_cells_move_no_cursor_and_wide_letters_keep_columns() -> None:
    rows = [
        {"cluster": 1, "name": "\x1b[31mred", "share": 0.5},
        {"cluster": 2, "name": "数据", "share": 0.0004},
    ]
    table = table_for_eyes(rows)  # type: ignore[arg-type]

    assert ESCAPE not in without_color(table)
    assert in_color(table).count(ESCAPE) % 2 == 0
    lines = without_color(table).splitlines()
    assert lines[1].split() == ["1", "\ufffd[31mred", "50", "%"]
    assert cell_len(lines[1]) == cell_len(lines[2])


def test_long_tables_are_written_too() -> None:
    rows: list[dict[str, object]] = [{"row": i, "cluster": i % 3} for i in range(3000)]

    assert len(table_for_eyes(rows).splitlines()) == 3001


def test_every_criterion_is_a_score() -> None:
    assert set(CRITERIA) <= SCORES | INDICES


def test_criteria_have_one_name_in_page_command_and_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    main(["select-k", "rows.csv", "-q"])
    table = " ".join(capsys.readouterr().out.split())
    main(["report", "rows.csv", "-o", "page.html", "--format", "json", "-q"])
    told = json.loads(capsys.readouterr().out)["answer"]["criteria"]
    page = (folder / "page.html").read_text()

    assert len(told) > 10
    for each in told:
        assert each["label"] == CRITERIA[each["name"]].label
        said = f'<th scope="row">{each["label"]} <code class="quiet">{each["name"]}</code></th>'
        assert said in page
        assert each["name"] in table.split()


def test_one_number_is_rounded_alike_in_page_command_and_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    main(["report", "rows.csv", "-o", "page.html", "--format", "json", "-q"])
    told = json.loads(capsys.readouterr().out)
    main(["select-k", "rows.csv", "-q"])
    table = capsys.readouterr().out
    main(["report", "rows.csv", "-o", "page.html", "-q"])
    clusters = capsys.readouterr().out
    page = (folder / "page.html").read_text()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&nbsp;", " ")

    for each in told["answer"]["criteria"]:
        row = re.search(rf'<th scope="row">{re.escape(each["label"])} <code.*?</tr>', page, re.S)
        shown = re.findall(r'class="num[^"]*" data-value="[^"]*">([^<]*)</td>', row[0])
        for value, cell in zip(each["values"], shown, strict=True):
            assert cell == ("–" if value is None else said(each["name"], value))
            assert value is None or cell in table
        for number in re.findall(r"at (−?[\d.,]+)", each["reason"]):
            assert number.rstrip(".,") in {score(value) for value in each["values"]}
    chosen = next(each for each in told["clusterings"] if each["k"] == told["answer"]["shown"])
    for cluster in chosen["clusters"]:
        for kind in ("silhouette", "stability"):
            assert f"{kind} {coefficient(cluster[kind])}" in words
        assert f"{cluster['size']}   {percent(cluster['share'])}" in clusters
        assert coefficient(cluster["silhouette"]) in clusters
    mean = coefficient(chosen["silhouette"])
    assert f"the mean silhouette is {mean};" in words or f"the mean silhouette is {mean}." in words
    assert f"mean {mean}" in words  # the line of the figure
    analysis = kwise.analyze(folder / "rows.csv")
    assert f"mean {mean}" in [text.get_text() for text in analysis.plot.silhouette().texts]
    assert mean in analysis.selection._repr_html_()
