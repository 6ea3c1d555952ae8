"""Several methods on one table: a panel of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._formatting import coefficient
from kwise._inputs import check_rows
from kwise._optional import require
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new
from kwise.plots._saving import save_figure
from kwise.plots.palette import cluster_color
from kwise.plots.raster import cloud, paint
from kwise.plots.scatter import plane_bounds, plot_plane

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

    from kwise.comparison import Comparison, Outcome
    from kwise.results import Floats

__all__ = ["plot_comparison", "plot_outcome", "save_comparison"]

_NOISE = "#9aa1ac"


def plot_outcome(
    X: ArrayLike,
    outcome: Outcome,
    *,
    names: tuple[str, str] = ("", ""),
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw the groups that one method found; grey rows are noise to it.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The rows that were compared; of more than two columns the first two principal
        components are drawn.
    outcome : Outcome
        One of the ``outcomes`` of a comparison.
    names : tuple of two str, default=("", "")
        What the two axes are, with units.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the picture of the rows (matplotlib's ``AxesImage``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.comparison import compare_methods
    >>> from kwise.plots import plot_outcome
    >>> X = [[0.0, 0.0], [0.0, 1.0], [9.0, 9.0], [9.0, 8.0], [8.0, 9.0], [1.0, 0.0]]
    >>> found = compare_methods(X, 2, methods=["kmeans"])
    >>> plot_outcome(X, found.outcomes[0]).get_title(loc="left").splitlines()
    ['k-means', '2 groups']
    """
    points = _plane(check_rows(X, dtype=np.float64))
    ax = axes_or_new(ax)
    bounds = plane_bounds(points)
    title = outcome.label
    if outcome.labels is None:
        return plot_plane(bounds, names=names, title=f"{title}\nskipped", ax=ax)
    n = outcome.n_clusters
    title += f"\n{n} group{'s' if n != 1 else ''}"
    if outcome.noise > 0:
        title += f", {100 * outcome.noise:.0f} % noise"
    if np.isfinite(outcome.ari):
        title += f", ARI {coefficient(outcome.ari)}"
    plot_plane(bounds, names=names, title=title, ax=ax)
    ranks = np.unique(outcome.labels[outcome.labels >= 0])
    labels = np.where(outcome.labels >= 0, np.searchsorted(ranks, outcome.labels), n)
    colors = [*(cluster_color(c) for c in range(n)), _NOISE]
    index, table = paint(cloud(points, bounds, (620, 460)), labels, n + 1, colors=colors)
    picture = ax.imshow(table[index], extent=bounds, aspect="auto", interpolation="none", zorder=1)
    restyled([picture], keywords)
    return ax


def plot_comparison(
    comparison: Comparison, *, n_columns: int = 4, title: str = "", **keywords: Any
) -> Figure:
    """Draw what every method found on the same rows, one picture a method.

    Parameters
    ----------
    comparison : Comparison
        From ``kwise.compare`` or ``compare_methods``.
    n_columns : int, default=4
        Pictures beside one another.
    title : str, default=""
        Words above the figure.
    **keywords : object
        Properties of the pictures of the rows (matplotlib's ``AxesImage``), such as ``alpha``.

    Returns
    -------
    matplotlib Figure
        The pictures, in the order of the methods; those that were skipped have none.

    See Also
    --------
    save_comparison : Writes the figure.

    Examples
    --------
    >>> from kwise.comparison import compare_methods
    >>> from kwise.plots import plot_comparison
    >>> X = [[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0]]
    >>> len(plot_comparison(compare_methods(X, 2, methods=["kmeans", "ward"])).axes)
    2
    """
    pyplot = require("matplotlib.pyplot", extra="report")
    outcomes = [each for each in comparison.outcomes if each.labels is not None]
    n_columns = max(min(n_columns, len(outcomes)), 1)
    n_rows = max(-(-len(outcomes) // n_columns), 1)
    figure: Figure = pyplot.figure(figsize=(3.6 * n_columns, 3.1 * n_rows), layout="constrained")
    axs = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    for outcome, ax in zip(outcomes, axs):
        plot_outcome(comparison.plane, outcome, ax=ax, **keywords)
    for spare in axs[len(outcomes) :]:
        spare.remove()
    if title:
        figure.suptitle(title, parse_math=False)
    return figure


def save_comparison(comparison: Comparison, path: Path, **keywords: Any) -> None:
    """Draw every method of a comparison in one panel, and write it whole or not at all.

    Parameters
    ----------
    comparison : Comparison
        From ``kwise.compare`` or ``compare_methods``.
    path : Path
        Where to; the suffix chooses the format: .svg, .png or .pdf.
    **keywords : object
        As for ``plot_comparison``.

    Raises
    ------
    ValueError
        If the suffix is not a format of pictures.

    Examples
    --------
    >>> from kwise.plots import save_comparison
    >>> save_comparison(kwise.compare(X), Path("panel.svg"))  # doctest: +SKIP
    """
    save_figure(plot_comparison(comparison, **keywords), path)


def _plane(X: Floats) -> Floats:
    """Return the rows themselves where they have two columns, else two components."""
    if X.shape[1] == 2:
        return X
    if X.shape[1] == 1:
        return np.column_stack([X[:, 0], np.random.default_rng(0).random(len(X))])
    apart = X - X.mean(axis=0)
    _, _, axes = np.linalg.svd(apart, full_matrices=False)
    place: Floats = apart @ axes[:2].T
    return place
