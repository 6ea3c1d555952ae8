"""Clusters by pairs of columns: every plane that two columns make, and each column alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise._inputs import check_rows
from kwise._optional import require
from kwise.plots._artists import restyled
from kwise.plots._axes import dress, without_ticks
from kwise.plots._given import coded_for
from kwise.plots.palette import cluster_color
from kwise.plots.raster import cloud, paint
from kwise.plots.scatter import plane_bounds, plot_plane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["MOST_PAIRED", "plot_pairs"]

# Columns that a grid can show side by side.
MOST_PAIRED = 8
_PIXELS, _BINS, _LETTERS = (420, 420), 30, 24


def plot_pairs(
    X: ArrayLike, labels: ArrayLike, *, names: Sequence[str] = (), title: str = "", **keywords: Any
) -> Figure:
    """Draw the rows in the plane of every two columns, colored by cluster.

    The diagonal holds each column's histogram by cluster, each as tall as every other.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_columns)
        2 to 8 columns, in the units to be shown; rows with nan are left out.
    labels : array-like of shape (n_samples,)
        Cluster of each row, from 0.
    names : sequence of str, default=()
        What the columns are, with units.
    title : str, default=""
        Words above the figure.
    **keywords : object
        Properties of the pictures of the rows (matplotlib's ``AxesImage``), such as ``alpha``.

    Returns
    -------
    matplotlib Figure
        One picture a pair, those of the first column at the left.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than 8 columns.

    See Also
    --------
    plot_scatter : One plane, with centers and hulls.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.plots import plot_pairs
    >>> X = np.random.default_rng(0).normal(size=(40, 3))
    >>> len(plot_pairs(X, np.arange(40) % 2).axes)
    6
    """
    rows = check_rows(X, dtype=np.float64, one_column=True, finite="allow-nan")
    groups = coded_for(rows, labels)[0]
    n_columns = rows.shape[1]
    if not 2 <= n_columns <= MOST_PAIRED:
        raise ValueError(
            f"X has shape {rows.shape}; a grid of pairs has 2 to {MOST_PAIRED} columns: choose "
            "the most telling"
        )
    present = ~np.isnan(rows).any(axis=1)
    rows, groups = rows[present], groups[present]
    known = [shortened(each, _LETTERS) for each in names] or [""] * n_columns
    pyplot = require("matplotlib.pyplot", extra="report")
    side = 2.3 * n_columns
    figure: Figure = pyplot.figure(figsize=(side, side), layout="constrained")
    grid = figure.subplots(n_columns, n_columns, squeeze=False)
    for i in range(n_columns):
        for j in range(n_columns):
            ax = grid[i, j]
            # Words stand at the left and below only: all of a row and of a column share them.
            words = (known[j] if i == n_columns - 1 else "", known[i] if j == 0 else "")
            if j > i:
                ax.remove()
            elif j == i:
                _histograms(ax, rows[:, i], groups, words[0])
            else:
                restyled([_plane(ax, rows[:, [j, i]], groups, words)], keywords)
    if title:
        figure.suptitle(title, parse_math=False)
    return figure


def _plane(
    ax: Axes, points: NDArray[np.float64], groups: NDArray[np.int32], words: tuple[str, str]
) -> Artist:
    """Draw the rows in one plane."""
    bounds = plane_bounds(points)
    plot_plane(bounds, names=words, ax=ax)
    index, colors = paint(cloud(points, bounds, _PIXELS), groups, int(groups.max()) + 1)
    return ax.imshow(colors[index], extent=bounds, aspect="auto", interpolation="none", zorder=1)


def _histograms(
    ax: Axes, values: NDArray[np.float64], groups: NDArray[np.int32], word: str
) -> None:
    """Draw one column's histogram in each cluster."""
    edges = np.histogram_bin_edges(values, _BINS)
    for c in range(int(groups.max()) + 1):
        counts = np.histogram(values[groups == c], edges)[0]
        heights = counts / max(int(counts.max()), 1)
        ax.stairs(heights, edges, color=cluster_color(c), lw=1.5)
    dress(ax, xlabel=word)
    without_ticks(ax, side="left")
    ax.set_ylim(0.0, 1.08)
