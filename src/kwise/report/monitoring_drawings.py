"""Figures of what has changed since last time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.plots._roles import own_style
from kwise.plots.changes import plot_changes
from kwise.plots.flows import plot_flows
from kwise.plots.palette import cluster_color, ink_on
from kwise.report.svg import new_figure, to_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwise.monitoring.drift_record import Drift
    from kwise.monitoring.matching import Match

__all__ = ["MOST_DRAWN", "draw_drift", "draw_flows", "shades_in", "shades_of"]

MOST_DRAWN = 20  # clusters and columns; tables tell of all


@own_style()
def draw_drift(drift: Drift) -> str:
    """Draw the changes of clusters' shares, and how many rows differ by column."""
    clusters, columns = drift.clusters[:MOST_DRAWN], drift.columns[:MOST_DRAWN]
    height = 0.75 + 0.27 * max(len(clusters), len(columns), 3)
    figure = new_figure(9.0, height)
    bottom, tall = 0.5 / height, 1 - 0.8 / height
    left = figure.add_axes((0.1, bottom, 0.34, tall))
    plot_changes(
        [f"cluster {each.number}" for each in clusters],
        [100 * each.share.difference for each in clusters],
        [(100 * each.share.low, 100 * each.share.high) for each in clusters],
        shown=[each.share.shown for each in clusters],
        xlabel="change of its share, in points",
        ax=left,
    )
    right = figure.add_axes((0.66, bottom, 0.33, tall))
    plot_changes(
        [each.name for each in columns],
        [100 * each.effect for each in columns],
        [(100 * each.low, 100 * each.high) for each in columns],
        shown=[each.shown for each in columns],
        xlabel="rows that differ, in %",
        ax=right,
    )
    return to_svg(figure, name="drift", label="Changes with the least and the most they may be")


def shades_of(k: int) -> list[tuple[str, str]]:
    """Return the color of each cluster, and that of a number on it."""
    return shades_in([cluster_color(c) for c in range(k)])


def shades_in(colors: Sequence[str]) -> list[tuple[str, str]]:
    """Return colors, and that of a number on each."""
    return [(color, ink_on(color)) for color in colors]


@own_style()
def draw_flows(match: Match, colors: Sequence[str], names: tuple[str, str]) -> str:
    """Draw where the rows of each cluster went, in the colors of the clusters now."""
    figure = new_figure(9.0, 4.4)
    ax = figure.add_axes((0.02, 0.08, 0.96, 0.9))
    plot_flows(match.flows, mapping=match.mapping, colors=colors, names=names, ax=ax)
    return to_svg(figure, name="flows", label="Where the rows of each cluster went")
