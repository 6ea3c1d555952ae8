"""Rows in a plane, as on a map, in the color of a value of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise._inputs import check_lengths
from kwise._optional import require
from kwise.plots._artists import restyled
from kwise.plots._axes import compact
from kwise.plots._given import drawn_points, drawn_values
from kwise.plots._roles import edge, ink, muted
from kwise.plots.raster import Cloud, cloud
from kwise.plots.scatter import plane_bounds, plot_plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from kwise.results import Floats

__all__ = ["draw_scale", "paint_values", "plot_hue", "value_range"]

# Even in lightness, so that it reads in grey and to color-blind eyes.
_COLORS, _STEPS = "viridis", 64
_MISSING = (154, 161, 172, 255)


def plot_hue(
    points: ArrayLike,
    values: ArrayLike,
    *,
    names: tuple[str, str] = ("", ""),
    name: str = "",
    equal: bool = False,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw rows in a plane, each in the color of its value: prices on a map, say.

    Parameters
    ----------
    points : array-like of shape (n_samples, 2)
        Coordinates, finite, in the units to be shown.
    values : array-like of shape (n_samples,)
        A number for each row; NaN where it is missing, drawn in grey. Colors run from the
        2nd to the 98th percentile, so that a few extremes do not take them all.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    name : str, default=""
        What the values are, with their unit.
    equal : bool, default=False
        Whether one unit is as long on both axes.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the picture of the rows (matplotlib's ``AxesImage``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; a bar of colors stands at its right.

    See Also
    --------
    plot_scatter : The same plane, in the colors of clusters.

    Notes
    -----
    Where rows meet, one of them, drawn at random, gives the color. Time is O(n_samples).

    Examples
    --------
    >>> from kwise.plots import plot_hue
    >>> ax = plot_hue([[0.0, 0.0], [1.0, 2.0]], [10.0, 20.0], name="price (USD)")
    >>> ax.child_axes[0].get_ylabel()
    'price (USD)'
    """
    xy, numbers = drawn_points(points), drawn_values(values)
    check_lengths(xy, numbers, name="values", beside="points")
    bounds = plane_bounds(xy)
    ax = plot_plane(bounds, names=names, equal=equal, title=title, ax=ax)
    low, high = value_range(numbers)
    index, table = paint_values(cloud(xy, bounds), numbers, low, high)
    aspect = ax.get_aspect()
    picture = ax.imshow(table[index], extent=bounds, aspect=aspect, interpolation="none", zorder=1)
    restyled([picture], keywords)
    draw_scale(ax.inset_axes((1.03, 0.0, 0.035, 1.0)), low, high, name)
    return ax


def value_range(values: Floats) -> tuple[float, float]:
    """Return the 2nd and the 98th percentile of the finite values, never the same."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = map(float, np.percentile(known, (2, 98)))
    if high <= low:
        low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def paint_values(
    made: Cloud, values: Floats, low: float, high: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Color a cloud by values: the index of each pixel's color, and the colors; 0 is clear."""
    colormaps = require("matplotlib", extra="report").colormaps
    table = np.zeros((_STEPS + 2, 4), dtype=np.uint8)
    table[1:-1] = np.round(255 * colormaps[_COLORS](np.linspace(0.0, 0.97, _STEPS)))
    table[-1] = _MISSING
    seen = made.owner >= 0
    shown = values[made.owner[seen]]
    known = np.isfinite(shown)
    place = np.clip((np.where(known, shown, low) - low) / (high - low), 0.0, 1.0)
    steps = 1 + np.round(place * (_STEPS - 1)).astype(np.uint8)
    index = np.zeros(made.owner.shape, dtype=np.uint8)
    index[seen] = np.where(known, steps, _STEPS + 1)
    return index, table


def draw_scale(ax: Axes, low: float, high: float, name: str) -> None:
    """Draw the bar of colors with its ticks at the right."""
    colormaps = require("matplotlib", extra="report").colormaps
    colors = colormaps[_COLORS](np.linspace(0.0, 0.97, _STEPS))
    ax.imshow(
        colors[:, None, :], extent=(0.0, 1.0, low, high), aspect="auto", origin="lower",
        interpolation="none",
    )  # fmt: skip
    ax.set_xticks([])
    ax.yaxis.tick_right()
    ax.yaxis.set_label_position("right")
    ax.yaxis.set_major_formatter(compact)
    ax.tick_params(colors=muted(), labelsize=10, length=3, width=0.8)
    ax.set_ylabel(shortened(name, 40), color=ink(), fontsize=10.5, parse_math=False)
    for spine in ax.spines.values():
        spine.set_color(edge())
