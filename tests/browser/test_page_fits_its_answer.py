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
    assert opened.evaluate("document.documentElement.scrollWidth") <= 1280


def test_one_group_is_one_screen(opened: Page, pages: dict[str, Path]) -> None:
    opened.goto(pages["one group"].as_uri())

    told = opened.locator("#answer, #map")
    assert max(box["y"] + box["height"] for each in told.all() if (box := each.bounding_box())) < (
        SCREEN + 60
    )
    assert height(opened) <= 1.6 * SCREEN
    assert not opened.locator("#silhouettes").is_visible()


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


def test_everything_is_printed_and_nothing_is_cut(opened: Page, pages: dict[str, Path]) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    for name in ("clear", "twenty"):
        opened.goto(pages[name].as_uri())
        printed = pypdf.PdfReader(io.BytesIO(opened.pdf(format="A4", print_background=True)))
        words = " ".join(page.extract_text() for page in printed.pages)
        for heading in ("Choosing k", "Silhouettes", "Stability", "Reproduction"):
            assert heading in words
        assert "k-means++" in words  # of a section that is folded on a screen
        opened.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, the width of A4's text
        opened.emulate_media(media="print")
        wide = opened.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.offsetParent"
            " && e.getBoundingClientRect().right > 690).map(e => e.tagName + e.className)"
        )
        assert wide == []
        opened.emulate_media(media="screen")
        opened.set_viewport_size({"width": 1280, "height": SCREEN})
