"""Changes with the least and the most that each may be, one under the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import accent, ink, line, muted, paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_changes"]


def plot_changes(
    names: Sequence[str],
    changes: ArrayLike,
    limits: ArrayLike,
    *,
    shown: Sequence[bool] | None = None,
    xlabel: str = "change",
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw changes as dots with their intervals; those that are shown to be are filled.

    Parameters
    ----------
    names : sequence of str
        What has changed, from the top.
    changes : array-like of shape (n_changes,)
        By how much.
    limits : array-like of shape (n_changes, 2)
        The least and the most that each change may be.
    shown : sequence of bool, optional
        Whether each change is shown to be one; by default where its interval leaves out 0.
    xlabel : str, default="change"
        Words below the axis.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the dots (matplotlib's ``PathCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_changes
    >>> ax = plot_changes(["a", "b"], [0.1, 0.0], [[0.05, 0.15], [-0.1, 0.1]])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['a', 'b']
    """
    values, ends = np.asarray(changes, dtype=np.float64), np.asarray(limits, dtype=np.float64)
    sure = (ends[:, 0] > 0) | (ends[:, 1] < 0) if shown is None else np.asarray(shown)
    ax = axes_or_new(ax, (6.4, 0.9 + 0.28 * len(values)))
    dress(ax, title=title, xlabel=xlabel, grid="x")
    places = np.arange(len(values))
    ax.axvline(0.0, color=muted(), linewidth=0.9)
    for place, (low, high), is_sure in zip(places, ends, sure):
        ax.plot(
            [low, high], [place, place], color=accent() if is_sure else line(),
            linewidth=2.4 if is_sure else 3.2, solid_capstyle="round",
        )  # fmt: skip
    for group, face in ((sure, accent()), (~sure, paper())):
        edge = accent() if face == accent() else muted()
        dots = ax.scatter(values[group], places[group], s=26, color=face, edgecolors=edge, zorder=3)
        restyled([dots], keywords)
    ax.set_yticks(places, [shortened(name, 28) for name in names], color=ink(), parse_math=False)
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    return ax
