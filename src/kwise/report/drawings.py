"""The page's figures, drawn by ``kwise.plots`` with a layer for every candidate k."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kwise.plots.boxes import draw_boxes, dress_boxes
from kwise.plots.components import plot_components
from kwise.plots.convergence import plot_convergence
from kwise.plots.criterion import plot_criterion
from kwise.plots.silhouette import draw_bars, dress_silhouette
from kwise.plots.tree import plot_tree
from kwise.plots.variance import plot_variance
from kwise.report.svg import layer, new_figure, to_svg

if TYPE_CHECKING:
    from kwise.explain.external_variables import Variable
    from kwise.report.data import ReportData

__all__ = [
    "WIDTH",
    "draw_components",
    "draw_convergence",
    "draw_criteria",
    "draw_outside",
    "draw_silhouettes",
    "draw_tree",
    "draw_variance",
]

WIDTH = 5.6  # inches: type stays readable from a phone to a wide screen


def draw_silhouettes(data: ReportData) -> str:
    """Draw the silhouette bars of every candidate."""
    figure = new_figure(WIDTH, 3.8)
    ax = figure.add_axes((0.05, 0.14, 0.93, 0.78))
    dress_silhouette(ax)
    for k, values in data.silhouettes.items():
        labels = data.labels[k][data.scored_rows]
        draw = partial(
            draw_bars, values, labels, colors=data.colors(k), mean=data.mean_silhouette(k), ax=ax
        )
        layer(ax, k, draw)
    low = min(float(values.min()) for values in data.silhouettes.values())
    ax.set_xlim(min(0.0, low) - 0.07, 1.0)
    return to_svg(figure, name="silhouettes", label=f"Silhouettes of {_whose(data)}, by cluster")


def _whose(data: ReportData) -> str:
    """Say which rows silhouettes are of."""
    return f"{len(data.scored_rows):,} rows drawn at random" if data.scored_words() else "all rows"


def draw_outside(data: ReportData, variable: Variable, name: str) -> str:
    """Draw an outside variable's boxes for every candidate."""
    values = np.asarray(variable.values, dtype=np.float64)
    n_rows = max(min(max(data.labels), 14) + 1, 4)
    height = 0.7 + 0.27 * n_rows
    figure = new_figure(WIDTH, height)
    ax = figure.add_axes((0.06, 0.6 / height, 0.91, 1 - 0.7 / height))
    dress_boxes(ax, name=variable.name)
    for k, labels in data.labels.items():
        layer(ax, k, partial(draw_boxes, values, labels, colors=data.colors(k), ax=ax))
    ax.autoscale(axis="x")
    return to_svg(figure, name=name, label=f"Box plots of {variable.name} by cluster")


# Drawn first where a choice has them; the table under the figure holds every criterion.
_DRAWN = ("silhouette", "gap", "inertia", "stability", "prediction_strength", "separation")


def drawn_criteria(data: ReportData) -> list[str]:
    """Choose at most six criteria to draw: those best known, then any others."""
    scores = data.selection.sweep.scores
    usable = [name for name in scores if np.isfinite([s.value for s in scores[name]]).sum() > 1]
    first = [name for name in _DRAWN if name in usable]
    return [*first, *(name for name in usable if name not in first)][:6]


def draw_criteria(data: ReportData) -> str:
    """Draw the curves of some criteria, side by side."""
    names = drawn_criteria(data)
    n_columns = 2 if len(names) == 4 else min(3, len(names))
    n_rows = -(-len(names) // n_columns)
    figure = new_figure(9.0, 2.4 * n_rows)
    for i, name in enumerate(names):
        row, column = divmod(i, n_columns)
        width, height = 1 / n_columns, 1 / n_rows
        left, bottom = column * width, 1 - (row + 1) * height
        ax = figure.add_axes(
            (left + 0.2 * width, bottom + 0.2 * height, 0.76 * width, 0.66 * height)
        )
        plot_criterion(data.selection, name, ax=ax).set_ylabel("")  # the title says it
    return to_svg(figure, name="criteria", label="Scores over the number of clusters")


def draw_tree(data: ReportData) -> str:
    """Draw how clusters split as k grows."""
    figure = new_figure(9.0, 4.2)
    ax = figure.add_axes((0.01, 0.13, 0.98, 0.86))
    shades = {k: data.colors(k) for k in data.labels}
    plot_tree(data.labels, colors=shades, ax=ax).set_ylabel("")  # the caption says it
    return to_svg(figure, name="tree", label="How the clusters split as k grows")


def draw_variance(shares: tuple[float, ...]) -> str:
    """Draw the share of the variance of each principal component, and their sum."""
    figure = new_figure(WIDTH, 2.5)
    ax = figure.add_axes((0.12, 0.22, 0.86, 0.74))
    plot_variance(shares, ax=ax)
    return to_svg(figure, name="variance", label="Share of the variance of each component")


def draw_components(data: ReportData) -> str:
    """Draw silhouette and agreement over the number of components."""
    figure = new_figure(WIDTH, 3.2)
    ax = figure.add_axes((0.08, 0.16, 0.89, 0.78))
    assert data.components is not None
    plot_components(data.components, ax=ax)
    return to_svg(figure, name="components", label="Silhouettes over the number of components")


def draw_convergence(data: ReportData) -> str:
    """Draw the recorded runs over their iterations."""
    figure = new_figure(WIDTH, 2.7)
    ax = figure.add_axes((0.12, 0.2, 0.86, 0.76))
    plot_convergence(data.histories, ax=ax)
    return to_svg(figure, name="convergence", label="Inertia of several runs by iteration")
