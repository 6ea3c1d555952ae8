"""How many rows each cluster holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import coefficient
from kwise._inputs import check_labels
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import ink
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

__all__ = ["plot_sizes", "plot_stability"]


def plot_sizes(
    labels: ArrayLike, *, title: str = "", ax: Axes | None = None, **keywords: Any
) -> Axes:
    """Draw the number of rows of each cluster.

    Parameters
    ----------
    labels : array-like of shape (n_samples,)
        Cluster of each row, from 0; shown as 1, 2, ... from the top.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the bars (matplotlib's ``Rectangle``), such as ``alpha`` or ``hatch``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_sizes
    >>> plot_sizes([0, 0, 1]).get_xlabel()
    'rows'
    """
    given = check_labels(labels)
    whole = given.dtype.kind in "biu"
    if not whole or not 0 <= given.min(initial=0) <= given.max(initial=0) < 2**16:
        raise ValueError("labels: pass whole numbers from 0, one a row, below 65,536.")
    counts = np.bincount(given.astype(np.intp))
    total = max(int(counts.sum()), 1)
    words = [f"{count:,} ({100 * count / total:.0f} %)" for count in counts]
    return _bars(counts.astype(np.float64), words, "rows", title, ax, keywords)


def plot_stability(
    jaccard: ArrayLike, *, title: str = "", ax: Axes | None = None, **keywords: Any
) -> Axes:
    """Draw how well each cluster comes back in resampled data.

    Parameters
    ----------
    jaccard : array-like of shape (n_clusters,)
        Mean Jaccard similarity to the nearest cluster of each resample, in [0, 1]; higher is
        better, 0.75 and more is usually called stable.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the bars (matplotlib's ``Rectangle``), such as ``alpha`` or ``hatch``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    References
    ----------
    .. [1] Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics &
       Data Analysis 52, 2007.

    Examples
    --------
    >>> from kwise.plots import plot_stability
    >>> plot_stability([0.95, 0.6]).get_xlabel()
    'stability (Jaccard, higher is better)'
    """
    values = np.asarray(jaccard, dtype=np.float64)
    words = [coefficient(value) for value in values]
    ax = _bars(values, words, "stability (Jaccard, higher is better)", title, ax, keywords)
    ax.axvline(0.75, color=ink(), lw=1.0, ls=(0, (4, 3)), zorder=4)
    ax.set_xlim(0.0, 1.0)
    return ax


def _bars(
    values: np.ndarray,
    words: list[str],
    xlabel: str,
    title: str,
    ax: Axes | None,
    keywords: dict[str, Any],
) -> Axes:
    """Draw one bar for each cluster, the first on top, with its words."""
    ax = axes_or_new(ax, (5.6, 0.9 + 0.4 * len(values)))
    dress(ax, title=title, xlabel=xlabel, ylabel="cluster", grid="x")
    at = np.arange(len(values))
    bars = ax.barh(
        at, values, height=0.7, color=[cluster_color(c) for c in range(len(at))], lw=0, zorder=2
    )
    restyled(bars, keywords)
    for i, word in enumerate(words):
        ax.annotate(
            word, (values[i], i), xytext=(5, 0), textcoords="offset points", va="center",
            color=ink(), fontsize=9.5,
        )  # fmt: skip
    ax.set_yticks(at, [str(c + 1) for c in at])
    ax.invert_yaxis()
    ax.margins(x=0.18)
    return ax
