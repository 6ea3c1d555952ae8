"""What the site is made of beside its pages: the gallery of examples, and the live pages."""

from __future__ import annotations

import importlib
import shutil
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


def test_the_pictures_of_sections_are_those_that_the_script_makes(module) -> None:
    pytest.importorskip("PIL")
    names = module("screenshots").names()

    shown = (DOCS / "how-to" / "after-the-fit.md").read_text(encoding="utf-8")
    for name in names:
        assert f"../images/{name}" in shown
        assert 1_000 < (DOCS / "images" / name).stat().st_size < 100_000


@pytest.mark.slow
def test_the_script_pictures_both_sections_on_a_phone(module, tmp_path: Path) -> None:
    pytest.importorskip("playwright")
    image = pytest.importorskip("PIL.Image")
    screenshots = module("screenshots")
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("no Chromium on this machine")

    screenshots.take(tmp_path, 390)

    for name in screenshots.names():
        with image.open(tmp_path / name) as picture:
            assert 300 < picture.width <= 390
            assert picture.height > 600


def test_the_live_pages_show_what_they_are_linked_as(module, tmp_path: Path) -> None:
    live = module("live")

    live.write_live(tmp_path)

    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for name in live.PAGES:
        assert f'href="live/{name}.html"' in index
        assert (tmp_path / f"{name}.html").stat().st_size < 3_000_000
