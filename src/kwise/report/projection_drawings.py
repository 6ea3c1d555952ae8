"""Figures of rows in a plane: clusters, another method's groups, the way of the centers."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import shortened
from kwise.plots.animation import plot_paths
from kwise.plots.arrows import draw_arrows
from kwise.plots.hue import draw_scale, paint_values, value_range
from kwise.plots.map_frame import draw_outlines, draw_scale_bar, write_degrees
from kwise.plots.palette import cluster_color
from kwise.plots.raster import Cloud, cloud, paint
from kwise.plots.scatter import plane_bounds, plot_centers, plot_hulls, plot_plane
from kwise.report.drawings import WIDTH
from kwise.report.svg import layer, new_figure, pixels_of, planes_of, png, raster_mark, to_svg
from kwise.report.svg_tree import element

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kwise.explain.external_variables import Variable
    from kwise.explain.projection import Plane
    from kwise.report.data import ReportData
    from kwise.results import Floats

__all__ = [
    "MOST_OUTLINED",
    "draw_alternative",
    "draw_clusters",
    "draw_hue",
    "draw_pairs",
    "draw_way",
]

# Rows up to which hulls are drawn: of more they say little but where the outliers are.
MOST_OUTLINED = 50_000
_GREY = "#9aa1ac"
# Pixels across a plane of the k shown and of other candidates, across one of a pair of columns,
# and the number of candidates that may have pictures so fine: of more, all become coarser, so that
# a page stays below 3 MB.
_PIXELS, _OTHER_PIXELS, _PAIR_PIXELS, _FINE = 1200, 800, 460, 5
_MOST_LETTERS = 27  # of a name along a side of a pair
_SECONDS_AN_ITERATION, _MOST_FRAMES = 0.6, 24


def draw_clusters(data: ReportData, plane: Plane) -> str:
    """Draw the rows in a plane, the centers numbered, hulls around."""
    figure, ax, made = _framed(plane)
    height, width = made.owner.shape
    coarse = _coarse(plane, ax, height / width, _coarser(_OTHER_PIXELS, len(data.labels)))
    rasters: dict[int | None, str] = {}
    outlined = len(plane.points) <= MOST_OUTLINED and plane.kind != "one column"
    for k, labels in data.labels.items():
        colors = data.colors(k)
        fine = k == data.selection.shown
        rasters[k] = png(*paint(made if fine else coarse, labels, k, colors=colors))
        if k == 1:
            continue
        if outlined:
            layer(
                ax, k, partial(plot_hulls, plane.points, labels, colors=colors, ax=ax), kind="hull"
            )
        layer(ax, k, partial(plot_centers, plane.centers[k], colors=colors, ax=ax))
    if plane.kind == "components" and plane.projection is not None and len(data.features) > 1:
        discs = plane.centers[data.selection.shown]
        draws = partial(draw_arrows, plane.projection[0], data.features, ax=ax, discs=discs)
        layer(ax, None, draws, kind="arrow")
    if plane.kind == "map":
        layer(ax, None, partial(draw_outlines, ax), kind="outline")
        layer(ax, None, partial(draw_scale_bar, ax), kind="scale")
    return to_svg(
        figure,
        name="clusters",
        label="Map of the clusters",
        rasters={0: rasters},
        attributes=planes_of(figure, {"plane": ax}),
    )


def draw_alternative(data: ReportData, plane: Plane) -> str:
    """Draw the groups that another method finds; grey rows are noise to it."""
    other = data.selection.alternative
    assert other is not None
    n = other.n_clusters
    labels = np.where(other.labels >= 0, other.labels, n)
    figure, ax, made = _framed(plane)
    colors = [*(cluster_color(place) for place in data.lineage.alternative), _GREY]
    picture = png(*paint(made, labels.astype(np.int32), n + 1, colors=colors))
    middle = [plane.points[labels == c].mean(axis=0) for c in range(n)]
    plot_centers(np.array(middle).reshape(-1, 2), colors=colors, ax=ax)
    label = f"The groups that {other.label} finds"
    return to_svg(
        figure,
        name="alternative",
        label=label,
        rasters={0: {None: picture}},
        attributes=planes_of(figure, {"plane": ax}),
    )


def draw_hue(plane: Plane, variable: Variable, name: str) -> str:
    """Draw the rows in the plane, in the color of an outside variable's values."""
    bounds, height = _frame(plane)
    height = 0.65 + (height - 0.65) * 0.7 / 0.86  # the scale takes a part of the width
    figure = new_figure(WIDTH, height)
    box = (0.13, 0.55 / height, 0.7, 1 - 0.65 / height)
    ax = figure.add_axes(box)
    plot_plane(bounds, names=plane.names, ax=ax)
    raster_mark(ax)
    numbers = np.asarray(variable.values, dtype=np.float64)
    low, high = value_range(numbers)
    draw_scale(figure.add_axes((0.85, box[1], 0.03, box[3])), low, high, variable.name)
    wide = round(_PIXELS * 0.7 / 0.86)
    tall = max(240, round(wide * (height - 0.65) / (0.7 * WIDTH)))
    made = cloud(plane.points, bounds, (wide, tall))
    picture = png(*paint_values(made, numbers, low, high))
    label = f"{variable.name} of every row"
    return to_svg(
        figure,
        name=name,
        label=label,
        rasters={0: {None: picture}},
        attributes=planes_of(figure, {"plane": ax}),
    )


