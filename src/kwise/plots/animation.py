"""The iterations of one run as a moving picture: centers walk to where they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._optional import require
from kwise.plots.palette import PAPER, cluster_color
from kwise.plots.raster import cloud, paint
from kwise.plots.scatter import plane_bounds, plot_plane

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from kwise.results import Floats, History

__all__ = ["animate_iterations", "plot_paths"]


def animate_iterations(
    X: ArrayLike, history: History, *, names: tuple[str, str] = ("", ""), seconds: float = 0.7
) -> FuncAnimation:
    """Make an animation of a run: rows in their clusters' colors, centers on their way.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The rows that were clustered.
    history : History
        From ``KMeans(keep_history=True).fit(X).history_``.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    seconds : float, default=0.7
        Time that each iteration is shown.

    Returns
    -------
    matplotlib FuncAnimation
        ``.save("run.gif", writer="pillow")`` writes it.

    Raises
    ------
    ValueError
        If X has not two columns.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise import KMeans
    >>> from kwise.plots import animate_iterations
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> history = KMeans(3, random_state=0, keep_history=True).fit(X).history_
    >>> moving = animate_iterations(X, history)
    >>> moving.save("run.gif", writer="pillow")  # doctest: +SKIP
    """
    points = np.asarray(X, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(
            f"X has shape {points.shape}; a moving picture needs two columns, such as two of the "
            "data or two principal components"
        )
    pyplot = require("matplotlib.pyplot", extra="report")
    animation = require("matplotlib.animation", extra="report")
    figure, ax = pyplot.subplots(figsize=(6.4, 4.8), layout="constrained")
    bounds = plane_bounds(points)
    made = cloud(points, bounds, (640, 480))
    n_clusters = history.centers.shape[1]
    plot_plane(bounds, names=names, ax=ax)
    picture = ax.imshow(
        np.zeros((480, 640, 4), dtype=np.uint8), extent=bounds, aspect="auto",
        interpolation="none", zorder=1,
    )  # fmt: skip
    dots = ax.scatter(
        history.centers[0, :, 0], history.centers[0, :, 1], s=120, ec=PAPER, lw=1.6, zorder=3,
        color=[cluster_color(c) for c in range(n_clusters)],
    )  # fmt: skip

    def show(frame: int) -> list[object]:
        """Draw one iteration."""
        centers = np.asarray(history.centers[frame], dtype=np.float64)
        apart = ((points[:, None, :] - centers) ** 2).sum(axis=2)
        index, colors = paint(made, apart.argmin(axis=1).astype(np.int32), n_clusters)
        picture.set_data(colors[index])
        dots.set_offsets(centers)
        ax.set_title(f"iteration {frame}: inertia {history.inertia[frame]:.5g}", loc="left")
        return [picture, dots]

    frames = [*range(len(history.centers)), *[len(history.centers) - 1] * 2]
    moving: FuncAnimation = animation.FuncAnimation(
        figure, show, frames=frames, interval=1000 * seconds, blit=False
    )
    pyplot.close(figure)
    return moving


def plot_paths(paths: Floats, *, ax: Axes) -> Axes:
    """Draw the way of each center; ``paths`` has shape (n_iter + 1, n_clusters, 2)."""
    for c in range(paths.shape[1]):
        way = paths[:, c]
        ax.plot(way[:, 0], way[:, 1], color=cluster_color(c), lw=1.8, zorder=3)
        ax.scatter(way[0, 0], way[0, 1], s=34, fc=PAPER, ec=cluster_color(c), lw=1.6, zorder=3.5)
    return ax
