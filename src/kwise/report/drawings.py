"""The page's figures, drawn by ``kwise.plots`` with a layer for every candidate k."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.plots.boxes import plot_boxes
from kwise.plots.criterion import plot_criterion
from kwise.plots.raster import cloud, paint
from kwise.plots.scatter import plane_bounds, plot_centers, plot_plane
from kwise.plots.silhouette import plot_silhouette
from kwise.report.svg import RASTER, layer, new_figure, png, to_svg

if TYPE_CHECKING:
    from matplotlib.patches import Patch

    from kwise.report.plane import Plane
    from kwise.report.study import Study, Variable

__all__ = ["draw_boxes", "draw_clusters", "draw_criteria", "draw_silhouettes"]

_WIDTH = 5.6  # inches: type stays readable from a phone to a wide screen


def draw_clusters(study: Study, plane: Plane) -> str:
    """Draw the rows in a plane, the centers numbered, hulls around."""
    bounds, height = _frame(plane)
    figure = new_figure(_WIDTH, height)
    ax = figure.add_axes((0.13, 0.55 / height, 0.86, 1 - 0.65 / height))
    plot_plane(bounds, names=plane.names, ax=ax)
    if plane.kind == "one column":
        ax.set_yticks([])
    ax.add_patch(_raster_mark(bounds))
    size = (1200, max(240, round(1200 * (height - 0.65) / (0.86 * _WIDTH))))
    made = cloud(plane.points, bounds, size)
    rasters = {}
    for k, labels in study.labels.items():
        rasters[k] = png(*paint(made, labels, k))
        if k > 1:
            layer(ax, k, lambda k=k: plot_centers(plane.centers[k], ax=ax))  # type: ignore[misc]
    return to_svg(figure, name="clusters", label="Map of the clusters", rasters=rasters)


def draw_silhouettes(study: Study) -> str:
    """Draw the blades of every candidate."""
    figure = new_figure(_WIDTH, 3.8)
    ax = figure.add_axes((0.05, 0.14, 0.93, 0.78))
    for k, values in study.silhouettes.items():
        labels = study.labels[k][study.scored_rows]
        layer(ax, k, lambda v=values, g=labels: plot_silhouette(v, g, ax=ax))  # type: ignore[misc]
    low = min(float(values.min()) for values in study.silhouettes.values())
    ax.set_xlim(min(0.0, low) - 0.07, 1.0)
    return to_svg(figure, name="silhouettes", label="Silhouette of every row, by cluster")


def draw_boxes(study: Study, variable: Variable, name: str) -> str:
    """Draw an outside variable's boxes for every candidate."""
    values = np.asarray(variable.values, dtype=np.float64)
    n_rows = max(min(max(study.labels), 14) + 1, 4)
    height = 0.7 + 0.27 * n_rows
    figure = new_figure(_WIDTH, height)
    ax = figure.add_axes((0.06, 0.6 / height, 0.91, 1 - 0.7 / height))
    for k, labels in study.labels.items():
        layer(ax, k, lambda g=labels: plot_boxes(values, g, name=variable.name, ax=ax))  # type: ignore[misc]
    return to_svg(figure, name=name, label=f"Box plots of {variable.name} by cluster")


def draw_criteria(study: Study) -> str:
    """Draw every criterion's curve, side by side."""
    names = [
        name
        for name, scores in study.selection.sweep.scores.items()
        if np.isfinite([score.value for score in scores]).sum() > 1
    ]
    n_columns = len(names) if len(names) < 4 else 4 if len(names) in (4, 7, 8) else 3
    n_rows = -(-len(names) // n_columns)
    figure = new_figure(9.0, (2.1 if n_columns == 4 else 2.4) * n_rows)
    for i, name in enumerate(names):
        row, column = divmod(i, n_columns)
        width, height = 1 / n_columns, 1 / n_rows
        left, bottom = column * width, 1 - (row + 1) * height
        ax = figure.add_axes(
            (left + 0.22 * width, bottom + 0.2 * height, 0.74 * width, 0.66 * height)
        )
        plot_criterion(study.selection, name, ax=ax)
    return to_svg(figure, name="criteria", label="Scores over the number of clusters")


def _frame(plane: Plane) -> tuple[tuple[float, float, float, float], float]:
    """Return the bounds to be drawn and the figure's height, units equal where they should be."""
    left, right, bottom, top = bounds = plane_bounds(plane.points)
    if plane.kind == "one column":
        return bounds, 2.4
    if not plane.equal:
        return bounds, 4.3
    stretch = 1.0
    if plane.kind == "map":  # a degree of longitude is shorter than one of latitude
        stretch = 1 / max(0.2, float(np.cos(np.radians(np.clip((top + bottom) / 2, -85, 85)))))
    wanted = (top - bottom) * stretch / (right - left)
    shown = float(np.clip(wanted, 0.45, 1.1))
    if wanted < shown:  # flat: more room above and below
        more = (shown / wanted - 1) * (top - bottom) / 2
        bottom, top = bottom - more, top + more
    else:  # tall: more room left and right
        more = (wanted / shown - 1) * (right - left) / 2
        left, right = left - more, right + more
    return (left, right, bottom, top), 0.86 * _WIDTH * shown + 0.65


def _raster_mark(bounds: tuple[float, float, float, float]) -> Patch:
    """Return an empty patch that marks where the picture of the points goes."""
    from matplotlib.patches import Rectangle

    left, right, bottom, top = bounds
    mark = Rectangle((left, bottom), right - left, top - bottom, fc="none", lw=0, zorder=1)
    mark.set_gid(RASTER)
    return mark
