"""Heights, colors, contrast and print of the page, in a real browser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs, make_moons

import kwise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
SCREEN = 800


LONG = "a name of a column that somebody wrote as a whole sentence, in mg per day, and a remark"


def _long_names() -> pl.DataFrame:
    """Return a table whose names of columns, categories and rows are longer than any line."""
    X, y = make_blobs([70, 50, 30], centers=[(0, 0), (9, 1), (2, 9)], random_state=1)
    kinds = np.array([LONG.replace("column", "kind"), "b" * 150, "short"])
    names = [f"the row that was named at great length, number {i} of them all" for i in range(150)]
    columns = {f"{LONG} A": X[:, 0], "c" * 120: X[:, 1], "dose 0.12345 mg": X.sum(axis=1)}
    return pl.DataFrame(columns | {"kind": kinds[y], "name": names})


def _one_group_with_warnings() -> pl.DataFrame:
    """Return a table without groups, of many columns, with gaps and a code for gaps."""
    rng = np.random.default_rng(5)
    columns = {f"measure number {i}": rng.normal(50, 9, 300) for i in range(12)}
    columns["measure number 1"][rng.random(300) < 0.05] = np.nan
    columns["measure number 3"][rng.random(300) < 0.03] = -999.0
    return pl.DataFrame(columns | {"id": np.arange(300), "kind": rng.choice(list("abcd"), 300)})


def _one_skewed_group() -> pl.DataFrame:
    """Return a table without groups, some columns of it skewed, of which four say much the same."""
    rng = np.random.default_rng(2)
    size = rng.normal(size=2_000)
    columns = {f"total number {i}": np.exp(7 + size + rng.normal(0, 0.3, 2_000)) for i in range(4)}
    columns |= {f"measure {i}": rng.normal(size=2_000) for i in range(4)}
    return pl.DataFrame(columns | {"place": rng.choice(list("abcde"), 2_000)})


def _tables() -> dict[str, dict[str, object]]:
    """Return what ``analyze`` is asked, by the kind of answer."""
    rng = np.random.default_rng(0)
    clear = make_blobs([70, 50, 30], centers=[(0, 0, 0), (9, 1, 3), (2, 9, -4)], random_state=0)[0]
    many = make_blobs(600, 5, centers=20, cluster_std=0.7, random_state=3)[0]
    return {
        "one group": {"frame_or_path": rng.normal(size=(300, 4))},
        "clear": {"frame_or_path": clear},
        "unsuitable": {"frame_or_path": make_moons((250, 150), noise=0.05, random_state=0)[0]},
        "asked": {"frame_or_path": clear, "k": 5},
        "twenty": {"frame_or_path": many, "ks": [1, 2, 19, 20, 21]},
        "one column": {"frame_or_path": np.concatenate([rng.normal(m, 1, 80) for m in (0, 9)])},
        "wide": {"frame_or_path": rng.normal(size=(60, 2_000)), "ks": [1, 2, 3]},
        "two rows": {"frame_or_path": np.array([[1.0, 2.0], [5.0, 7.0]])},
        "long names": {"frame_or_path": _long_names(), "outside": "kind", "truth": "kind"},
        "one group, warned": {"frame_or_path": _one_group_with_warnings(), "ks": [1, 2, 3, 4]},
        "one group, skewed": {"frame_or_path": _one_skewed_group(), "outside": "place"},
        "map": {"frame_or_path": pl.DataFrame(38 + rng.normal(size=(300, 2)), ["latitude", "lon"])},
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for name, asked in _tables().items():
        table = asked["frame_or_path"]
        if isinstance(table, np.ndarray) and table.ndim == 1:
            asked["frame_or_path"] = table[:, None]
        made[name] = kwise.analyze(**asked).report(folder / f"{name}.html")  # type: ignore[arg-type]
    return made


@pytest.fixture
def opened(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": SCREEN})
    yield page
    page.close()


def height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


@pytest.mark.parametrize("name", list(_tables()))
def test_a_page_has_at_most_six_screens(opened: Page, pages: dict[str, Path], name: str) -> None:
    opened.goto(pages[name].as_uri())

    assert height(opened) <= 6 * SCREEN


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", list(_tables()))
def test_nothing_is_cut_at_the_right_edge(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": SCREEN})
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # What is wider than the page is inside something that scrolls.
    wide = page.evaluate(
        "width => [...document.querySelectorAll('main *, .foot *')].filter(e => e.checkVisibility()"
        " && e.getBoundingClientRect().right > width && !e.closest('.scroll, pre, figure, .vh'))"
        ".map(e => e.tagName + ' ' + e.className)",
        width,
    )
    assert wide == []
    page.close()


@pytest.mark.parametrize(
    "name", ["one group", "one group, warned", "one group, skewed", "two rows", "map"]
)
def test_one_group_is_one_screen(opened: Page, pages: dict[str, Path], name: str) -> None:
    opened.goto(pages[name].as_uri())

    assert height(opened) <= SCREEN
    foot = opened.locator(".foot").bounding_box()
    assert foot is not None
    assert foot["y"] + foot["height"] <= SCREEN
    assert not opened.locator("#silhouettes").is_visible()
    for told in ("What was asked", "Why"):
        assert opened.get_by_role("heading", name=told).is_visible()
    assert opened.locator("#map svg").first.is_visible()
    assert opened.locator("#h-answer").is_visible()


def test_warnings_of_one_group_are_on_its_screen(opened: Page, pages: dict[str, Path]) -> None:
    opened.goto(pages["one group, warned"].as_uri())

    assert "-999" in opened.locator(".beware").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", list(_tables()))
def test_the_chosen_k_is_always_in_view(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": SCREEN})
    page.goto(pages[name].as_uri())
    page.evaluate("window.scrollTo(0, 1e6)")
    box = page.locator(".bar .is-chosen").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert 0 <= box["y"] < 120
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["clear", "unsuitable", "twenty"])
def test_axe_finds_nothing(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(viewport={"width": 1280, "height": SCREEN}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = axe.Axe().run(page)  # WCAG and good practice, every rule
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_a_color_stays_with_its_cluster_when_k_is_switched(
    opened: Page, pages: dict[str, Path]
) -> None:
    """A cluster that two numbers of groups share keeps its color on cards and in the map."""
    opened.goto(pages["clear"].as_uri())

    def shades(k: int) -> dict[str, str]:
        opened.click(f"label[for=k-{k}]")
        return dict(
            opened.evaluate(
                "[...document.querySelectorAll('#clusters .card')].filter(e => e.offsetParent)"
                ".map(e => [e.querySelector('.size b').textContent,"
                " getComputedStyle(e.querySelector('.badge')).backgroundColor])"
            )
        )

    three, four = shades(3), shades(4)
    common = set(three) & set(four)
    assert len(common) == 2  # by their numbers of rows: one of three was divided
    assert all(three[size] == four[size] for size in common)


def test_tiles_follow_the_switch_and_the_headline_says_that_it_does_not(
    opened: Page, pages: dict[str, Path]
) -> None:
    opened.goto(pages["clear"].as_uri())
    assert not opened.locator(".elsewhere").first.is_visible()
    before = opened.locator(".numbers b[data-k]:visible").first.inner_text()

    opened.click("label[for=k-5]")

    assert opened.locator(".numbers b[data-k]:visible").first.inner_text() != before
    assert "Headline, confidence and reasons speak of the k = 3" in (
        opened.locator(".elsewhere:visible").inner_text()
    )
    opened.click(".elsewhere:visible .back")
    assert opened.locator("#k-3").is_checked()


def test_a_link_to_a_folded_section_opens_it(opened: Page, pages: dict[str, Path]) -> None:
    opened.goto(pages["clear"].as_uri())
    assert not opened.locator("#silhouettes svg").first.is_visible()

    opened.click(".toc a[href='#silhouettes']")

    assert opened.locator("#silhouettes svg").first.is_visible()


@pytest.mark.parametrize("name", list(_tables()))
def test_everything_is_printed_and_nothing_is_cut(
    opened: Page, pages: dict[str, Path], name: str
) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    opened.goto(pages[name].as_uri())
    printed = pypdf.PdfReader(io.BytesIO(opened.pdf(format="A4", print_background=True)))
    sheets = [page.extract_text() for page in printed.pages]
    words = " ".join(sheets)
    for heading in opened.locator("h2:not(.minor)").all():
        if heading.evaluate("e => e.checkVisibility()"):
            title = heading.inner_text()
            assert title in words.replace("\n", " ")
            # A heading stands above what it heads, never alone at the foot of a sheet.
            assert not any(sheet.rstrip().endswith(title) for sheet in sheets)
    assert "On the command line" in words  # of a section that is folded on a screen
    opened.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, the width of A4's text
    opened.emulate_media(media="print")
    wide = opened.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.offsetParent"
        " && e.getBoundingClientRect().right > 690).map(e => e.tagName + e.className)"
    )
    assert wide == []


def test_the_head_of_a_table_is_printed_on_every_sheet(
    opened: Page, pages: dict[str, Path]
) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    opened.goto(pages["wide"].as_uri())
    printed = pypdf.PdfReader(io.BytesIO(opened.pdf(format="A4")))
    of_columns = [
        page.extract_text() for page in printed.pages if "100 distinct" in page.extract_text()
        or "60 distinct" in page.extract_text()
    ]  # fmt: skip

    assert len(of_columns) >= 2
    assert all("what became of it" in sheet for sheet in of_columns)
