"""Where rows went between two clusterings: a bar for each cluster, a band for each flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress, without_ticks
from kwise.plots._bands import draw_bands, draw_nodes, stacked
from kwise.plots._roles import ink, muted
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["plot_flows"]

# Bands below this share of all rows are left out, so that the picture stays readable.
_THIN = 0.002


def plot_flows(
    flows: ArrayLike,
    *,
    mapping: Mapping[int, int] | None = None,
    colors: Sequence[str] | None = None,
    names: tuple[str, str] = ("then", "now"),
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw where the rows of each cluster went from one clustering to another.

    Parameters
    ----------
    flows : array-like of shape (n_before + 1, n_now + 1)
        Rows by cluster then and now; the last of each are rows without a cluster.
    mapping : mapping of int to int, optional
        Number then -> number now, from 1: both have one color. By default equal numbers.
    colors : sequence of str, optional
        The color of each cluster now.
    names : tuple of str, default=("then", "now")
        Words below the two columns.
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

    Examples
    --------
    >>> from kwise.plots import plot_flows
    >>> ax = plot_flows([[40, 0, 0], [5, 30, 0], [0, 0, 0]])
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['then', 'now']
    """
    counts = np.asarray(flows, dtype=np.float64)
    ax = axes_or_new(ax, (6.4, 4.6))
    dress(ax, title=title)
    without_ticks(ax, side="left")
    ax.spines["bottom"].set_visible(False)
    share = counts / max(counts.sum(), 1.0)
    before, now = share.sum(axis=1), share.sum(axis=0)
    tops = _tops(before), _order_by_origin(share, before, now)
    shades = _colors(share.shape, mapping, colors)
    restyled([draw_bands(ax, 0, share, tops, shades[1], least=_THIN)], keywords)
    for x, side, shares, words in ((0, 0, before, "right"), (1, 1, now, "left")):
        draw_nodes(ax, x, tops[side], shares, shades[side])
        _label(ax, x, tops[side], shares, counts.sum(axis=1 - side), words)
    ax.set_xticks([0, 1], [shortened(name, 40) for name in names], parse_math=False)
    ax.set_xlim(-0.42, 1.42)
    reach = max(float(each.max(initial=0.1)) for each in tops)
    ax.set_ylim(-reach - 0.02, reach + 0.02)
    return ax


def _tops(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stack the clusters by number, those without rows left out."""
    return stacked(shares, np.arange(len(shares)))


def _order_by_origin(
    share: NDArray[np.float64], before: NDArray[np.float64], now: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Stack the clusters of now by where their rows come from."""
    middle = _tops(before) - before / 2
    order = np.argsort(-(middle @ share) / np.maximum(now, 1e-12), kind="stable")
    return stacked(now, order)


def _colors(
    shape: tuple[int, ...], mapping: Mapping[int, int] | None, colors: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    """Return the colors of both sides: clusters that go on have one, those that are gone none."""
    n_before, n_now = shape[0] - 1, shape[1] - 1
    now = [*(colors or [cluster_color(b) for b in range(n_now)]), muted()]
    if mapping is None:
        mapping = {n: n for n in range(1, min(n_before, n_now) + 1)}
    goes_on = {a - 1: b - 1 for a, b in mapping.items()}
    before = [now[goes_on[a]] if a in goes_on else muted() for a in range(n_before)]
    return [*before, muted()], now


def _label(
    ax: Axes,
    x: float,
    tops: NDArray[np.float64],
    shares: NDArray[np.float64],
    counts: NDArray[np.float64],
    side: str,
) -> None:
    """Write number and rows beside each bar; rows that have no cluster are called so."""
    away = -0.11 if side == "right" else 0.11
    for c, (top, share) in enumerate(zip(tops, shares)):
        if share <= 0:
            continue
        name = "none" if c == len(shares) - 1 else str(c + 1)
        ax.text(
            x + away, top - share / 2, f"{name} · {int(counts[c]):,}", color=ink(), fontsize=9.5,
            ha=side, va="center",
        )  # fmt: skip
