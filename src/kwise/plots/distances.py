"""How far clusters are from each other: a map of their centers, sized by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._axes import axes_or_new, dress
from kwise.plots.palette import LINE, cluster_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_distances"]


def plot_distances(
    centers: ArrayLike, sizes: ArrayLike, *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the centers in the plane that keeps their distances best.

    Classical scaling: the two axes with the largest share of the centers' own scatter, so that
    clusters that look near are near wherever two axes suffice.

    Parameters
    ----------
    centers : array-like of shape (n_clusters, n_features)
        Centers in the space that was clustered.
    sizes : array-like of shape (n_clusters,)
        Rows of each cluster; disks have areas in proportion.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; a unit is a unit of the prepared columns, the same on both.

    Examples
    --------
    >>> from kwise.plots import plot_distances
    >>> ax = plot_distances([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]], [20, 5])
    >>> ax.get_aspect()
    1.0
    """
    points = np.asarray(centers, dtype=np.float64)
    counts = np.asarray(sizes, dtype=np.float64)
    points = points - points.mean(axis=0)
    _, scales, axes = np.linalg.svd(points, full_matrices=False)
    place = np.zeros((len(points), 2))
    kept = min(2, len(scales))
    place[:, :kept] = points @ axes[:kept].T
    ax = axes_or_new(ax)
    total = float((scales**2).sum()) or 1.0
    share = float((scales[:2] ** 2).sum()) / total
    dress(ax, title=title, xlabel=f"{100 * share:.0f} % of the scatter between centers is shown")
    for a in range(len(place)):
        for b in range(a):
            ax.plot(*place[[a, b]].T, color=LINE, lw=0.8, zorder=1)
    areas = 200 + 2600 * counts / counts.max()
    for c, (x, y) in enumerate(place):
        ax.scatter([x], [y], s=areas[c], color=cluster_color(c), alpha=0.8, lw=0, zorder=2)
        ax.text(x, y, str(c + 1), color="white", fontweight="bold", ha="center", va="center")
    ax.margins(0.25)
    ax.set_aspect("equal", adjustable="datalim")
    return ax
