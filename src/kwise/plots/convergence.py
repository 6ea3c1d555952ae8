"""How runs of k-means came down to their answers, iteration by iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import accent, muted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from kwise.results import History

__all__ = ["plot_convergence"]


def plot_convergence(
    histories: Sequence[History], *, title: str = "", ax: Axes | None = None, **keywords: Any
) -> Axes:
    """Draw the inertia of several runs over their iterations.

    The best run is drawn strongly; those that end higher are stuck in a poorer optimum.

    Parameters
    ----------
    histories : sequence of History
        One for each run, from ``KMeans(keep_history=True).fit(X).history_``.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the lines (matplotlib's ``Line2D``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; heights are percent above the best inertia found, on a scale that
        is linear below 1 % and logarithmic above.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.plots import plot_convergence
    >>> X = [[0.0], [1.0], [9.0], [10.0]]
    >>> runs = [KMeans(2, random_state=i, keep_history=True).fit(X) for i in range(3)]
    >>> plot_convergence([run.history_ for run in runs]).get_xlabel()
    'iteration'
    """
    ax = axes_or_new(ax)
    dress(ax, title=title, xlabel="iteration", ylabel="% above the best inertia", grid="y")
    before = len(ax.lines)
    ends = [float(each.inertia[-1]) for each in histories]
    best = min(ends)
    floor = best if best > 0 else 1.0
    for i in np.argsort(ends)[::-1]:
        above = 100 * (np.asarray(histories[i].inertia) - best) / floor
        first = i == int(np.argmin(ends))
        color, width = (accent(), 2.2) if first else (muted(), 1.1)
        ax.plot(np.arange(len(above)), above, color=color, lw=width, zorder=3 if first else 2)
        ax.scatter([len(above) - 1], [above[-1]], s=26, color=color, lw=0, zorder=4)
    restyled(ax.lines[before:], keywords)
    ax.set_yscale("symlog", linthresh=1.0, linscale=0.5)
    ax.set_ylim(bottom=-0.06)
    highest = max(100 * (float(np.max(each.inertia)) - best) / floor for each in histories)
    ticks = [tick for tick in (0, 1, 3, 10, 30, 100, 300, 1000, 3000) if tick <= max(highest, 1)]
    ax.set_yticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    longest = max(len(each.inertia) for each in histories) - 1
    ax.set_xticks(range(0, longest + 1, max(1, -(-longest // 10))))
    return ax
