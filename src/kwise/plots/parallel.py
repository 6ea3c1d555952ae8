"""Profiles of clusters as lines over the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import line
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_parallel"]


def plot_parallel(
    effects: ArrayLike,
    columns: Sequence[str],
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw each cluster as a line through its means, in parallel coordinates.

    Parameters
    ----------
    effects : array-like of shape (n_columns, n_clusters)
        Differences of means from all rows', in standard deviations.
    columns : sequence of str
        Names of the rows of ``effects``.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the lines (matplotlib's ``Line2D``), such as ``linewidth``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_parallel
    >>> ax = plot_parallel([[1.2, -0.8], [0.1, 0.0]], ["income", "age"])
    >>> ax.get_ylabel()
    'standard deviations from the mean'
    """
    table = np.asarray(effects, dtype=np.float64)
    ax = axes_or_new(ax, (max(4.5, 0.9 * len(table)), 3.8))
    dress(ax, title=title, ylabel="standard deviations from the mean")
    at = np.arange(len(table))
    for j in range(len(at)):
        ax.axvline(j, color=line(), lw=0.8, zorder=0)
    ax.axhline(0.0, color=line(), lw=1.4, zorder=1)
    for c in range(table.shape[1]):
        lines = ax.plot(
            at, table[:, c], color=cluster_color(c), lw=2.0, marker="o", ms=4.5, zorder=2
        )
        restyled(lines, keywords)
        ax.annotate(
            str(c + 1), (at[-1], table[-1, c]), xytext=(7, 0), textcoords="offset points",
            color=cluster_color(c), fontweight="bold", va="center",
        )  # fmt: skip
    names = [shortened(name, 18) for name in columns]
    ax.set_xticks(at, names, rotation=30, ha="right", parse_math=False)
    return ax
