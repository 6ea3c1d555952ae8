"""The iterations of one run: where the centers go, and how the inertia falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import with_own
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._given import drawn_points
from kwise.plots._roles import ink, paper
from kwise.plots.palette import cluster_color
from kwise.plots.scatter import plane_bounds, plot_plane

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from kwise.results import Floats, History

__all__ = ["nearest_centers", "plot_history"]


def plot_history(
    points: ArrayLike,
    history: History,
    *,
    iteration: int = -1,
    names: tuple[str, str] = ("", ""),
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw one iteration of a run in the plane, with the ways of the centers up to it.

    Parameters
    ----------
    points : array-like of shape (n_samples, 2)
        The rows that were fitted.
    history : History
        ``model.history_`` of a ``KMeans(keep_history=True)``.
    iteration : int, default=-1
        Which one: 0 is the start, -1 the last.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        As for matplotlib's ``scatter`` of the rows, such as ``s``, ``alpha`` or ``marker``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; its title has the inertia.

    Raises
    ------
    ValueError
        If the rows do not have two columns.

    See Also
    --------
    animate_iterations : All iterations, one after another.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.plots import plot_history
    >>> X = [[0.0, 0.0], [1.0, 0.0], [9.0, 9.0], [9.0, 8.0]]
    >>> model = KMeans(2, random_state=0, keep_history=True).fit(X)
    >>> plot_history(X, model.history_, iteration=-1).get_title(loc="left")
    'iteration 2, inertia 1'
    """
    xy = drawn_points(points)
    last = len(history.inertia) - 1
    at = range(last + 1)[iteration]
    centers = history.centers
    # The centers of this iteration give the colors.
    colors = [cluster_color(int(c)) for c in nearest_centers(xy, centers[at])]
    ax = plot_plane(plane_bounds(xy), names=names, ax=axes_or_new(ax))
    ours = {"s": 12, "c": colors, "alpha": 0.6, "linewidths": 0}
    ax.scatter(xy[:, 0], xy[:, 1], **with_own(ours, keywords))
    for c in range(centers.shape[1]):
        way = centers[: at + 1, c]
        ax.plot(way[:, 0], way[:, 1], "-", color=ink(), linewidth=1)
        ax.plot(*way[-1], "o", color=cluster_color(c), markeredgecolor=paper(), markersize=11)
    return dress(
        ax,
        title=f"iteration {at}, inertia {history.inertia[at]:.5g}",
        xlabel=names[0],
        ylabel=names[1],
    )


def nearest_centers(points: Floats, centers: Floats) -> NDArray[np.intp]:
    """Return the center nearest to each point, in whatever unit."""
    unit = float(np.abs(points).max(initial=0.0)) or 1.0
    squared = ((points[:, None, :] / unit - centers / unit) ** 2).sum(axis=2)
    nearest: NDArray[np.intp] = squared.argmin(axis=1)
    return nearest
