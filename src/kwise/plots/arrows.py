"""The arrows of a biplot: which way each column grows in the plane of two components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import shortened
from kwise.plots._roles import ink, paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from kwise.results import Floats

__all__ = ["draw_arrows"]

_MOST, _LETTERS, _REACH = 5, 24, 0.78
_LETTER, _LINE, _DISC = 5.2, 12.0, 9.0  # points: a letter's width, a line's height, half a disc
_GAP, _TRIES = 2.0, 24


def draw_arrows(
    directions: Floats, names: Sequence[str], *, ax: Axes, discs: Floats | None = None
) -> None:
    """Draw the longest of the columns' ``directions``, shape (n_columns, 2), from the middle.

    All have one scale, by which the longest nearly reaches the edge; an arrow under a third of it
    is left out. Names lie inside the axes, on no other name and on no disc, shape (n_discs, 2).

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
    order = order[lengths[order] >= lengths[order[0]] / 3] if len(order) else order
    taken = [_around(place, _DISC) for place in _in_points(ax, [] if discs is None else discs)]
    taken += [_around(place, _GAP) for place in _in_points(ax, scale * directions[order])]
    for j in order:
        x, y = scale * directions[j]
        arrow = FancyArrowPatch(
            (0.0, 0.0), (x, y), arrowstyle="-|>", mutation_scale=9, color=ink(), lw=1.2, shrinkA=0,
            shrinkB=0, zorder=3.2,
        )  # fmt: skip
        ax.add_patch(arrow)
        name = shortened(str(names[j]), _LETTERS)
        ax.annotate(
            name, (x, y), xytext=_free(ax, (x, y), len(name), taken), textcoords="offset points",
            color=ink(), fontsize=9, zorder=3.3, ha="left" if x >= 0 else "right",
            va="bottom" if y >= 0 else "top", parse_math=False,
            bbox={"boxstyle": "round,pad=0.15", "fc": paper(), "ec": "none", "alpha": 0.75},
        )  # fmt: skip


def _in_points(ax: Axes, places: Floats | list[float]) -> Floats:
    """Return where places in data units are drawn, in points."""
    drawn = np.asarray(ax.transData.transform(np.reshape(places, (-1, 2))), dtype=np.float64)
    return drawn * (72.0 / ax.figure.dpi)


def _around(place: Floats, reach: float) -> Floats:
    """Return the box around a disc or a tip: its lower left and upper right corner."""
    return np.array([place - reach, place + reach])


def _free(
    ax: Axes, end: tuple[float, float], n_letters: int, taken: list[Floats]
) -> tuple[float, float]:
    """Return by how many points a name is moved to lie inside, on nothing; take note of its box."""
    place = _in_points(ax, np.array(end))[0]
    size = np.array([n_letters * _LETTER, _LINE])
    start = np.where(np.array(end) < 0, -_GAP, _GAP)
    corner = place + start - size * [end[0] < 0, end[1] < 0]
    low, high = _in_points(ax, np.transpose([ax.get_xlim(), ax.get_ylim()]))
    aside = float(np.clip(corner[0], low[0], max(high[0] - size[0], low[0])) - corner[0])
    way = 1.0 if end[1] >= 0 else -1.0
    for step in sorted(range(-_TRIES, _TRIES), key=lambda step: (abs(step), step < 0)):
        moved = np.array([aside, way * step * _LINE / 2])
        box = np.array([corner + moved, corner + moved + size])
        inside = low[1] <= box[0, 1] and box[1, 1] <= high[1]
        if inside and not any(_meet(box, other) for other in taken):
            taken.append(box)
            return float(start[0] + moved[0]), float(start[1] + moved[1])
    return float(start[0]) + aside, float(start[1])


def _meet(one: Floats, other: Floats) -> bool:
    """Say whether two boxes share a place."""
    return bool(np.all(one[0] < other[1]) and np.all(other[0] < one[1]))
