"""Rows answer in a real browser: pointing, tapping, marking, searching, zooming."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs

import kwise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    X, y = make_blobs([60, 40, 20], centers=[(0, 0, 0), (9, 1, 4), (2, 9, -4)], random_state=0)
    frame = pl.DataFrame({"width": X[:, 0], "height": X[:, 1], "depth": X[:, 2]}).with_columns(
        name=pl.Series([f"town {i}" for i in range(120)]), kind=pl.Series(np.array(list("abc"))[y])
    )
    made = kwise.analyze(frame, outside="kind", ks=[2, 3, 4])
    return made.report(tmp_path_factory.mktemp("rows") / "page.html")


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, has_touch=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(file.as_uri())
    opened.locator("html[data-rows=answer]").wait_for(state="attached")
    opened.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    opened.evaluate("document.querySelector('#map .plot').scrollIntoView({block: 'center'})")
    yield opened
    # Chromium advises on how these tests read canvases.
    assert [text for text in said if "willReadFrequently" not in text] == []
    context.close()


def place_of(page: Page, row: int) -> tuple[float, float]:
    """Ask the page where it draws a row: it is searched for, and its ring is looked up."""
    page.fill("#find-row", f"town {row}")
    x, y = page.evaluate(
        """() => {
        const canvas = document.querySelector('#map .plot canvas');
        const pen = canvas.getContext('2d');
        const {width, height} = canvas;
        const {data} = pen.getImageData(0, 0, width, height);
        let sum = 0, sx = 0, sy = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i] > 120) {
            const at = (i - 3) / 4; sum += 1; sx += at % width; sy += Math.floor(at / width);
        }
        const box = canvas.getBoundingClientRect();
        return [box.left + sx / sum * box.width / width, box.top + sy / sum * box.height / height];
        }"""
    )
    page.fill("#find-row", "")
    return float(x), float(y)


def test_a_search_finds_a_row_by_name_and_by_number(page: Page) -> None:
    page.fill("#find-row", "town 17")
    told = page.locator(".answer-of-rows").inner_text()
    assert "Row 18 · town 17" in told
    assert "width" in told
    assert "kind" in told

    page.fill("#find-row", "3")
    assert "Row 3 · town 2" in page.locator(".answer-of-rows").inner_text()

    page.fill("#find-row", "nowhere")
    assert "No row “nowhere”" in page.locator(".answer-of-rows").inner_text()


def test_pointing_at_a_row_tells_what_it_is(page: Page) -> None:
    x, y = place_of(page, 5)
    page.mouse.move(x, y)

    told = page.locator(".tip").inner_text()
    assert "town 5" in told
    assert "margin" in told
    assert "depth" in told

    page.mouse.move(2, 2)
    assert not page.locator(".tip").is_visible()


def test_a_tap_tells_it_too(page: Page) -> None:
    x, y = place_of(page, 100)
    page.touchscreen.tap(x, y)

    assert "town 100" in page.locator(".tip").inner_text()


def test_dragging_marks_rows_in_every_picture_of_rows(page: Page) -> None:
    inked = (
        "name => { const c = document.querySelector(`svg[data-name=${name}]`).parentNode"
        ".querySelector('canvas'); return c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.some((v, i) => i % 4 === 3 && v === 255) }"
    )
    assert not page.evaluate(inked, "pairs")
    box = page.locator("#map .plot").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.16, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.97, box["y"] + box["height"] * 0.85, steps=4)
    page.mouse.up()

    told = page.locator(".answer-of-rows")
    assert "120 rows marked" in told.inner_text()
    assert page.evaluate(inked, "clusters")
    assert page.evaluate(inked, "pairs")

    told.locator("button").click()
    assert not told.is_visible()
    assert not page.evaluate(inked, "pairs")


def test_the_map_zooms_and_comes_back(page: Page) -> None:
    page.click("[data-zoom=in]")
    plot = page.locator("#map .plot").first
    assert "zoomed" in (plot.get_attribute("class") or "")
    assert not page.locator("svg[data-name=clusters] image").first.is_visible()

    page.click("[data-zoom=reset]")
    assert "zoomed" not in (plot.get_attribute("class") or "")


def test_arrows_and_their_words_can_be_hidden(page: Page) -> None:
    assert page.locator("svg[data-name=clusters] .on-arrow").first.is_visible()
    page.click("#arrows")
    assert not page.locator("svg[data-name=clusters] .on-arrow").first.is_visible()


def test_the_badge_of_a_row_follows_the_switch(page: Page) -> None:
    page.fill("#find-row", "town 17")
    before = page.locator(".answer-of-rows .badge").get_attribute("class")
    page.click("label[for=k-2]")
    assert page.locator(".answer-of-rows [data-k='2'] .badge").is_visible()
    assert "margin" not in page.locator(".answer-of-rows").inner_text()
    assert before is not None
