"""The arrows of a biplot: which way each column grows in the plane of two components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._axes import shortened
from kwise.plots._roles import ink, paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from kwise.results import Floats

__all__ = ["draw_arrows"]

_MOST, _LETTERS, _REACH = 5, 24, 0.78
_WIDE, _LINE = 90.0, 12.0  # points that a name takes


def draw_arrows(directions: Floats, names: Sequence[str], *, ax: Axes) -> None:
    """Draw the longest of the columns' ``directions``, shape (n_columns, 2), from the middle.

    All have one scale, by which the longest nearly reaches the edge; an arrow under a third of it
    is left out.

    References
    ----------
    .. [1] Gabriel, "The biplot graphic display of matrices with application to principal component
       analysis", Biometrika 58, 1971.
    """
    from matplotlib.patches import FancyArrowPatch

    lengths = np.hypot(directions[:, 0], directions[:, 1])
    order = np.argsort(-lengths, kind="stable")[:_MOST]
    ends = np.abs(directions[order])
    room = np.array([min(map(abs, ax.get_xlim())), min(map(abs, ax.get_ylim()))])
    scale = _REACH * float((room / np.maximum(ends.max(axis=0), 1e-300)).min())
    taken: list[NDArray[np.float64]] = []
    for j in order:
        if lengths[j] < lengths[order[0]] / 3:
            continue
        x, y = scale * directions[j]
        arrow = FancyArrowPatch(
            (0.0, 0.0), (x, y), arrowstyle="-|>", mutation_scale=9, color=ink(), lw=1.2, shrinkA=0,
            shrinkB=0, zorder=3.2,
        )  # fmt: skip
        ax.add_patch(arrow)
        ax.annotate(
            shortened(str(names[j]), _LETTERS), (x, y), xytext=(0, _free(ax, (x, y), taken)),
            textcoords="offset points", color=ink(), fontsize=9, zorder=3.3,
            ha="left" if x >= 0 else "right", va="bottom" if y >= 0 else "top", parse_math=False,
            bbox={"boxstyle": "round,pad=0.15", "fc": paper(), "ec": "none", "alpha": 0.75},
        )  # fmt: skip


def _free(ax: Axes, end: tuple[float, float], taken: list[NDArray[np.float64]]) -> float:
    """Return by how many points a name is moved, so that it lies on no other; take note of it."""
    place = np.asarray(ax.transData.transform(end), dtype=np.float64) * 72.0 / ax.figure.dpi
    way = 1.0 if end[1] >= 0 else -1.0
    moved = 0.0
    while any(
        abs(place[0] - other[0]) < _WIDE and abs(place[1] + moved - other[1]) < _LINE
        for other in taken
    ):
        moved += way * _LINE / 2
    taken.append(place + np.array([0.0, moved]))
    return moved
