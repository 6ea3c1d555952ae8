"""How far clusters are from each other: a map of their centers, sized by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import line
from kwise.plots.palette import cluster_color, ink_on
from kwise.plots.spread import spread_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["draw_center_map", "place_centers", "plot_distances"]

# Square points of the smallest disk, and clusters up to which the largest keeps its size.
_SMALLEST, _ROOMY = 180.0, 6


def plot_distances(
    centers: ArrayLike,
    sizes: ArrayLike,
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
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
    **keywords : object
        Properties of the disks (matplotlib's ``PathCollection``), such as ``alpha``.

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
    place, share = place_centers(np.asarray(centers, dtype=np.float64))
    ax = axes_or_new(ax)
    dress(ax, title=title, xlabel=f"{100 * share:.0f} % of the scatter between centers is shown")
    reach = 1.25 * float(np.abs(place).max()) or 1.0
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_aspect("equal", adjustable="datalim")
    disks = draw_center_map(place, np.asarray(sizes, dtype=np.float64), ax=ax)
    restyled([disks], keywords)
    return ax


def place_centers(centers: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return where the centers lie in their best plane, shape (k, 2), and the share shown.

    Each axis is turned so that its farthest center has a positive place: the same map for
    the same centers.
    """
    points = centers - centers.mean(axis=0)
    _, scales, axes = np.linalg.svd(points, full_matrices=False)
    place = np.zeros((len(points), 2))
    kept = min(2, len(scales))
    place[:, :kept] = points @ axes[:kept].T
    farthest = place[np.abs(place).argmax(axis=0), [0, 1]]
    place *= np.where(farthest < 0, -1.0, 1.0)
    total = float((scales**2).sum()) or 1.0
    return place, float((scales[:2] ** 2).sum()) / total


def draw_center_map(
    place: NDArray[np.float64],
    sizes: NDArray[np.float64],
    *,
    colors: Sequence[str] | None = None,
    ax: Axes,
    largest: float = 1800.0,
) -> Artist:
    """Draw disks with areas by ``sizes``, the largest of so many square points, and their links."""
    from matplotlib.collections import LineCollection

    pairs = [place[[a, b]] for a in range(len(place)) for b in range(a)]
    ax.add_collection(LineCollection(pairs, colors=line(), linewidths=0.8, zorder=1))
    known = [cluster_color(c) for c in range(len(place))] if colors is None else colors
    room = min(1.0, _ROOMY / len(place))  # many disks are smaller, so that they find a place
    radii = np.sqrt((_SMALLEST + room * largest * sizes / sizes.max()) / np.pi)
    at = spread_on(ax, place, radii)
    order = np.argsort(-radii, kind="stable")  # should disks meet, the small lie above the large
    disks = ax.scatter(
        at[order, 0], at[order, 1], s=np.pi * radii[order] ** 2, c=[known[c] for c in order],
        lw=0, zorder=4, clip_on=False,
    )  # fmt: skip
    letters = 10 if room == 1.0 else 8
    for c, (x, y) in enumerate(at):
        ax.text(
            x, y, str(c + 1), color=ink_on(known[c]), fontsize=letters, fontweight="bold",
            ha="center", va="center", zorder=5,
        )  # fmt: skip
    return disks
