"""The reference has every public name, every row of a table and every command."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

import kwise
from kwise.cli import COMMANDS
from kwise.io import EXPORTERS
from tables import row_added

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module("reference_pages")
    finally:
        sys.path.remove(str(DOCS))


def test_every_public_folder_is_a_part_of_the_reference(reference) -> None:
    folders = {f"kwise.{name}" for name in kwise._FOLDERS}

    assert folders | {"kwise"} <= set(reference.PLACES)


def test_every_public_name_has_a_page_under_the_name_to_import_it_by(reference) -> None:
    pages = reference.pages()

    for place in reference.PLACES:
        module = importlib.import_module(place)
        for name in module.__all__:
            thing = getattr(module, name)
            here = [page for page in pages if page.startswith("python/kwise.")]
            assert any(
                reference.find(page.removeprefix("python/").removesuffix(".md")) is thing
                for page in here
                if page.endswith(f".{name}.md")
            ), f"{place}.{name}"
    assert (
        ".. autoclass:: kwise.KMeans\n   :members: fit, fit_predict, "
        in pages["python/kwise.KMeans.md"]
    )
    assert "python/kwise.estimators.KMeans.md" not in pages


def test_the_command_line_is_told_as_the_commands_tell_it(reference) -> None:
    page = reference.command_line()

    assert all(f"## kwise {name}\n" in page for name in COMMANDS)
    assert "[standard|minmax" in page


def test_a_row_in_a_table_is_in_the_reference(reference) -> None:
    for place in reference.TABLES:
        table = reference.find(place.replace(":", "."))
        if isinstance(table, tuple):  # sections have an order; their names are read alike
            continue
        with row_added(table, "brand_new", next(iter(table.values()))):
            assert "- `brand_new`" in reference.tables(), place
    with row_added(EXPORTERS, "basic", str):
        assert "|basic]" in "".join(reference.command_line().split())


def test_every_table_of_plug_ins_is_in_the_reference(reference) -> None:
    text = (DOCS.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = text[text.index("## To add a ...") :].partition("\n## ")[0]
    told = set(re.findall(r"`([A-Z_]{4,})`", rows)) - {"NAME", "COMMANDS"}

    assert told == {place.partition(":")[2] for place in reference.TABLES}


def test_pages_are_written_and_those_of_gone_objects_taken_away(
    reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path)
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "kwise.Gone.md").write_text("")

    reference.write_reference()

    assert (tmp_path / "python" / "kwise.analyze.md").is_file()
    assert not (tmp_path / "python" / "kwise.Gone.md").exists()


@pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_says_its_status_date_gain_and_how_to_measure_it_again(path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[2:6]

    assert [line.partition(":")[0] for line in head] == [
        "- Status",
        "- Date",
        "- Gain",
        "- Measured again by",
    ]


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 80
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (DOCS.parent / target).exists(), target


@pytest.mark.parametrize("name", [*kwise.estimators.__all__, "Preparation"])
def test_an_estimators_box_links_to_its_page_of_the_site(
    reference, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = getattr(kwise.estimators, name, kwise.preparation.Preparation)
    monkeypatch.delenv("KWISE_DOCS_URL", raising=False)
    assert "https://scikit-learn.org" not in kind()._repr_html_()

    monkeypatch.setenv("KWISE_DOCS_URL", "https://docs.example/kwise/")

    page = kind()._get_doc_link().removeprefix("https://docs.example/kwise/reference/")
    assert page.replace(".html", ".md") in reference.pages()
    assert f'href="{kind()._get_doc_link()}"' in kind()._repr_html_()
