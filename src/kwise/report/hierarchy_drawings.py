"""Figures of hierarchy: the map of the centers, Ward's tree, the valleys of reachability."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._axes import dress, without_ticks
from kwise.plots.distances import draw_center_map, place_centers
from kwise.plots.hierarchy import cut_height, draw_joins
from kwise.plots.palette import INK, MUTED
from kwise.report.drawings import WIDTH
from kwise.report.svg import layer, new_figure, png, raster_mark, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from kwise.explain.hierarchy import Hierarchy
    from kwise.report.data import ReportData

__all__ = ["MOST_MAPPED", "draw_center_maps", "draw_tree_of_rows", "draw_valleys"]

# Centers that a map can tell apart.
MOST_MAPPED = 40
_FLATTEST = 0.9  # height of a map of centers against its width, at most
_BOX = (0.13, 0.24, 0.85, 0.72)  # of the curve: left, bottom, width, height
_STRIP = (0.13, 0.155, 0.85, 0.06)
_CUT = (0, (4, 3))
_CUT_AT = 3.0  # times the height that one row in twenty exceeds


def draw_center_maps(data: ReportData) -> tuple[str, dict[int, float]]:
    """Draw the centers of every candidate to fill the map; return the shares shown too."""
    placed = {
        k: place_centers(np.asarray(centers, dtype=np.float64))
        for k, centers in data.centers.items()
        if 1 < k <= MOST_MAPPED
    }
    # Each k has a scale of its own: one far cluster more would make dots of all the others.
    scaled = {k: _scaled(place, data.plane.centers[k]) for k, (place, _) in placed.items()}
    tall = max(float(np.abs(place[:, 1]).max()) for place in scaled.values())
    share = max(tall, 0.5)
    figure = new_figure(WIDTH, WIDTH * (share + 0.2) / 1.2)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_axis_off()
    ax.set_xlim(-1.2, 1.2)
    ax.set_ylim(-share - 0.2, share + 0.2)
    for k, place in scaled.items():
        sizes = np.bincount(data.labels[k], minlength=k).astype(np.float64)
        layer(ax, k, partial(draw_center_map, place, sizes, colors=data.colors(k), ax=ax))
    shares = {k: shown for k, (_, shown) in placed.items()}
    return to_svg(figure, name="distances", label="Map of the centers"), shares


def _scaled(place: NDArray[np.float64], like: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn a map of centers as the map of the rows lies, and let it fill a frame of 1 by 0.9."""
    wanted = (like - like.mean(axis=0)) / np.where(
        np.ptp(like, axis=0) > 0, np.ptp(like, axis=0), 1
    )
    left, _, right = np.linalg.svd(place.T @ wanted)
    turned: NDArray[np.float64] = place @ left @ right
    reach = float((np.abs(turned) / (1.0, _FLATTEST)).max()) or 1.0
    return turned / reach


def draw_tree_of_rows(data: ReportData, found: Hierarchy) -> str:
    """Draw Ward's tree, over a strip with the k-means cluster of every row."""
    figure, ax = _framed("distance at which groups join")
    leaves = draw_joins(found.tree, ax=ax)
    for k in data.labels:
        if 1 < k < len(found.rows):
            height = cut_height(found.tree, k)
            layer(ax, k, partial(ax.axhline, height, color=INK, lw=1.1, ls=_CUT))
    return _with_strip(figure, data, found.rows[leaves], "joins", "Tree of rows, joined by Ward")


def draw_valleys(data: ReportData, found: Hierarchy) -> str:
    """Draw the reachability of rows in the order of OPTICS, over the same strip."""
    figure, ax = _framed("reachability")
    heights = found.reachability[found.ordering]
    known = heights[np.isfinite(heights)]
    # A few rows far from all others would press the rest to the ground: their peaks are cut.
    usual = _CUT_AT * float(np.quantile(known, 0.95)) if len(known) else 0.0
    top = min(usual or np.inf, float(np.max(known, initial=0.0))) or 1.0
    heights = np.minimum(np.where(np.isfinite(heights), heights, np.inf), top)
    ax.fill_between(
        np.arange(len(heights) + 1), 0.0, [*heights, heights[-1]], color=MUTED, step="post", lw=0
    )
    ax.set_xlim(0, len(heights))
    ax.set_ylim(0, 1.04 * top)
    rows = found.rows[found.ordering]
    return _with_strip(figure, data, rows, "valleys", "Reachability of rows, in OPTICS' order")


def _framed(ylabel: str) -> tuple[Figure, Axes]:
    """Make the figure with the axes of the curve."""
    figure = new_figure(WIDTH, 3.0)
    ax = figure.add_axes(_BOX)
    dress(ax, ylabel=ylabel, grid="y")
    without_ticks(ax, side="bottom")
    return figure, ax


def _with_strip(
    figure: Figure, data: ReportData, rows: NDArray[np.int64], name: str, label: str
) -> str:
    """Put a strip of the rows' clusters under the curve, one for every candidate."""
    strip = figure.add_axes(_STRIP)
    dress(strip, xlabel="rows, colored by their k-means cluster")
    for side in ("left", "bottom"):
        without_ticks(strip, side=side)
    raster_mark(strip, 1)
    pictures: dict[int | None, str] = {}
    for k, labels in data.labels.items():
        colors = data.colors(k)
        table = np.full((min(k, 255), 4), 255, dtype=np.uint8)
        for c in range(len(table)):
            color = colors[c]
            table[c, :3] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        cells = np.repeat(labels[rows] % len(table), max(1, 1_000 // len(rows)))
        pictures[k] = png(cells.astype(np.uint8)[None, :], table)
    return to_svg(figure, name=name, label=label, rasters={1: pictures})
