"""A row in a table is enough: each member added here is met at the end of the road.

One test for each row of ARCHITECTURE.md's "To add a ..."; the last test sees to it that none is
forgotten. Kernels are rows of C++, for which ``tests/estimators/test_same_everywhere.py`` stands.
"""

from __future__ import annotations

import json
import re
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
import pytest
import typer

import kwise
from kwise.benchmark import TASKS
from kwise.cli import COMMANDS, main
from kwise.comparison import METHODS
from kwise.engines import ENGINES
from kwise.engines.opening import open_local
from kwise.estimators.quality import QUALITIES
from kwise.init import INITIALIZERS
from kwise.io import EXPORTERS, READERS
from kwise.io.datasets import BUNDLED, PUBLISHED
from kwise.io.table import RawTable
from kwise.preparation import CATEGORIES, FILLINGS, SCALINGS
from kwise.report import page as report_page
from kwise.report.sections import SECTIONS, Section
from kwise.row_sources import SOURCES, Rows, RowSource
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA
from tables import row_added

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).resolve().parents[2]
Printed = "Callable[..., str]"


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return a function that runs a command line and returns what it prints."""

    def run(*words: str, code: int = 0) -> str:
        assert main(list(words)) == code
        told = capsys.readouterr()
        return told.err if code else told.out

    return run


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Write a table of two groups, a gap and a column of categories."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) + 12.0])
    frame = pl.DataFrame({"x": X[:, 0], "y": X[:, 1], "site": ["north", "south"] * 25})
    frame[3, "y"] = None
    path = tmp_path / "table.csv"
    frame.write_csv(path)
    return str(path)


def test_criteria(blobs: np.ndarray) -> None:
    before = kwise.select_k(blobs, range(1, 5), random_state=0)
    new = replace(CRITERIA["silhouette"], name="dunn", label="Dunn")

    with row_added(CRITERIA, "dunn", new):
        after = kwise.select_k(blobs, range(1, 5), random_state=0)
        asked = kwise.select_k(
            blobs, range(1, 5), criteria=[*DEFAULT_CRITERIA, "dunn"], random_state=0
        )

    assert list(after.choices) == list(before.choices) == list(DEFAULT_CRITERIA)
    assert after.reasons == before.reasons
    assert asked.choices["dunn"] == asked.choices["silhouette"]
    assert asked.labels_of_criteria["dunn"] == "Dunn"
    assert (asked.k, asked.confidence) == (before.k, before.confidence)


def test_initializers(blobs: np.ndarray) -> None:
    with row_added(INITIALIZERS, "mine", INITIALIZERS["random"]):
        mine = kwise.KMeans(3, init="mine", n_init=1, random_state=0).fit(blobs)

    theirs = kwise.KMeans(3, init="random", n_init=1, random_state=0).fit(blobs)
    assert np.array_equal(mine.labels_, theirs.labels_)
    with pytest.raises(ValueError, match=r"'init' parameter of KMeans must be a str among"):
        kwise.KMeans(3, init="mine").fit(blobs)


def test_qualities(blobs: np.ndarray) -> None:
    with row_added(QUALITIES, "mine", QUALITIES["better"]):
        mine = kwise.KMeans(9, quality="mine", random_state=0).fit(blobs)

    theirs = kwise.KMeans(9, quality="better", random_state=0).fit(blobs)
    assert mine.inertia_ == theirs.inertia_
    with pytest.raises(ValueError, match=r"'quality' parameter of KMeans must be a str among"):
        kwise.KMeans(3, quality="mine").fit(blobs)


def test_kinds_of_rows(blobs: np.ndarray) -> None:
    class Deck:
        cards = blobs

    new = RowSource(
        lambda thing: isinstance(thing, Deck),
        lambda deck, columns: SOURCES["array"].take(deck.cards, columns),
        True,
    )
    with row_added(SOURCES, "deck", new):
        mine = kwise.KMeans(3, random_state=0).fit(Deck())

    assert np.array_equal(mine.labels_, kwise.KMeans(3, random_state=0).fit(blobs).labels_)


def test_engines(blobs: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def open_mine(rows: Rows, *given: object) -> object:
        asked.append(given[-1])
        return open_local(rows, given[0], given[1])

    module = types.ModuleType("my_engine")
    module.open_mine = open_mine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_engine", module)

    with row_added(ENGINES, "mine", "my_engine:open_mine"):
        model = kwise.KMeans(3, random_state=0).fit(kwise.rows(blobs, engine="mine://here:1"))

    assert asked == ["here:1"]
    assert np.array_equal(model.labels_, kwise.KMeans(3, random_state=0).fit(blobs).labels_)


def test_methods(table: str, printed: Printed) -> None:
    new = replace(METHODS["ward"], name="birch", label="BIRCH")

    with row_added(METHODS, "birch", new):
        assert "birch" in printed("compare", "--help")
        words = ["compare", table, "--k", "2", "--methods", "ward,birch", "--format", "json"]
        ward, birch = json.loads(printed(*words))["methods"]

    assert birch["method"] == "BIRCH"
    assert birch["silhouette"] == ward["silhouette"]
    assert "unknown method 'birch'" in printed(
        "compare", table, "--k", "2", "--methods", "birch", code=2
    )


def test_readers(table: str, printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("reader_of_rows")
    module.read = lambda opened, options: RawTable(  # type: ignore[attr-defined]
        pl.read_csv(opened.data), ("read by rows",)
    )
    monkeypatch.setitem(sys.modules, "reader_of_rows", module)
    path = Path(table).rename(Path(table).with_suffix(".rows"))

    with row_added(READERS, ".rows", "reader_of_rows:read"):
        assert "read by rows" in kwise.read_table(path).notes
        found = json.loads(printed("report", str(path), "--k", "2", "--format", "json"))

    assert "Read by rows." in found["table"]["steps"]


def test_datasets(printed: Printed) -> None:
    with (
        row_added(BUNDLED, "flowers", replace(BUNDLED["iris"], name="flowers")),
        row_added(PUBLISHED, "houses", replace(PUBLISHED["california"], name="houses")),
    ):
        assert {"flowers", "houses"} <= {
            row["name"] for row in json.loads(printed("datasets", "--format", "json"))
        }
        assert printed("datasets", "flowers").count("\n") == 151


def test_exporters(table: str, printed: Printed) -> None:
    model = str(Path(table).with_name("m.kwise"))
    printed("fit", table, "--k", "2", "-q", "-o", model)

    with row_added(EXPORTERS, "basic", lambda model: f"PRINT {model.n_clusters}"):
        assert "|basic]" in printed("export", "--help").replace("\n", "").replace(" ", "")
        assert printed("export", model, "--to", "basic") == "PRINT 2\n"

    assert "unknown target of exports 'basic'" in printed("export", model, "--to", "basic", code=2)


@pytest.mark.parametrize(
    ("rows", "option", "like"),
    [(SCALINGS, "scale", "robust"), (FILLINGS, "missing", "median"),
     (CATEGORIES, "categories", "one-hot")],
)  # fmt: skip
def test_treatments(rows: dict, option: str, like: str, table: str, printed: Printed) -> None:
    words = ["explain", table, "--k", "2", "--format", "json", f"--{option}"]

    with row_added(rows, "brand-new", rows[like]):
        assert "|brand-new]" in printed("explain", "--help")
        mine = printed(*words, "brand-new")
        by_call = kwise.analyze(table, k=2, **{option: "brand-new"})
        command = by_call.summary.reproduction.command

    assert mine.replace("brand-new", like) == printed(*words, like)
    assert by_call.options == {"k": 2, option: "brand-new"}
    assert f"--{option} brand-new" in command
    assert "'brand-new'" in printed(*words, "brand-new", code=2)


def test_sections(table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = "<p>{{ greeting }} of {{ summary.title }}</p>"
    environment = report_page.environment()
    (tmp_path / "sections").mkdir()
    (tmp_path / "sections" / "news.html").write_text(template)
    monkeypatch.setattr(
        environment.loader, "searchpath", [*environment.loader.searchpath, str(tmp_path)]
    )
    new = Section("news", "What is new", context=lambda material: {"greeting": "<News>"})
    monkeypatch.setattr(report_page, "SECTIONS", (*SECTIONS, new))

    html = kwise.analyze(table, k=2).to_html()

    assert 'href="#news"' in html
    assert "What is new</h2>" in html
    assert "<p>&lt;News&gt; of table</p>" in html


def test_tasks(table: str, printed: Printed) -> None:
    with row_added(TASKS, "again", TASKS["predict"]):
        assert "again" in printed("bench", "--help")
        words = ["bench", table, "--k", "2", "--repeats", "1", "--tasks", "again"]
        told = json.loads(printed(*words, "--format", "json"))

    assert [timing["task"] for timing in told["timings"]] == ["again"]


def test_commands(printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def greet(name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
        """Greet someone by name."""
        if name == "nobody":
            raise ValueError("nobody is here; name someone")
        sys.stdout.write(f"Good day, {name}\n")

    module = types.ModuleType("greeting")
    module.greet = greet  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "greeting", module)

    with row_added(COMMANDS, "greet", "greeting:greet"):
        assert re.search(r"greet +Greet someone by name\.", printed("--help"))
        assert printed("greet", "Ada") == "Good day, Ada\n"
        assert printed("greet", "nobody", code=2) == "kwise: nobody is here; name someone\n"


def test_every_table_that_is_told_of_has_its_test_here() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    part = text[text.index("## To add a ...") :].partition("\n## ")[0]
    told = {
        name
        for line in part.splitlines()[4:]
        if line.startswith("|")
        for name in re.findall(r"`([A-Z_]{4,})`", line.split("|")[3])
    }
    here = Path(__file__).read_text(encoding="utf-8")

    assert len(told) >= 12
    assert {name for name in told if f"({name}, " not in here and f" {name}, " not in here} == set()
