"""Box plots of one variable per cluster, beside all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import add_polygons, axes_or_new, dress, name_y, without_ticks
from kwise.plots._given import coded_for, drawn_values
from kwise.plots._roles import ink, muted, paper
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["draw_boxes", "dress_boxes", "plot_boxes", "plot_violins"]

_BESIDE_NAMES = 34.0  # points that "all" and the numbers of clusters take

_WHISKERS_AND_BOX = (5, 25, 50, 75, 95)


def plot_boxes(
    values: ArrayLike,
    labels: ArrayLike,
    *,
    name: str = "",
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw the spread of one variable in each cluster, and in all rows.

    The box holds the middle half of the rows, its line is the median, the whiskers reach
    from the 5th to the 95th percentile.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        The variable in its own units; NaN where it is missing.
    labels : array-like of shape (n_samples,)
        Cluster of each row: from 0, shown as 1, 2, ... from the top, or labels of any other kind,
        shown as they are.
    name : str, default=""
        What the variable is, with its unit.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the boxes (matplotlib's ``PolyCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_boxes
    >>> ax = plot_boxes([1.0, 2.0, 8.0, 9.0], [0, 0, 1, 1], name="price (USD)")
    >>> ax.get_xlabel()
    'price (USD)'
    """
    numbers = drawn_values(values)
    groups, called = coded_for(numbers, labels, "values")
    ax = name_y(dress_boxes(axes_or_new(ax), name=name, title=title), "cluster", pad=_BESIDE_NAMES)
    restyled([draw_boxes(numbers, groups, names=called, ax=ax)], keywords)
    ax.autoscale(axis="x")
    return ax


def dress_boxes(ax: Axes, *, name: str, title: str = "") -> Axes:
    """Make axes ready for the boxes of one variable, in units of its own."""
    dress(ax, title=title, xlabel=name, grid="x")
    without_ticks(ax, side="left")
    ax.set_ylim(0.0, 1.0)
    return ax


def draw_boxes(
    numbers: NDArray[np.float64],
    groups: NDArray[np.integer],
    *,
    colors: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    ax: Axes,
) -> Artist:
    """Draw the boxes on axes that are dressed already, between heights 0 and 1."""
    from matplotlib.collections import LineCollection

    rows = _rows(numbers, groups, colors, names)
    thick = 0.62 / len(rows)
    boxes, filled, spans, middles = [], [], [], []
    for i, (label, color, members) in enumerate(rows):
        y = 1.0 - (i + 0.5) / len(rows)
        _row_label(ax, label, y)
        if not len(members):
            continue
        low, lower, middle, upper, high = np.percentile(members, _WHISKERS_AND_BOX)
        spans.append([(low, y), (high, y)])
        boxes.append(_rectangle(lower, upper, y, thick))
        middles.append([(middle, y - thick / 2), (middle, y + thick / 2)])
        filled.append(color)
    ax.add_collection(LineCollection(spans, colors=filled, linewidths=1.4, zorder=2))
    drawn = add_polygons(ax, boxes, filled, zorder=3)
    ax.add_collection(LineCollection(middles, colors=paper(), linewidths=2.2, zorder=4))
    return drawn


def plot_violins(
    values: ArrayLike,
    labels: ArrayLike,
    *,
    name: str = "",
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw the shape of one variable's distribution in each cluster, and in all rows.

    Shapes are smoothed histograms of 60 bins between the 1st and the 99th percentile of all
    rows, each as tall at its fullest as every other; the tick is the median.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        The variable in its own units; NaN where it is missing.
    labels : array-like of shape (n_samples,)
        Cluster of each row: from 0, shown as 1, 2, ... from the top, or labels of any other kind,
        shown as they are.
    name : str, default=""
        What the variable is, with its unit.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the shapes (matplotlib's ``PolyCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_violins
    >>> ax = plot_violins([1.0, 2.0, 8.0, 9.0], [0, 0, 1, 1], name="price (USD)")
    >>> ax.get_xlabel()
    'price (USD)'
    """
    numbers = drawn_values(values)
    groups, called = coded_for(numbers, labels, "values")
    ax = axes_or_new(ax)
    dress(ax, title=title, xlabel=name, grid="x")
    name_y(ax, "cluster", pad=_BESIDE_NAMES)
    without_ticks(ax, side="left")
    rows = _rows(numbers, groups, names=called)
    low, high = np.percentile(rows[0][2], (1, 99))
    edges = np.linspace(low, high if high > low else low + 1.0, 61)
    bell = np.exp(-0.5 * (np.arange(-6, 7) / 2.5) ** 2)
    for i, (label, color, members) in enumerate(rows):
        y = 1.0 - (i + 0.5) / len(rows)
        counts = np.convolve(np.histogram(members, edges)[0], bell, mode="same")
        half = 0.42 / len(rows) * counts / max(float(counts.max()), 1e-300)
        x = (edges[:-1] + edges[1:]) / 2
        shape = ax.fill_between(x, y - half, y + half, color=color, lw=0.6, alpha=0.85, zorder=2)
        restyled([shape], keywords)
        if len(members):
            middle, reach = float(np.median(members)), 0.3 / len(rows)
            ax.plot([middle, middle], [y - reach, y + reach], color=paper(), lw=2.0, zorder=3)
        _row_label(ax, label, y)
    ax.set_ylim(0.0, 1.0)
    return ax


def _rows(
    numbers: np.ndarray,
    groups: np.ndarray,
    colors: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
) -> list[tuple[str, str, np.ndarray]]:
    """List label, color and present values: all rows first, then each cluster."""
    present = np.isfinite(numbers)
    rows = [("all", muted(), numbers[present])]
    rows += [
        (
            names[c] if names else str(c + 1),
            colors[c] if colors else cluster_color(c),
            numbers[present & (groups == c)],
        )
        for c in range(int(groups.max()) + 1)
    ]
    return rows


def _rectangle(left: float, right: float, y: float, thick: float) -> NDArray[np.float64]:
    """Return the corners of a box that lies on its side."""
    low, high = y - thick / 2, y + thick / 2
    return np.array([[left, low], [right, low], [right, high], [left, high]])


def _row_label(ax: Axes, label: str, y: float) -> None:
    """Write a row's name left of the axes."""
    ax.text(
        -0.015, y, label, transform=ax.get_yaxis_transform(), color=ink(), fontsize=10.5,
        fontweight="bold", ha="right", va="center",
    )  # fmt: skip
