"""Every snippet of the pages runs, prints what the page shows and draws what it links."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("pages", ROOT / "docs" / "pages.py")
pages = sys.modules["pages"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pages)


def cases():
    for page in pages.all_pages():
        marks = [pytest.mark.slow] if page.slow else []
        yield pytest.param(page, id=page.name, marks=marks)


@pytest.mark.parametrize("page", list(cases()))
def test_a_page_does_what_it_says(page):
    lacking = pages.missing_data(page)
    if lacking:
        pytest.skip(f"no real data: {lacking}; set KWISE_DATA")

    assert not pages.differences(page, pages.run_page(page))


def test_a_picture_belongs_to_one_page_only():
    names = [name for page in pages.all_pages() for block in page.blocks for name in block.pictures]

    assert len(names) == len(set(names)) > 10


def test_links_between_pages_lead_somewhere():
    for path in (ROOT / "docs").rglob("*.md"):
        for target in re.findall(r"\]\(([\w./-]+\.md)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).is_file(), f"{path}: {target}"


def test_every_page_is_in_the_table_of_contents():
    contents = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    for path in (ROOT / "docs").rglob("*.md"):
        name = path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        listed = f"\n{name}\n" in contents or f"\n{name.partition('/')[0]}/*\n" in contents
        assert listed or name == "index" or name.startswith("reference/"), name


def test_a_page_that_lies_is_caught(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n")
    page = pages.read_page(path)
    page = pages.Page(pages.DOCS / "page.md", page.text, blocks=page.blocks)

    assert "and prints\n2" in pages.differences(page, pages.run_page(page))[0]


def test_a_page_that_breaks_or_hides_a_picture_is_caught(tmp_path):
    for code, words in (
        ("1 / 0", "ZeroDivisionError"),
        ("from matplotlib import pyplot; pyplot.subplots()", "1 pictures are drawn"),
    ):
        path = tmp_path / "page.md"
        path.write_text(f"```python\n{code}\n```\n")
        page = pages.Page(pages.DOCS / "page.md", "", blocks=pages.read_page(path).blocks)

        with pytest.raises(pages.PageError, match=words):
            pages.run_page(page)


def test_what_the_table_of_coverage_names_is_there():
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`(tests/[\w/.]+)`", text))
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_anchor_that_a_link_names_is_a_heading():
    for path in (ROOT / "docs").rglob("*.md"):
        for target, anchor in re.findall(r"\]\(([\w./-]*\.md)#([\w-]+)\)", path.read_text("utf-8")):
            text = (path.parent / target).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", text, re.M)
            slugs = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
            assert anchor in slugs, f"{path}: {target}#{anchor}"
