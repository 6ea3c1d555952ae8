"""Figures: drawn on the axes given, with titles and units, from what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from kwise import plots, select_k

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kwise.results import Selection

LABELS = np.repeat([0, 1, 2], [20, 15, 5])
VALUES = np.linspace(-0.2, 0.9, 40)
POINTS = np.column_stack([VALUES, LABELS + VALUES**2])


@pytest.fixture
def ax() -> Axes:
    return Figure().add_subplot()


@pytest.fixture(scope="module")
def selection() -> Selection:
    return select_k(POINTS, range(1, 5), random_state=0)


DRAWN = {
    "scatter": lambda ax: plots.plot_scatter(POINTS, LABELS, names=("u", "v"), ax=ax),
    "hulls": lambda ax: plots.plot_scatter(POINTS, LABELS, hulls=True, equal=True, ax=ax),
    "silhouette": lambda ax: plots.plot_silhouette(VALUES, LABELS, ax=ax),
    "boxes": lambda ax: plots.plot_boxes(VALUES, LABELS, name="price", ax=ax),
    "violins": lambda ax: plots.plot_violins(VALUES, LABELS, name="price", ax=ax),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_on_the_axes_given_and_changes_no_style(name: str, ax: Axes) -> None:
    before = dict(mpl.rcParams)

    drawn = DRAWN[name](ax)
    ax.figure.canvas.draw()

    assert drawn is ax
    assert dict(mpl.rcParams) == before
    assert ax.get_children()


def test_names_with_dollar_signs_are_no_formulas(ax: Axes) -> None:
    plots.plot_scatter(POINTS, LABELS, names=("$x_{$", "a$b"), ax=ax)

    ax.figure.canvas.draw()

    assert ax.get_xlabel() == "$x_{$"


def test_clusters_are_written_from_one(ax: Axes) -> None:
    plots.plot_scatter(POINTS, LABELS, ax=ax)

    assert sorted(text.get_text() for text in ax.texts) == ["1", "2", "3"]


def test_blades_are_as_high_as_their_clusters_are_large(ax: Axes) -> None:
    plots.plot_silhouette(VALUES, LABELS, ax=ax)

    heights = [np.ptp(blade.vertices[:, 1]) for blade in ax.collections[0].get_paths()]
    assert heights[0] / heights[2] == pytest.approx(4.0, rel=0.01)


def test_boxes_leave_missing_values_out(ax: Axes) -> None:
    values = VALUES.copy()
    values[LABELS == 1] = np.nan

    plots.plot_boxes(values, LABELS, ax=ax)

    whiskers, boxes, medians = (len(each.get_paths()) for each in ax.collections)
    assert whiskers == boxes == medians == 3  # all, cluster 1 and cluster 3


def test_a_criterion_marks_its_choice(selection: Selection, ax: Axes) -> None:
    plots.plot_criterion(selection, "silhouette", ax=ax)

    rings = ax.collections[-1].get_offsets()
    assert rings[0][0] == selection.choices["silhouette"].k


def test_an_unknown_criterion_is_refused_with_the_known_ones(
    selection: Selection, ax: Axes
) -> None:
    with pytest.raises(ValueError, match="silhouette"):
        plots.plot_criterion(selection, "magic", ax=ax)
