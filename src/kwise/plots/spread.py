"""Numbered disks that do not hide each other: those too near are moved apart, with a leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._roles import muted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["spread_apart", "spread_on"]

_STEPS, _SLACK = 200, 0.5


def spread_apart(places: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move disks at ``places`` (n, 2) as little as needed until none hides another."""
    at = np.array(places, dtype=np.float64)
    need = radii[:, None] + radii[None, :]
    np.fill_diagonal(need, 0.0)
    angle = 2.4 * np.arange(len(at))  # disks on one spot part in directions of their own
    at += 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(_STEPS):
        apart = at[:, None] - at[None, :]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        missing = np.maximum(need - distance, 0.0)
        if missing.max(initial=0.0) <= _SLACK:
            break
        push = missing / np.maximum(distance, 1e-9)
        np.fill_diagonal(push, 0.0)
        at += 0.5 * (push[..., None] * apart).sum(axis=1)
    return at


def spread_on(
    ax: Axes, places: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where disks of ``radii`` points are drawn on axes, with leaders to their places."""
    from matplotlib.collections import LineCollection

    scale = ax.figure.dpi / 72.0
    pixels = ax.transData.transform(places)
    moved = spread_apart(pixels, radii * scale)
    drawn = np.asarray(ax.transData.inverted().transform(moved), dtype=np.float64)
    way = np.hypot(*(moved - pixels).T) / scale
    far = way > 3.0
    if far.any():
        lines = [np.array([places[c], drawn[c]]) for c in np.flatnonzero(far)]
        ax.add_collection(
            LineCollection(lines, colors=muted(), linewidths=0.9, zorder=3), autolim=False
        )
    return np.where(way[:, None] > 0.1, drawn, places)
