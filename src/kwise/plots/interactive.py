"""A figure that answers: hover, zoom, brush; by Altair, for notebooks and pages of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._inputs import check_lengths
from kwise._optional import require
from kwise.plots._given import coded_for, drawn_points
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from kwise.results import Floats

__all__ = ["MOST_ANSWERING", "plot_interactive"]

# Rows that a browser moves without effort; of more, a random sample is drawn and said.
MOST_ANSWERING = 5_000
_X, _Y, _CLUSTER = "kwise x", "kwise y", "cluster"


def plot_interactive(
    points: ArrayLike,
    labels: ArrayLike,
    *,
    names: tuple[str, str] = ("", ""),
    rows: Mapping[str, ArrayLike] | None = None,
    colors: Sequence[str] | None = None,
    title: str = "",
    **keywords: Any,
) -> Any:
    """Draw clusters in a plane that answers: hover tells a row, the wheel zooms, a drag brushes.

    Beside the plane stand the sizes of the clusters among the rows that are brushed; a click on a
    cluster of the legend leaves the others grey.

    Parameters
    ----------
    points : array-like of shape (n_samples, 2)
        Coordinates, finite, in the units to be shown.
    labels : array-like of shape (n_samples,)
        Cluster of each point: from 0, shown as 1, 2, ..., or labels of any other kind.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    rows : mapping of str to array-like of shape (n_samples,), optional
        What hovering tells of a row, beside its number from 1 and its cluster.
    colors : sequence of str, optional
        Color of each cluster; by default those of ``kwise.plots.palette``.
    title : str, default=""
        Words above the figure.
    **keywords : object
        Passed on to Altair's ``mark_circle``, such as ``size`` or ``opacity``.

    Returns
    -------
    altair.Chart
        Shows itself in a notebook; ``.save("figure.html", inline=True)`` writes a page that loads
        nothing, without ``inline`` one whose scripts come from the network. Of more than 5,000
        rows a random sample is drawn, and the title says so.

    Raises
    ------
    MissingDependencyError
        If Altair is not installed: ``pip install "kwise[interactive]"``.

    See Also
    --------
    plot_scatter : The same plane as a picture, with every row.

    Examples
    --------
    >>> from kwise.plots import plot_interactive
    >>> chart = plot_interactive([[0.0, 0.0], [5.0, 5.0]], [0, 1])  # doctest: +SKIP
    >>> chart.save("figure.html", inline=True)  # doctest: +SKIP
    """
    altair = require("altair", extra="interactive")
    xy = drawn_points(points)
    groups, called = coded_for(xy, labels, "points")
    told = {name: np.asarray(values) for name, values in (rows or {}).items()}
    for name, values in told.items():
        check_lengths(xy, values, name=f"rows[{name!r}]", beside="points")
    kept = _kept(len(xy))
    if len(kept) < len(xy):
        title = f"{title}: " if title else ""
        title += f"a random sample of {len(kept):,} of {len(xy):,} rows"
    shades = [cluster_color(c) for c in range(len(called))] if colors is None else list(colors)
    data = altair.Data(values=_records(xy, groups, called, told, kept))
    return _linked(altair, data, names, called, shades, list(told), title, keywords)


def _kept(n: int) -> NDArray[np.intp]:
    """Return the rows that are drawn."""
    if n <= MOST_ANSWERING:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).permutation(n)[:MOST_ANSWERING])


def _records(
    xy: Floats,
    groups: NDArray[np.int32],
    called: Sequence[str],
    told: Mapping[str, NDArray[np.generic]],
    kept: NDArray[np.intp],
) -> list[dict[str, object]]:
    """Return what is told of each row, as JSON knows it."""
    return [
        {_X: float(xy[i, 0]), _Y: float(xy[i, 1]), _CLUSTER: called[groups[i]], "row": i + 1}
        | {name: _plain(values[i]) for name, values in told.items()}
        for i in kept.tolist()
    ]


def _plain(value: Any) -> object:
    """Return a cell as JSON knows it; what is missing is null."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def _linked(
    altair: Any,
    data: Any,
    names: tuple[str, str],
    called: Sequence[str],
    shades: Sequence[str],
    told: Sequence[str],
    title: str,
    keywords: Mapping[str, Any],
) -> Any:
    """Return the plane and, beside it, the sizes of the clusters in the brush."""
    scale = altair.Scale(domain=list(called), range=list(shades))
    color = altair.Color(field=_CLUSTER, type="nominal", scale=scale)
    brush = altair.selection_interval(name="brush")
    chosen = altair.selection_point(name="chosen", fields=[_CLUSTER], bind="legend")
    zoom = altair.selection_interval(
        name="zoom",
        bind="scales",
        translate="[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!",
    )
    grey = altair.value("#c3c7ce")
    tips = [altair.Tooltip(field=_escaped(name), title=name) for name in ("row", _CLUSTER, *told)]
    plane = (
        altair.Chart(data, width=460, height=360)
        .mark_circle(**{"size": 36, "opacity": 0.75} | dict(keywords))
        .encode(
            x=altair.X(
                field=_X, type="quantitative", title=names[0], scale=altair.Scale(zero=False)
            ),
            y=altair.Y(
                field=_Y, type="quantitative", title=names[1], scale=altair.Scale(zero=False)
            ),
            color=altair.condition(brush & chosen, color, grey),
            tooltip=tips,
        )
        .add_params(brush, chosen, zoom)
    )
    sizes = (
        altair.Chart(data, width=160, height=360)
        .mark_bar()
        .encode(
            y=altair.Y(
                field=_CLUSTER, type="nominal", scale=altair.Scale(domain=list(called))
            ),  # all, also those that no brushed row is of
            x=altair.X(aggregate="count", type="quantitative", title="rows in the brush"),
            color=color,
        )
        .transform_filter(brush)
    )
    return altair.hconcat(plane, sizes, title=title)


def _escaped(name: str) -> str:
    """Return a column's name as a field, in which dots and brackets would lead further down."""
    return "".join(f"\\{letter}" if letter in ".[]\\" else letter for letter in name)
