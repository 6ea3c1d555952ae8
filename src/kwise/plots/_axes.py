"""Axes to draw on, and their plain dress: no box, quiet lines, readable text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kwise._formatting import shortened
from kwise._optional import require
from kwise.plots._roles import edge, ink, line, muted, points, styled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def axes_or_new(ax: Axes | None, size: tuple[float, float] = (6.4, 4.2)) -> Axes:
    """Return the caller's axes, or new ones of ``size`` inches that a notebook shows."""
    if ax is not None:
        return ax
    # Only here: it costs time that a page need not pay.
    pyplot = require("matplotlib.pyplot", extra="report")
    _, made = pyplot.subplots(figsize=size, layout="constrained")
    axes: Axes = made
    return axes


def dress(ax: Axes, *, title: str = "", xlabel: str = "", ylabel: str = "", grid: str = "") -> Axes:
    """Set the words of ``ax`` and its quiet look; ``grid`` is "", "x", "y" or "both"."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(edge())
    ax.tick_params(
        colors=muted(), labelsize=styled("xtick.labelsize", points(10)), length=3, width=0.8
    )
    ax.set_axisbelow(True)
    ax.xaxis.set_major_formatter(compact)
    ax.yaxis.set_major_formatter(compact)
    if grid:
        ax.grid(visible=True, axis=grid, color=line(), linewidth=styled("grid.linewidth", 0.6))  # type: ignore[arg-type]
    # Names come from data: a dollar sign in them is no formula. A title with a place of its own
    # spares matplotlib a tenth of its time, which it takes to look for ticks in the title's way.
    title_look = {
        "color": _color_of("axes.titlecolor"),
        "fontsize": styled("axes.titlesize", points(11.5)),
        "fontweight": styled("axes.titleweight", "bold"),
    }
    where = styled("axes.titlelocation", "left")
    ax.set_title(title, loc=where, y=1.0, parse_math=False, **title_look)
    ax.set_xlabel(shortened(xlabel), parse_math=False, **_label_look())
    return name_y(ax, ylabel)


def name_y(ax: Axes, words: str, *, pad: float = 4.0) -> Axes:
    """Write what the y axis is, so many points from it."""
    ax.set_ylabel(shortened(words), parse_math=False, labelpad=pad, **_label_look())
    return ax


def _label_look() -> dict[str, Any]:
    """Return color and size of what stands along an axis."""
    return {
        "color": _color_of("axes.labelcolor"),
        "fontsize": styled("axes.labelsize", points(10.5)),
    }


def _color_of(key: str) -> Any:
    """Return the color of a kind of words: the style's for them, or that of all words."""
    color = styled(key, "auto")
    return ink() if color == "auto" else color


def compact(value: float, _: object = None) -> str:
    """Write a tick's number in few letters: 400k, 2.2M, 0.05."""
    size = abs(value)
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if size >= unit:
            step = 1e3 if letter == "k" else unit
            return f"{value / step:z.4g}{letter}".replace("-", "−")
    return f"{value:z.6g}".replace("-", "−")


def add_polygons(
    ax: Axes,
    outlines: Sequence[NDArray[np.float64]],
    colors: Sequence[str],
    *,
    alpha: float | None = None,
    zorder: float = 2,
) -> Artist:
    """Draw many filled outlines, each of shape (n_corners, 2), as one quick artist."""
    from matplotlib.collections import PolyCollection

    drawn = PolyCollection(
        list(outlines), facecolors=list(colors), lw=0, alpha=alpha, zorder=zorder
    )
    ax.add_collection(drawn, autolim=True)
    return drawn


def without_ticks(ax: Axes, *, side: str) -> None:
    """Hide the ticks and the line of one side, "left" or "bottom"."""
    ax.spines[side].set_visible(False)
    if side == "left":
        ax.set_yticks([])
    else:
        ax.set_xticks([])
