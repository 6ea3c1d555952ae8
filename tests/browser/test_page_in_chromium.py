"""The page in a real browser: Chromium, from a file, with and without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs

import kwise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=window.harmed=1><script>window.harmed=1</script>\"'"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a table in three groups, with hostile names and missing cells."""
    X, made_by = make_blobs([60, 40, 20], centers=[(0, 0), (9, 1), (2, 9)], random_state=0)
    frame = pl.DataFrame(
        {
            "width": X[:, 0],
            HOSTILE: X[:, 1],
            "price": np.where(np.arange(120) < 3, np.nan, 100.0 * made_by),
            "kind": np.array([f"{HOSTILE} a", "b", "c"])[made_by],
        }
    )
    made = kwise.analyze(
        frame, columns=["width", HOSTILE], outside="price", truth="kind", ks=range(1, 5)
    )
    return made.report(tmp_path_factory.mktemp("page") / "page.html")


@pytest.fixture
def page(
    watched: Callable[[Path, int], AbstractContextManager[Page]], file: Path
) -> Iterator[Page]:
    """Open the page, watched."""
    with watched(file, 900) as opened:
        yield opened


def shown(page: Page, k: int) -> int:
    """Count the parts of candidate ``k`` that can be seen."""
    return int(
        page.evaluate(
            "k => [...document.querySelectorAll(`[data-k='${k}']`)]"
            ".filter(each => getComputedStyle(each).display !== 'none').length",
            k,
        )
    )


def unfold(page: Page) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


def test_the_chosen_k_is_shown_first(page: Page) -> None:
    assert [shown(page, k) > 0 for k in (1, 2, 3, 4)] == [False, False, True, False]


def test_a_click_on_the_switch_shows_another_k_everywhere(page: Page) -> None:
    page.click("label[for=k-2]")

    assert [shown(page, k) > 0 for k in (1, 2, 3, 4)] == [False, True, False, False]
    assert page.locator("#clusters .card:visible").count() == 2
    page.locator("#profile summary").first.click()
    assert page.locator("#profile .scroll:visible .badge").count() == 2


