"""Rows as markers of their own: clusters by color, known labels by shape, with one legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import shortened
from kwise.plots._artists import with_own
from kwise.plots._roles import ink, paper
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["SHAPES", "draw_marker_legend", "draw_markers"]

# The shapes of known labels, which can be told apart when small; of more labels the last has all
# that are left.
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
_REST, _LETTERS = ".", 24


def draw_markers(
    points: Floats,
    groups: Labels,
    *,
    kinds: NDArray[np.integer] | None = None,
    colors: Sequence[str] | None = None,
    keywords: Mapping[str, Any] | None = None,
    ax: Axes,
) -> None:
    """Draw each row as a marker: its cluster's color, the shape of its kind."""
    n_clusters = int(groups.max(initial=0)) + 1
    known = np.array([cluster_color(c) for c in range(n_clusters)] if colors is None else colors)
    codes = np.zeros(len(points), dtype=np.intp) if kinds is None else np.asarray(kinds)
    # Whichever row comes last lies on top: in turns, so that no cluster hides the others.
    turns = np.random.default_rng(0).permutation(len(points))
    for kind in np.unique(codes):
        rows = turns[codes[turns] == kind]
        ours = {
            "s": 26 if len(points) < 2000 else 12,
            "c": known[groups[rows]],
            "marker": shape_of(int(kind)),
            "zorder": 1.5,
        }
        if "marker" not in (keywords or {}):  # crosses and the like have no edge
            ours |= {"edgecolors": paper(), "linewidths": 0.4}
        ax.scatter(points[rows, 0], points[rows, 1], **with_own(ours, keywords or {}))


def shape_of(kind: int) -> str:
    """Return the shape of a kind of rows, by its number from 0."""
    return SHAPES[kind] if kind < len(SHAPES) else _REST


def draw_marker_legend(
    clusters: Sequence[str], kinds: Sequence[str], *, colors: Sequence[str] | None, ax: Axes
) -> None:
    """Say beside the axes which color is which cluster, and which shape which known label."""
    shades = [cluster_color(c) for c in range(len(clusters))] if colors is None else colors
    said = [_entry(f"cluster {name}", "o", shade) for name, shade in zip(clusters, shades)]
    said += [_entry(shortened(name, _LETTERS), shape_of(i)) for i, name in enumerate(kinds[:10])]
    if len(kinds) > len(SHAPES):
        said.append(_entry(f"{len(kinds) - len(SHAPES)} more labels", _REST))
    ax.legend(
        handles=said, frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.01, 1.0),
        labelcolor=ink(), borderaxespad=0.0,
    )  # fmt: skip


def _entry(words: str, shape: str, color: str | None = None) -> Line2D:
    """Return one line of the legend: a color, or a shape without one."""
    from matplotlib.lines import Line2D

    face, edge = ("none", ink()) if color is None else (color, color)
    return Line2D(
        [], [], ls="", marker=shape, ms=7, mfc=face, mec=edge, label=words.replace("$", r"\$")
    )
