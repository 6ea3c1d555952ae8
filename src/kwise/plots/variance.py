"""What share of the variance principal components hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import accent, muted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_variance"]


def plot_variance(
    shares: ArrayLike, *, most: int = 20, title: str = "", ax: Axes | None = None, **keywords: Any
) -> Axes:
    """Draw each principal component's share of the variance, and their sum.

    Parameters
    ----------
    shares : array-like of shape (n_components,)
        Shares in [0, 1] in falling order, such as ``PCA().explained_variance_ratio_``.
    most : int, default=20
        Components to show.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the bars (matplotlib's ``Rectangle``), such as ``color``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; heights in percent.

    Examples
    --------
    >>> from kwise.plots import plot_variance
    >>> plot_variance([0.6, 0.3, 0.1]).get_ylabel()
    '% of the variance'
    """
    percent = 100 * np.asarray(shares, dtype=np.float64)[:most]
    ax = axes_or_new(ax)
    dress(ax, title=title, xlabel="component", ylabel="% of the variance", grid="y")
    at = np.arange(1, len(percent) + 1)
    bars = ax.bar(at, percent, color=accent(), width=0.7, lw=0, zorder=2)
    restyled(bars, keywords)
    ax.plot(at, np.cumsum(percent), color=muted(), lw=1.4, marker="o", ms=3.5, zorder=3)
    ax.set_ylim(0.0, 103.0)
    ax.set_xticks(at if len(at) <= 12 else at[:: -(-len(at) // 10)])
    return ax
