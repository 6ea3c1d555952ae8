"""Columns of bars, and bands between them: what trees of splits and flows are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._axes import add_polygons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def stacked(shares: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the tops of the bars of one column, in an order, with gaps, around the middle."""
    gap = 0.28 / max(len(shares), 4)
    height = shares.sum() + gap * (len(shares) - 1)
    tops, top = np.empty(len(shares)), 0.5 * height
    for c in order:
        tops[c] = top
        top -= shares[c] + gap
    return tops


def draw_nodes(
    ax: Axes,
    x: float,
    tops: NDArray[np.float64],
    shares: NDArray[np.float64],
    colors: Sequence[str],
) -> None:
    """Draw the bars of one column."""
    left, right = x - 0.08, x + 0.08
    outlines = [
        np.array([[left, top], [right, top], [right, top - share], [left, top - share]])
        for top, share in zip(tops, shares)
    ]
    add_polygons(ax, outlines, colors, zorder=3)


def draw_bands(
    ax: Axes,
    x: float,
    flow: NDArray[np.float64],
    tops: tuple[NDArray[np.float64], NDArray[np.float64]],
    colors: Sequence[str],
    *,
    least: float | NDArray[np.float64],
) -> Artist:
    """Draw the bands between columns x and x + 1, those of a bar one under the other.

    ``flow`` (n_left, n_right) are shares; those below ``least`` are left out.
    """
    leaving, entering = tops[0].copy(), tops[1].copy()
    bounds = np.broadcast_to(least, flow.shape)
    step = np.linspace(0.0, 1.0, 14)
    ease = step * step * (3 - 2 * step)
    along = x + 0.08 + 0.84 * step
    outlines, chosen = [], []
    for a in np.argsort(-tops[0], kind="stable"):
        for b in np.argsort(-tops[1], kind="stable"):
            share = flow[a, b]
            start, end = leaving[a], entering[b]
            leaving[a] -= share
            entering[b] -= share
            if share < bounds[a, b] or share == 0:
                continue
            upper = start + (end - start) * ease
            outlines.append(
                np.column_stack([[*along, *along[::-1]], [*upper, *(upper - share)[::-1]]])
            )
            chosen.append(colors[int(b)])
    return add_polygons(ax, outlines, chosen, alpha=0.32)
