"""The iterations of one run as a moving picture: centers walk to where they stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kwise._atomic import written_whole
from kwise._optional import require
from kwise.plots._given import drawn_points
from kwise.plots._roles import paper
from kwise.plots.history import nearest_centers
from kwise.plots.palette import cluster_color
from kwise.plots.raster import Cloud, cloud, paint
from kwise.plots.scatter import plane_bounds, plot_centers, plot_plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike
    from PIL.Image import Image

    from kwise.results import Floats, History

__all__ = ["animate_iterations", "plot_paths"]

_PIXELS = (640, 480)


def animate_iterations(
    X: ArrayLike,
    history: History,
    path: str | Path,
    *,
    names: tuple[str, str] = ("", ""),
    seconds: float = 0.7,
) -> Path:
    """Write a run as a moving picture: rows in their clusters' colors, centers on their way.

    Parameters
    ----------
    X : array-like of shape (n_samples, 2)
        The rows that were clustered.
    history : History
        From ``KMeans(keep_history=True).fit(X).history_``.
    path : str or Path
        Where to, such as "run.gif".
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    seconds : float, default=0.7
        Time that each iteration is shown.

    Returns
    -------
    Path
        The file, a GIF that plays again and again.

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
    >>> run = KMeans(3, random_state=0, keep_history=True).fit(X)
    >>> animate_iterations(X, run.history_, "run.gif")  # doctest: +SKIP
    """
    points = drawn_points(X, "X")
    made = cloud(points, plane_bounds(points), _PIXELS)
    frames = [_frame(made, points, history, step, names) for step in range(len(history.centers))]
    target = Path(path)
    shown = [round(1000 * seconds)] * (len(frames) - 1) + [round(3000 * seconds)]
    with written_whole(target) as file:
        frames[0].save(
            file, format="GIF", save_all=True, append_images=frames[1:], duration=shown, loop=0
        )
    return target


def _frame(
    made: Cloud, points: Floats, history: History, step: int, names: tuple[str, str]
) -> Image:
    """Draw one iteration."""
    agg = require("matplotlib.backends.backend_agg", extra="report")
    figures = require("matplotlib.figure", extra="report")
    images = require("PIL.Image", extra="report")
    figure = figures.Figure(figsize=(6.4, 4.8), layout="constrained")
    canvas = agg.FigureCanvasAgg(figure)
    bounds = plane_bounds(points)
    title = f"iteration {step}: inertia {history.inertia[step]:.5g}"
    ax = plot_plane(bounds, names=names, title=title, ax=figure.add_subplot())
    centers = np.asarray(history.centers[step], dtype=np.float64)
    nearest = nearest_centers(points, centers).astype(np.int32)
    index, colors = paint(made, nearest, len(centers))
    ax.imshow(colors[index], extent=bounds, aspect="auto", interpolation="none", zorder=1)
    plot_centers(centers, ax=ax)
    canvas.draw()
    picture: Image = images.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return picture


def plot_paths(paths: Floats, *, colors: Sequence[str] | None = None, ax: Axes) -> Axes:
    """Draw the way of each center; ``paths`` has shape (n_iter + 1, n_clusters, 2)."""
    for c in range(paths.shape[1]):
        way = paths[:, c]
        color = cluster_color(c) if colors is None else colors[c]
        ax.plot(way[:, 0], way[:, 1], color=color, lw=1.8, zorder=3)
        ax.scatter(way[0, 0], way[0, 1], s=34, fc=paper(), ec=color, lw=1.6, zorder=3.5)
    return ax
