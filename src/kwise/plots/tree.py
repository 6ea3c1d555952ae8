"""How clusters split as k grows: a node for each cluster, a band for each group of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress, without_ticks
from kwise.plots._bands import draw_bands, draw_nodes, stacked
from kwise.plots.palette import cluster_color, ink_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["plot_tree"]

# Bands below this share of both their clusters are left out, so that the tree stays readable.
_THIN = 0.04


def plot_tree(
    labels: Mapping[int, ArrayLike],
    *,
    colors: Mapping[int, Sequence[str]] | None = None,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw where the rows of each cluster go when there may be one cluster more.

    Columns are the candidates, nodes their clusters (as tall as they are large), bands the
    rows that two clusters share. Clean splits say that a larger k refines a smaller one;
    crossing bands that it starts anew.

    Parameters
    ----------
    labels : mapping from k to array-like of shape (n_samples,)
        Cluster of every row under each candidate, from 0; shown as 1, 2, ...
    colors : mapping from k to sequence of str, optional
        Color of each cluster; by default the largest of each k is blue, the next orange, ...
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the bands (matplotlib's ``PolyCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    References
    ----------
    .. [1] Zappia and Oshlack, "Clustering trees: a visualization for evaluating clusterings at
       multiple resolutions", GigaScience 7, 2018.

    Examples
    --------
    >>> from kwise.plots import plot_tree
    >>> ax = plot_tree({1: [0, 0, 0, 0], 2: [0, 0, 1, 1], 3: [0, 0, 1, 2]})
    >>> ax.get_xlabel()
    'number of clusters k'
    """
    ks = sorted(labels)
    shades = colors or {k: [cluster_color(c) for c in range(k)] for k in ks}
    codes = {k: np.asarray(labels[k], dtype=np.int64) for k in ks}
    ax = axes_or_new(ax, (6.4, 4.6))
    dress(ax, title=title, xlabel="number of clusters k", ylabel="share of the rows")
    without_ticks(ax, side="left")
    ax.spines["bottom"].set_visible(False)
    n = max(len(codes[ks[0]]), 1)
    tops: dict[int, NDArray[np.float64]] = {}
    order = np.arange(ks[0])
    for i, k in enumerate(ks):
        shares = np.bincount(codes[k], minlength=k) / n
        if i:
            flow = _flow(codes[ks[i - 1]], codes[k], ks[i - 1], k) / n
            middle = tops[ks[i - 1]] - np.bincount(codes[ks[i - 1]], minlength=ks[i - 1]) / n / 2
            order = np.argsort(-(middle @ flow) / np.maximum(shares, 1e-12), kind="stable")
        tops[k] = stacked(shares, order)
        if i:
            bands = _bands(ax, i - 1, flow, (tops[ks[i - 1]], tops[k]), shades[k])
            restyled([bands], keywords)
        _nodes(ax, i, tops[k], shares, shades[k])
    ax.set_xticks(range(len(ks)), [str(k) for k in ks])
    ax.set_xlim(-0.3, len(ks) - 0.7)
    reach = max(float(top.max()) for top in tops.values())
    ax.set_ylim(-reach, reach)
    return ax


def _flow(before: np.ndarray, after: np.ndarray, k: int, more: int) -> NDArray[np.float64]:
    """Count the rows that each pair of clusters shares."""
    counts = np.bincount(before * more + after, minlength=k * more)
    return counts.reshape(k, more).astype(np.float64)


def _nodes(
    ax: Axes, x: int, tops: NDArray[np.float64], shares: np.ndarray, shades: Sequence[str]
) -> None:
    """Draw the clusters of one column as bars, with their numbers where there is room."""
    draw_nodes(ax, x, tops, shares, shades)
    for c, (top, share) in enumerate(zip(tops, shares)):
        if share > 0.035:
            ax.text(
                x, top - share / 2, str(c + 1), color=ink_on(shades[c]), fontsize=9,
                fontweight="bold", ha="center", va="center", zorder=4,
            )  # fmt: skip


def _bands(
    ax: Axes,
    x: int,
    flow: np.ndarray,
    tops: tuple[NDArray[np.float64], NDArray[np.float64]],
    shades: Sequence[str],
) -> Artist:
    """Draw the bands between two columns that are worth a look."""
    least = _THIN * np.minimum(flow.sum(axis=1)[:, None], flow.sum(axis=0)[None, :])
    return draw_bands(ax, x, flow, tops, shades, least=least)
