"""One criterion over k: its curve, its error bars and the k that it chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._optional import require
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress, name_y
from kwise.plots._roles import accent, line, muted, paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from kwise.results import Choice, Score, Selection

__all__ = ["draw_scores", "plot_criteria", "plot_criterion"]


def plot_criterion(
    selection: Selection,
    criterion: str,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw one criterion's score for every candidate k.

    A ring marks the criterion's own choice, the upright line the k that was chosen in the
    end; bars are one standard error where the criterion has one.

    Parameters
    ----------
    selection : Selection
        From ``select_k``.
    criterion : str
        A key of ``selection.sweep.scores``.
    title : str, optional
        Words above the figure; by default the name of the criterion.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the curve (matplotlib's ``Line2D``), such as ``color`` or ``linewidth``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If the selection holds no such criterion.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise import select_k
    >>> from kwise.plots import plot_criterion
    >>> X = np.repeat([[0.0], [1.0], [9.0], [10.0]], 10, axis=0) + np.arange(40)[:, None] / 1e3
    >>> ax = plot_criterion(select_k(X, range(1, 6), random_state=0), "silhouette")
    >>> ax.get_xlabel()
    'number of clusters k'
    """
    scores = selection.sweep.scores.get(criterion)
    if scores is None:
        known = ", ".join(selection.sweep.scores)
        raise ValueError(f"unknown criterion {criterion!r}. This selection holds: {known}.")
    ax = axes_or_new(ax, (4.2, 3.0))
    ax.axvline(selection.k, color=line(), lw=7, zorder=0)
    label = selection.labels_of_criteria.get(criterion, criterion)
    label = label if title is None else title
    curve = draw_scores(ax, label, selection.sweep.ks, scores, selection.choices.get(criterion))
    direction = str(selection.directions.get(criterion, ""))
    better = f" ({direction} is better)" if direction in ("higher", "lower") else ""
    name_y(ax, f"{criterion}{better}")
    restyled([curve], keywords)
    return ax


def draw_scores(
    ax: Axes, label: str, candidates: Sequence[int], scores: Sequence[Score], choice: Choice | None
) -> Artist:
    """Draw scores over the candidates, with a ring around the choice."""
    ks = np.array(candidates)
    values = np.array([score.value for score in scores])
    errors = np.array([score.standard_error for score in scores])
    known_k = np.isfinite(values)
    dress(ax, title=label, xlabel="number of clusters k", grid="y")
    (curve,) = ax.plot(ks[known_k], values[known_k], color=accent(), lw=1.8, zorder=2)
    ax.scatter(ks[known_k], values[known_k], s=16, color=accent(), lw=0, zorder=3)
    bars = known_k & np.isfinite(errors)
    if bars.any():
        ax.vlines(ks[bars], (values - errors)[bars], (values + errors)[bars], color=muted(), lw=1.1)
    if choice is not None and choice.k is not None and choice.k in candidates:
        at = candidates.index(choice.k)
        ax.scatter([choice.k], [values[at]], s=95, fc=paper(), ec=accent(), lw=1.8, zorder=2.5)
    ax.set_xlim(ks.min() - 0.6, ks.max() + 0.6)
    ax.set_xticks(ks if len(ks) <= 12 else ks[:: int(np.ceil(len(ks) / 10))])
    return curve


def plot_criteria(
    selection: Selection, *, axs: list[Axes] | None = None, **keywords: Any
) -> list[Axes]:
    """Draw every criterion side by side, each on its own scale.

    Parameters
    ----------
    selection : Selection
        From ``select_k``.
    axs : list of matplotlib Axes, optional
        One for each criterion; by default a new figure.
    **keywords : object
        As for ``plot_criterion``.

    Returns
    -------
    list of matplotlib Axes
        The axes drawn on, in the order of ``selection.sweep.scores``.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise import select_k
    >>> from kwise.plots import plot_criteria
    >>> X = np.repeat([[0.0], [1.0], [9.0], [10.0]], 10, axis=0) + np.arange(40)[:, None] / 1e3
    >>> selection = select_k(X, range(1, 6), random_state=0)
    >>> len(plot_criteria(selection)) == len(selection.sweep.scores)
    True
    """
    names = list(selection.sweep.scores)
    if axs is None:
        pyplot = require("matplotlib.pyplot", extra="report")
        n_rows = int(np.ceil(len(names) / 3))
        _, grid = pyplot.subplots(
            n_rows, 3, figsize=(11.0, 2.8 * n_rows), layout="constrained", squeeze=False
        )
        axs = list(grid.flat)[: len(names)]
        for spare in list(grid.flat)[len(names) :]:
            spare.set_visible(False)
    return [plot_criterion(selection, name, ax=ax, **keywords) for name, ax in zip(names, axs)]