def test_digits_switch_k_and_letters_walk_and_turn_colors(page: Page) -> None:
    page.keyboard.press("4")
    assert shown(page, 4) > 0

    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "clusters"

    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("d")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_the_switch_works_without_scripts(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(file.as_uri())

    opened.click("label[for=k-2]")

    assert opened.locator("#clusters .card:visible").count() == 2
    opened.locator("#reproduction summary").click()
    assert opened.locator("#reproduction code").first.is_visible()
    assert not opened.locator(".downloads").is_visible()
    context.close()


def test_tables_sort_by_a_click(page: Page) -> None:
    unfold(page)
    table = page.locator("#rows table:visible").first
    column = table.locator("thead button", has_text="margin")

    column.click()
    rising = [float(v) for v in _values(page, "margin")]
    column.click()
    falling = [float(v) for v in _values(page, "margin")]

    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert table.locator("th[aria-sort=descending]").count() == 1


def _values(page: Page, head: str) -> list[str]:
    """Read a column of the visible table of rows."""
    found = page.evaluate(
        "head => { const table = [...document.querySelectorAll('#rows table')]"
        ".find(each => each.offsetParent); const at = [...table.tHead.rows[0].cells]"
        ".findIndex(cell => cell.textContent === head);"
        " return [...table.tBodies[0].rows].map(row => row.cells[at].dataset.value) }",
        head,
    )
    return [str(value) for value in found]


def test_labels_and_figures_can_be_downloaded(page: Page) -> None:
    unfold(page)
    page.click("label[for=k-2]")
    with page.expect_download() as waiting:
        page.click("[data-download=labels]")
    lines = Path(waiting.value.path()).read_text().splitlines()

    assert waiting.value.suggested_filename == "labels-k2.csv"
    assert lines[0] == "row,cluster"
    assert len(lines) == 121
    assert {line.split(",")[1] for line in lines[1:]} == {"1", "2"}

    page.click("label[for=k-3]")  # the chosen one
    with page.expect_download() as waiting:
        page.click("[data-download=labels]")
    rows = [line.split(",") for line in Path(waiting.value.path()).read_text().splitlines()]
    shown_first = page.locator("#rows table:visible tbody tr").first
    row = int(shown_first.locator("td").nth(1).get_attribute("data-value") or 0)
    margin = float(shown_first.locator("td").nth(2).get_attribute("data-value") or 0)
    assert rows[0] == ["row", "cluster", "margin"]
    assert rows[row][0] == str(row)
    assert 0 <= margin - float(rows[row][2]) < 0.01

    with page.expect_download() as waiting:
        page.locator("#map figure").first.locator("button.act").click(force=True)
    drawn = Path(waiting.value.path()).read_text()
    assert drawn.startswith("<svg")
    assert "var(--" not in drawn


def test_code_is_copied(page: Page) -> None:
    unfold(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator("#reproduction .code").first
    button = block.locator("button")
    code = block.locator("pre").inner_text()
    button.click()
    page.wait_for_function("button => button.textContent === 'Copied'", arg=button.element_handle())

    assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()
    assert "kwise" in code


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of 20,000 rows by 10 columns with everything that a page can have."""
    X, made_by = make_blobs(20_000, 10, centers=6, cluster_std=4.0, random_state=0)
    frame = pl.DataFrame({f"column {j}": X[:, j] for j in range(10)}).with_columns(
        price=X[:, 0] ** 2, kind=pl.Series(np.array(list("abcdef"))[made_by])
    )
    made = kwise.analyze(frame, outside=["price", "kind"], truth="kind")
    return made.report(tmp_path_factory.mktemp("large") / "page.html")


def test_a_large_page_is_below_three_megabytes(large: Path) -> None:
    assert large.stat().st_size < 3_000_000


def test_every_section_of_a_large_page_has_words_for_every_k(browser: Browser, large: Path) -> None:
    opened = browser.new_page()
    opened.goto(large.as_uri())
    unfold(opened)
    for k in (2, 7, 10):
        opened.click(f"label[for=k-{k}]")
        for section in ("clusters", "profile", "silhouettes", "stability", "distances", "truth"):
            assert len(opened.locator(f"#{section}").inner_text()) > 100, (k, section)
        assert opened.locator("#stability tbody tr:visible").count() == k
        assert opened.locator("#hierarchy svg [data-k]:visible").count() >= 2
    opened.close()


def test_without_scripts_everything_is_told(browser: Browser, file: Path, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(file.as_uri())
    unfold(opened)
    unfold(page)

    for section in page.locator("main section").all():
        name = section.get_attribute("id")
        without = opened.locator(f"#{name}").inner_text()
        # All that scripts add are buttons, and a line beside one of them.
        added = section.locator("button.act, .downloads").all_inner_texts()
        left = section.inner_text()
        for words in added:
            left = left.replace(words, "", 1)
        assert left.split() == without.split(), name
    context.close()


def test_keyboard_alone_reaches_every_control(page: Page) -> None:
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        found = page.evaluate("(e => e.id || e.className || e.tagName)(document.activeElement)")
        if found == "BODY":
            break
        reached.add(found)
    assert "skip" in reached
    assert {"k-3", "theme-auto", "SUMMARY", "act"} <= reached


def test_pictures_and_tables_have_names_for_screen_readers(page: Page) -> None:
    unnamed = page.evaluate(
        "[...document.querySelectorAll('svg[role=img],[role=region],section')].filter("
        "e => !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')).length"
    )
    assert unnamed == 0
    assert page.locator("h1").count() == 1
    assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.caption)")


def test_hostile_names_do_nothing(page: Page) -> None:
    assert page.evaluate("window.harmed") is None
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [390, 768, 1100, 1280, 3840])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_sticks_out_at_any_width(
    browser: Browser, file: Path, width: int, scheme: str
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    opened.goto(file.as_uri())

    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    dark = opened.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--bg')")
    assert (dark.strip() == "#111317") == (scheme == "dark")
    opened.close()


def test_text_has_enough_contrast_in_light_and_dark(page: Page) -> None:
    for theme in ("light", "dark"):
        page.click(f"label[for=theme-{theme}]")
        for role in ("--ink", "--muted", "--accent"):
            assert _contrast(page, role, "--surface") >= 4.5
            assert _contrast(page, role, "--bg") >= 4.5


def _contrast(page: Page, one: str, other: str) -> float:
    """Return the contrast of two of the page's colors, by WCAG's formula."""

    def luminance(role: str) -> float:
        """Return the relative luminance of a color."""
        color = page.evaluate(
            "role => getComputedStyle(document.documentElement).getPropertyValue(role).trim()", role
        )
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_page_prints(page: Page) -> None:
    printed = page.pdf(format="A4", print_background=True)

    assert printed.startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator(".bar").is_visible()
    assert page.locator("#clusters .card:visible").count() == 3
    assert page.locator("#choice thead", has_text="criterion").is_visible()
