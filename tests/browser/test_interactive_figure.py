"""The figure by Altair in a real browser: hovering tells a row, a drag counts rows by cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise.plots import plot_interactive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow


def towns() -> tuple[np.ndarray, np.ndarray]:
    """Return rows in three groups: two above, one below at the left."""
    X, y = make_blobs(
        [30, 20, 10], centers=[(0, 0), (8, 8), (0, 8)], cluster_std=0.3, random_state=0
    )
    return X, y


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in ("altair", "vl_convert"):
        pytest.importorskip(package, reason='pip install "kwise[interactive]"')
    X, y = towns()
    rows = {"name": np.array([f"town {i}" for i in range(60)]), "a.b[c]": X[:, 0].round(3)}
    chart = plot_interactive(X, y, names=("u", "v"), rows=rows)
    made = tmp_path_factory.mktemp("figure") / "figure.html"
    chart.save(made, inline=True, embed_options={"renderer": "svg"})
    return made


@pytest.fixture
def page(
    watched: Callable[[Path, int], AbstractContextManager[Page]], file: Path
) -> Iterator[Page]:
    """Open the figure, watched."""
    with watched(file, 800) as opened:
        opened.locator(".mark-symbol.role-mark path").first.wait_for()
        yield opened


def test_hovering_tells_the_row_its_cluster_and_its_values(page: Page) -> None:
    points = page.locator(".mark-symbol.role-mark path")
    assert points.count() == 60

    points.nth(59).hover(force=True)  # the last is drawn above all others
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()

    told = dict(
        tip.evaluate(
            "e => [...e.querySelectorAll('tr')].map(r => [...r.cells].map(c => c.innerText))"
        )
    )
    told = {name.rstrip(":"): value for name, value in told.items()}
    assert (told["row"], told["name"]) == ("60", "town 59")
    X, y = towns()
    assert told["cluster"] == str(y[59] + 1)
    assert float(told["a.b[c]"].replace("−", "-")) == pytest.approx(X[59, 0], abs=1e-3)


def test_a_drag_counts_the_rows_in_it_by_cluster(page: Page) -> None:
    def counted() -> dict[str, str]:
        return {
            label.split("cluster: ")[1]: label.split("rows in the brush: ")[1].split(";")[0]
            for label in page.locator(".mark-rect.role-mark path").evaluate_all(
                "bars => bars.map(bar => bar.getAttribute('aria-label')).filter(l => l)"
            )
            if "rows in the brush" in label
        }

    assert counted() == {"1": "30", "2": "20", "3": "10"}
    plane = page.locator(".mark-symbol.role-mark").bounding_box()
    assert plane is not None
    page.mouse.move(plane["x"] - 3, plane["y"] - 3)
    page.mouse.down()
    page.mouse.move(plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2, steps=5)
    page.mouse.up()

    page.wait_for_function("document.querySelectorAll('.mark-rect.role-mark path').length >= 1")
    page.wait_for_timeout(200)
    assert counted() == {"3": "10"}  # the upper left
