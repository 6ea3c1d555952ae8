"""Rows in order, cut into segments: every column over the rows, with the segments' means."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise._inputs import check_rows
from kwise._optional import require
from kwise.plots._artists import restyled
from kwise.plots._axes import dress
from kwise.plots._given import coded_for
from kwise.plots._roles import muted
from kwise.plots._saving import save_figure
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kwise.results import Floats, Labels

__all__ = ["plot_segments", "save_segments"]

MOST_COLUMNS = 8  # of which curves are drawn
MOST_POINTS = 4000  # of a curve: the lowest and the highest of neighbors where there are more


def plot_segments(X: Floats, labels: Labels, names: Sequence[str] = (), **keywords: Any) -> Figure:
    """Draw columns over the rows' places, with the mean of each segment.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in order; of many columns the first eight are drawn.
    labels : ndarray of shape (n_samples,)
        Segment of each row, ascending.
    names : sequence of str, optional
        Names of the columns.
    **keywords : object
        Properties of the curves (matplotlib's ``Line2D``), such as ``color``.

    Returns
    -------
    matplotlib Figure
        One axes a column, which share the axis of places.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.plots import plot_segments
    >>> figure = plot_segments(np.array([[0.0], [0.1], [5.0], [5.2]]), np.array([0, 0, 1, 1]))
    >>> len(figure.axes)
    1
    """
    X = check_rows(X, dtype=np.float64)
    labels = coded_for(X, labels)[0]
    shown = min(X.shape[1], MOST_COLUMNS)
    pyplot = require("matplotlib.pyplot", extra="report")
    figure, grid = pyplot.subplots(
        shown,
        1,
        figsize=(8.0, 1.6 + 1.4 * shown),
        sharex=True,
        squeeze=False,
        layout="constrained",
    )
    bounds = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    for j, ax in enumerate(grid[:, 0]):
        restyled([_draw(ax, X[:, j], bounds)], keywords)
        name = names[j] if j < len(names) else ""
        dress(ax, title=shortened(name), xlabel="row" if j == shown - 1 else "", grid="y")
    made: Figure = figure
    return made


def save_segments(
    X: Floats, labels: Labels, path: Path, names: Sequence[str] = (), **keywords: Any
) -> None:
    """Draw segments, and write the picture whole or not at all.

    Parameters
    ----------
    X, labels, names
        As for ``plot_segments``.
    path : Path
        Where to; the suffix chooses the format: .svg, .png or .pdf.
    **keywords : object
        As for ``plot_segments``.

    Raises
    ------
    ValueError
        If the suffix is not a format of pictures.

    Examples
    --------
    >>> from kwise.plots import save_segments
    >>> save_segments(X, labels, Path("segments.svg"))  # doctest: +SKIP
    """
    save_figure(plot_segments(X, labels, names, **keywords), path)


def _draw(ax: Axes, values: Floats, bounds: list[int]) -> Artist:
    """Draw one column, its segments' means and where they begin."""
    places, curve = _thinned(values)
    (line,) = ax.plot(places, curve, color=muted(), lw=0.7, alpha=0.75, zorder=2)
    for c, (begin, end) in enumerate(pairwise(bounds)):
        mean = float(np.mean(values[begin:end]))
        ax.plot([begin + 1, end], [mean, mean], color=cluster_color(c), lw=2.6, zorder=4)
        if c:
            ax.axvline(begin + 0.5, color=muted(), lw=0.8, ls=(0, (3, 3)), zorder=1)
    return line


def _thinned(values: Floats) -> tuple[Floats, Floats]:
    """Return places from 1 and values; of many neighbors the lowest and the highest."""
    n = len(values)
    if n <= MOST_POINTS:
        return np.arange(1.0, n + 1), values
    edges = np.linspace(0, n, MOST_POINTS // 2 + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)
    return np.repeat(edges + 1.0, 2), np.column_stack([low, high]).ravel()