def draw_way(data: ReportData, plane: Plane) -> str | None:
    """Draw the way of the centers in the best recorded run, with dots that walk it."""
    if plane.projection is None or not data.histories:
        return None
    matrix, offset = plane.projection
    paths = np.asarray(data.histories[0].centers, dtype=np.float64) @ matrix + offset
    figure, ax, made = _framed(plane)
    grey = png(*paint(made, np.zeros(len(plane.points), dtype=np.int32), 1, colors=[_GREY]))
    colors = [cluster_color(place) for place in data.lineage.recorded]
    plot_paths(paths, colors=colors, ax=ax)
    walking = _walking(pixels_of(figure, ax, paths), colors)
    label = "The way of the centers from their start to their end"
    return to_svg(
        figure,
        name="way",
        label=label,
        rasters={0: {None: grey}},
        extra=[walking],
        attributes=planes_of(figure, {"plane": ax}),
    )


def draw_pairs(data: ReportData) -> str:
    """Draw the rows in the planes of pairs of the most telling columns, in their own units."""
    values, columns = data.paired, data.profile.columns
    present = ~np.isnan(values).any(axis=1)
    pairs = [(i, j) for j in range(1, values.shape[1]) for i in range(j)]
    figure = new_figure(9.0, 3.1)
    rasters: dict[int, dict[int | None, str]] = {}
    wide = _coarser(_PAIR_PIXELS, len(data.labels))
    panels: dict[str, Axes] = {}
    for place, (i, j) in enumerate(pairs):
        points = np.asarray(values[present][:, [i, j]], dtype=np.float64)
        bounds = plane_bounds(points)
        ax = figure.add_axes((place / 3 + 0.074, 0.19, 0.25, 0.78))
        names = (
            shortened(data.columns[columns[i]], _MOST_LETTERS),
            shortened(data.columns[columns[j]], _MOST_LETTERS),
        )
        plot_plane(bounds, names=names, ax=ax)
        raster_mark(ax, place)
        panels[f"{i},{j}"] = ax
        made = cloud(points, bounds, (wide, wide))
        rasters[place] = {
            k: png(*paint(made, labels[present], k, colors=data.colors(k)))
            for k, labels in data.labels.items()
        }
    return to_svg(
        figure,
        name="pairs",
        label="Clusters by pairs of columns",
        rasters=rasters,
        attributes=planes_of(figure, panels),
    )


def _coarser(pixels: int, n_pictures: int) -> int:
    """Return the pixels across each of so many pictures."""
    return round(pixels * math.sqrt(min(1.0, _FINE / max(n_pictures, 1))))


def _coarse(plane: Plane, ax: Axes, tallness: float, wide: int) -> Cloud:
    """Return the cloud in fewer pixels, for the candidates that are looked at later."""
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    return cloud(plane.points, (left, right, bottom, top), (wide, round(wide * tallness)))


def _framed(plane: Plane) -> tuple[Figure, Axes, Cloud]:
    """Make the figure of a plane, ready for its picture, and the cloud of its points."""
    bounds, height = _frame(plane)
    figure = new_figure(WIDTH, height)
    ax = figure.add_axes((0.13, 0.55 / height, 0.86, 1 - 0.65 / height))
    plot_plane(bounds, names=plane.names, ax=ax)
    if plane.kind == "map":
        write_degrees(ax)
    if plane.kind == "one column":
        ax.set_yticks([])
    raster_mark(ax)
    tall = max(240, round(_PIXELS * (height - 0.65) / (0.86 * WIDTH)))
    return figure, ax, cloud(plane.points, bounds, (_PIXELS, tall))


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
    return (left, right, bottom, top), 0.86 * WIDTH * shown + 0.65


def _walking(paths: Floats, colors: Sequence[str]) -> Element:
    """Return dots that walk the paths again and again, by SVG's own animation."""
    steps = np.unique(np.linspace(0, len(paths) - 1, _MOST_FRAMES).round().astype(int))
    held = [*steps, *[steps[-1]] * 3]  # stay a while where the run ended
    seconds = _SECONDS_AN_ITERATION * (len(held) - 1)
    group = element("g", {"class": "walking"})
    for c, color in enumerate(colors):
        x, y = paths[-1, c]
        place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "7", "fill": color}
        dot = element("circle", place | {"stroke": "var(--surface)", "stroke-width": "1.8"})
        for axis, name in enumerate(("cx", "cy")):
            moves = ";".join(f"{paths[step, c, axis]:.1f}" for step in held)
            told = {"attributeName": name, "dur": f"{seconds:.1f}s", "repeatCount": "indefinite"}
            dot.append(element("animate", told | {"values": moves}))
        group.append(dot)
    return group
