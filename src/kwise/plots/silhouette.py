"""Silhouette bars: how well each row sits in its cluster, cluster by cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import coefficient
from kwise.plots._artists import restyled
from kwise.plots._axes import add_polygons, axes_or_new, dress, name_y, without_ticks
from kwise.plots._given import coded_for, drawn_values
from kwise.plots._roles import ink, muted
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["draw_bars", "dress_silhouette", "plot_silhouette"]

_BESIDE_NUMBERS = 22.0  # points that the numbers of clusters take

# Steps along a cluster's bars: finer than the eye sees at this height, and small on a page.
_STEPS = 90


def plot_silhouette(
    values: ArrayLike,
    labels: ArrayLike,
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw the silhouette of every row, sorted within its cluster.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        Silhouettes in [-1, 1]; higher is better, below 0 a row is closer to another cluster.
    labels : array-like of shape (n_samples,)
        Cluster of each row: from 0, shown as 1, 2, ... from the top, or labels of any other kind,
        shown as they are.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the bars (matplotlib's ``PolyCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    References
    ----------
    .. [1] Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of
       cluster analysis", J. Comput. Appl. Math. 20, 1987.

    Examples
    --------
    >>> from kwise.plots import plot_silhouette
    >>> ax = plot_silhouette([0.8, 0.7, 0.9, -0.1], [0, 0, 1, 1])
    >>> ax.get_xlabel()
    'silhouette of a row (higher is better)'
    """
    scores = drawn_values(values)
    groups, called = coded_for(scores, labels, "values")
    ax = name_y(dress_silhouette(axes_or_new(ax), title=title), "cluster", pad=_BESIDE_NUMBERS)
    ax.set_xlim(min(0.0, float(scores.min())) - 0.06, 1.0)
    restyled([draw_bars(scores, groups, names=called, ax=ax)], keywords)
    return ax


def dress_silhouette(ax: Axes, *, title: str = "") -> Axes:
    """Make axes ready for bars."""
    dress(ax, title=title, xlabel="silhouette of a row (higher is better)", grid="x")
    without_ticks(ax, side="left")
    ax.set_ylim(-0.01, 1.01)
    return ax


def draw_bars(
    scores: NDArray[np.float64],
    groups: NDArray[np.integer],
    *,
    colors: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    mean: float | None = None,
    ax: Axes,
) -> Artist:
    """Draw the bars on axes that are dressed already, between heights 0 and 1.

    ``mean`` is that of all rows, where ``scores`` are of a sample.
    """
    n_clusters = int(groups.max()) + 1
    words = [str(c + 1) for c in range(n_clusters)] if names is None else names
    gap = 0.22 / max(n_clusters, 4)
    room = 1.0 - gap * (n_clusters - 1)
    top, outlines = 1.0, []
    for c in range(n_clusters):
        members = np.sort(scores[groups == c])[::-1]
        height = room * len(members) / len(scores)
        if len(members):
            outlines.append(_bar(members, top, height))
            x = min(0.0, float(members[-1])) - 0.02
            ax.text(
                x, top - height / 2, words[c], color=muted(), fontsize=10.5, fontweight="bold",
                ha="right", va="center",
            )  # fmt: skip
        top -= height + gap
    known = [cluster_color(c) for c in range(n_clusters)] if colors is None else colors
    bars = add_polygons(ax, outlines, [known[c] for c in range(n_clusters) if (groups == c).any()])
    mean = float(scores.mean()) if mean is None else mean
    ax.plot([mean, mean], [0.0, 1.0], color=ink(), lw=1.0, ls=(0, (4, 3)), zorder=3)
    ax.text(
        mean,
        1.015,
        f"mean {coefficient(mean)}",
        color=ink(),
        fontsize=9.5,
        ha="center",
        va="bottom",
    )
    return bars


def _bar(members: NDArray[np.float64], top: float, height: float) -> NDArray[np.float64]:
    """Return the outline of one cluster's sorted silhouettes, downward from ``top``."""
    at = np.linspace(0, len(members) - 1, min(_STEPS, max(len(members), 2)))
    widths = np.interp(at, np.arange(len(members)), members)
    y = top - height * np.linspace(0.0, 1.0, len(widths))
    return np.column_stack([[*widths, 0.0, 0.0], [*y, y[-1], y[0]]])
