"""Silhouette and agreement over the number of principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import ink, muted
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kwise.selection import ComponentSweep

__all__ = ["plot_components"]


def plot_components(
    sweep: ComponentSweep, *, title: str = "", ax: Axes | None = None, **keywords: Any
) -> Axes:
    """Draw a sweep over components; the axis says that its silhouettes do not compare.

    Parameters
    ----------
    sweep : ComponentSweep
        Made by ``sweep_components``.
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
    >>> from sklearn.datasets import load_iris
    >>> from kwise.plots import plot_components
    >>> from kwise.selection import sweep_components
    >>> X, species = load_iris(return_X_y=True)
    >>> sweep = sweep_components(X, [1, 2, 3], n_clusters=3, truth=species, random_state=0)
    >>> plot_components(sweep).get_xlabel()
    'principal components'
    """
    ax = axes_or_new(ax)
    before = len(ax.lines)
    if np.isfinite(sweep.agreements).any():
        ax.plot(
            sweep.n_components, sweep.agreements, "o-", color=cluster_color(0),
            label="agreement with known labels (ARI): comparable",
        )  # fmt: skip
    ax.plot(
        sweep.n_components, sweep.silhouettes, "s--", color=muted(), markerfacecolor="none",
        label="silhouette: each in its own space, not comparable",
    )  # fmt: skip
    restyled(ax.lines[before:], keywords)
    ax.legend(frameon=False, fontsize=9, labelcolor=ink())
    ax.set_xticks(sweep.n_components)
    return dress(ax, title=title, xlabel="principal components", grid="y")
