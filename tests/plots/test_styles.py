"""Figures follow the reader's style sheets and settings; the page keeps its own."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import style
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import kwise
from kwise import plots
from kwise.plots.palette import contrast
from kwise.selection import select_k
from plots.test_plots import DRAWN

X = np.repeat([[0.0, 0.0], [9.0, 9.0]], 20, axis=0) + np.random.default_rng(0).normal(size=(40, 2))
SELECTION = select_k(X, range(1, 4), random_state=0)
MORE = {
    "criterion": lambda ax: plots.plot_criterion(SELECTION, "inertia", ax=ax),
    "changes": lambda ax: plots.plot_changes(["a", "b"], [1, 0], [[0.5, 1.5], [-1, 1]], ax=ax),
    "flows": lambda ax: plots.plot_flows([[9, 1, 0], [0, 9, 1], [0, 0, 0]], ax=ax),
}

# Words that stand on the colors of clusters and cells, or have them.
ON_COLORS = ("profile", "confusion", "tree", "distances", "two distances", "parallel")


@pytest.mark.parametrize("sheet", ["dark_background", "fivethirtyeight", "default"])
@pytest.mark.parametrize("name", [*DRAWN, *MORE])
def test_words_can_be_read_in_every_style(name: str, sheet: str) -> None:
    with style.context(sheet):
        ax = Figure().add_subplot()
        (DRAWN | MORE)[name](ax)
        ax.figure.canvas.draw()
        behind = to_hex(mpl.rcParams["figure.facecolor"])
        on_axes = to_hex(mpl.rcParams["axes.facecolor"])

    assert to_hex(ax.get_facecolor()) == on_axes
    words = [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
    for text in words:
        assert not text.get_text() or contrast(to_hex(text.get_color()), behind) > 4.4
    on_paper = [text for text in ax.texts if text.get_bbox_patch() is None]
    if name not in ON_COLORS:
        for text in on_paper:
            assert contrast(to_hex(text.get_color()), on_axes) > 4.4, text.get_text()


@pytest.mark.parametrize("sheet", ["dark_background", "default"])
def test_cells_are_written_in_black_or_white_whichever_can_be_read(sheet: str) -> None:
    with style.context(sheet):
        ax = plots.plot_confusion([[9, 0], [2, 4]], ["a", "b"], [1, 2], ax=Figure().add_subplot())
    image = ax.images[0]
    cells = image.cmap(image.norm(image.get_array())).reshape(-1, 4)

    for text, cell in zip(ax.texts, cells, strict=True):
        assert contrast(to_hex(text.get_color()), to_hex(cell)) > 4.4


def test_settings_of_the_reader_win_over_ours() -> None:
    with mpl.rc_context({"axes.titlesize": 23, "axes.labelcolor": "red", "font.size": 20.0}):
        ax = plots.plot_sizes([0, 0, 1], title="sizes", ax=Figure().add_subplot())

    title = ax.get_title(loc="left")
    left: Text = ax._left_title  # type: ignore[attr-defined]
    assert (title, left.get_fontsize()) == ("sizes", 23)
    assert ax.xaxis.label.get_color() == "red"
    assert ax.xaxis.label.get_fontsize() == pytest.approx(21.0)


def test_the_page_is_the_same_in_every_style() -> None:
    plain = kwise.analyze(X, k=2).to_html()
    with style.context("dark_background"):
        dark = kwise.analyze(X, k=2).to_html()

    assert dark == plain
