"""What the site is made of beside its pages: the gallery of examples, and the live pages."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def module():
    sys.path.insert(0, str(DOCS))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(DOCS))


def test_an_example_is_shown_with_its_picture_and_what_it_prints(module, tmp_path: Path) -> None:
    gallery = module("gallery")
    script = DOCS.parent / "examples" / "05_own_criterion.py"

    shown = gallery.run_example(script, None, tmp_path)
    page = gallery.page([shown])

    assert (tmp_path / "05_own_criterion.svg").stat().st_size < 300_000
    assert "](05_own_criterion.svg)" in page
    assert "dunn: k = 4" in page
    assert shown.title == "A criterion of your own"


def test_every_example_saves_one_picture(module) -> None:
    for script in module("gallery").scripts():
        assert script.read_text(encoding="utf-8").count(".savefig(") == 1, script.name


def test_the_live_pages_show_what_they_are_linked_as(module, tmp_path: Path) -> None:
    live = module("live")

    live.write_live(tmp_path)

    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for name in live.PAGES:
        assert f'href="live/{name}.html"' in index
        assert (tmp_path / f"{name}.html").stat().st_size < 3_000_000
