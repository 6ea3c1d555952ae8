"""Clusters in a plane: points as pixels, centers numbered, hulls drawn around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._axes import axes_or_new, dress
from kwise.plots._given import coded_for, drawn_points
from kwise.plots._roles import paper
from kwise.plots.markers import draw_marker_legend, draw_markers
from kwise.plots.palette import cluster_color, ink_on
from kwise.plots.raster import cloud, paint
from kwise.plots.spread import spread_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from kwise.results import Floats, Labels

__all__ = ["plane_bounds", "plot_centers", "plot_hulls", "plot_plane", "plot_scatter"]

# Clusters up to which numbers at centers have their full size.
_ROOMY = 12


def plot_scatter(
    points: ArrayLike,
    labels: ArrayLike,
    *,
    names: tuple[str, str] = ("", ""),
    centers: ArrayLike | None = None,
    colors: Sequence[str] | None = None,
    hulls: bool = False,
    equal: bool = False,
    truth: ArrayLike | None = None,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw clusters in a plane, for two rows or ten million.

    Parameters
    ----------
    points : array-like of shape (n_samples, 2)
        Coordinates, finite, in the units to be shown.
    labels : array-like of shape (n_samples,)
        Cluster of each point: from 0, shown as 1, 2, ..., or labels of any other kind, such as
        words, shown as they are.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    centers : array-like of shape (n_clusters, 2), optional
        Where to write the clusters' numbers; by default their means.
    colors : sequence of str, optional
        Color of each cluster; by default those of ``kwise.plots.palette``.
    hulls : bool, default=False
        Whether to draw the convex hull of each cluster.
    equal : bool, default=False
        Whether one unit is as long on both axes.
    truth : array-like of shape (n_samples,), optional
        Known labels of the rows: each has a shape of its own then, beside the color of its
        cluster, and a legend says both.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        As for matplotlib's ``scatter``, such as ``s``, ``alpha`` or ``marker``: every row is a
        marker of its own then, and no longer a part of one picture.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Notes
    -----
    Points are drawn as one picture of fixed size: where several meet, one of them, drawn at
    random, gives the color and their number the strength. Time is O(n_samples).

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.plots import plot_scatter
    >>> points = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0]])
    >>> ax = plot_scatter(points, [0, 0, 1], names=("width (cm)", "height (cm)"))
    >>> ax.get_xlabel()
    'width (cm)'
    """
    xy = drawn_points(points)
    groups, called = coded_for(xy, labels, "points")
    n_clusters = int(groups.max()) + 1 if len(groups) else 1
    ax = plot_plane(plane_bounds(xy), names=names, equal=equal, title=title, ax=ax)
    if truth is not None:
        kinds, known = coded_for(xy, truth, "points")
        draw_markers(xy, groups, kinds=kinds, colors=colors, keywords=keywords, ax=ax)
        draw_marker_legend(called, _as_given(truth, known), colors=colors, ax=ax)
    elif keywords:
        draw_markers(xy, groups, colors=colors, keywords=keywords, ax=ax)
    else:
        bounds = plane_bounds(xy)
        index, table = paint(cloud(xy, bounds), groups, n_clusters, colors=colors)
        aspect = ax.get_aspect()
        ax.imshow(table[index], extent=bounds, aspect=aspect, interpolation="none", zorder=1)
    if hulls:
        plot_hulls(xy, groups, colors=colors, ax=ax)
    if centers is None:
        at = np.array([xy[groups == c].mean(axis=0) for c in range(n_clusters)])
    else:
        at = np.asarray(centers, dtype=np.float64)
    return plot_centers(at, names=called, colors=colors, ax=ax)


def _as_given(truth: ArrayLike, names: list[str]) -> list[str]:
    """Return the names of known labels as they stand in the data: from 0, where they do."""
    given = np.asarray(truth)
    return [str(each) for each in np.unique(given)] if given.dtype.kind in "iu" else names


def plane_bounds(points: Floats) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of the points, with a margin of 4 %."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, np.maximum(np.abs(high), 1.0))
    low, high = low - 0.04 * span, high + 0.04 * span
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def plot_plane(
    bounds: tuple[float, float, float, float],
    *,
    names: tuple[str, str],
    equal: bool = False,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the empty plane that points will lie on."""
    ax = axes_or_new(ax)
    dress(ax, title=title, xlabel=names[0], ylabel=names[1], grid="both")
    ax.set_xlim(bounds[0], bounds[1])
    ax.set_ylim(bounds[2], bounds[3])
    if equal:
        ax.set_aspect("equal")
    return ax


def plot_hulls(
    points: Floats, labels: Labels, *, colors: Sequence[str] | None = None, ax: Axes
) -> Axes:
    """Draw the convex hull of each cluster that has an area."""
    from scipy.spatial import ConvexHull, QhullError

    for c in range(int(labels.max()) + 1):
        members = points[labels == c]
        if len(members) < 3:
            continue
        try:
            corners = members[ConvexHull(members).vertices]
        except QhullError:  # all on one line: there is nothing to go around
            continue
        edge = cluster_color(c) if colors is None else colors[c]
        ax.fill(*corners.T, facecolor="none", edgecolor=edge, lw=1.3, zorder=2)
    return ax


def plot_centers(
    centers: Floats,
    *,
    colors: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    ax: Axes,
) -> Axes:
    """Write the number of each cluster, from 1, or its name, at its center."""
    words = [str(c + 1) for c in range(len(centers))] if names is None else names
    at = np.asarray(centers, dtype=np.float64)
    letters = 10 if len(at) <= _ROOMY else 8
    radii = np.array([0.85 * letters + 1.5 * (len(word) - 1) for word in words])
    for c, (x, y) in enumerate(spread_on(ax, at, radii)):
        color = cluster_color(c) if colors is None else colors[c]
        shape = "circle,pad=0.28" if len(words[c]) < 3 else "round,pad=0.3,rounding_size=0.6"
        disk = {"boxstyle": shape, "fc": color, "ec": paper(), "lw": 1.4}
        ax.text(
            x, y, words[c], color=ink_on(color), fontsize=letters, fontweight="bold",
            ha="center", va="center", zorder=4, bbox=disk,
        )  # fmt: skip
    return ax
