"""Tables as colored cells: profiles of clusters, and clusters against true labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import fixed, shortened
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import accent, paper
from kwise.plots.palette import ink_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from numpy.typing import ArrayLike

__all__ = ["plot_confusion", "plot_profile"]


def plot_profile(
    effects: ArrayLike,
    columns: Sequence[str],
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw how far each cluster's mean lies from that of all rows, column by column.

    Parameters
    ----------
    effects : array-like of shape (n_columns, n_clusters)
        Differences of means in standard deviations of all rows; colors are full at 2.
    columns : sequence of str
        Names of the rows of ``effects``.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the cells (matplotlib's ``AxesImage``), such as ``cmap``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_profile
    >>> ax = plot_profile([[1.2, -0.8], [0.1, 0.0]], ["income", "age"])
    >>> ax.get_xlabel()
    'cluster'
    """
    table = np.asarray(effects, dtype=np.float64)
    ax = axes_or_new(ax, (1.6 + 0.8 * table.shape[1], 1.0 + 0.36 * table.shape[0]))
    picture = ax.imshow(table, cmap="PuOr_r", vmin=-2, vmax=2, aspect="auto")
    dress(ax, title=title, xlabel="cluster")
    restyled([picture], keywords)
    _cells(ax, [[fixed(cell, 1, sign="+") for cell in row] for row in table], picture)
    _heads(ax, list(columns), [str(c + 1) for c in range(table.shape[1])])
    return ax


def plot_confusion(
    counts: ArrayLike,
    classes: Sequence[str],
    clusters: Sequence[int],
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw true labels against clusters: numbers of rows, colored by share of the class.

    Parameters
    ----------
    counts : array-like of shape (n_classes, n_clusters)
        Rows of each class in each cluster, such as ``match_labels(...).table``.
    classes : sequence of str
        Names of the classes.
    clusters : sequence of int
        Numbers of the clusters, in the order of the columns.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the cells (matplotlib's ``AxesImage``), such as ``cmap``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_confusion
    >>> ax = plot_confusion([[9, 1], [0, 10]], ["a", "b"], [1, 2])
    >>> ax.get_ylabel()
    'true label'
    """
    table = np.asarray(counts, dtype=np.int64)
    ax = axes_or_new(ax, (1.8 + 0.8 * table.shape[1], 1.2 + 0.42 * table.shape[0]))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    from matplotlib.colors import LinearSegmentedColormap

    colors = LinearSegmentedColormap.from_list("shares", [paper(), accent()])
    picture = ax.imshow(shares, cmap=colors, vmin=0, vmax=1, aspect="auto")
    dress(ax, title=title, xlabel="cluster", ylabel="true label")
    restyled([picture], keywords)
    _cells(ax, [[f"{cell:,}" for cell in row] for row in table], picture)
    _heads(ax, list(classes), [str(number) for number in clusters])
    return ax


def _cells(ax: Axes, words: list[list[str]], picture: AxesImage) -> None:
    """Write into the cells of a picture, black or white, whichever can be read on its color."""
    from matplotlib.colors import to_hex

    shades = np.asarray(picture.cmap(picture.norm(np.asarray(picture.get_array()))))
    for i, row in enumerate(words):
        for j, word in enumerate(row):
            color = ink_on(to_hex(shades[i, j]))
            ax.text(j, i, word, ha="center", va="center", color=color, fontsize=9)


def _heads(ax: Axes, rows: list[str], columns: list[str]) -> None:
    """Name the rows and columns."""
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), [shortened(row, 28) for row in rows], parse_math=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
