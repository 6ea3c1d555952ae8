"""Trees and valleys of other methods: a dendrogram, and a reachability plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, dress
from kwise.plots._roles import ink, muted
from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray
    from sklearn.base import BaseEstimator

__all__ = ["cut_height", "draw_joins", "plot_dendrogram", "plot_reachability"]

_MOST_LEAVES = 40


def plot_dendrogram(
    linkage: ArrayLike | BaseEstimator,
    *,
    n_clusters: int | None = None,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw how rows were joined into groups, from the nearest to the farthest.

    Parameters
    ----------
    linkage : array-like of shape (n_samples - 1, 4) or fitted estimator
        As from ``scipy.cluster.hierarchy.linkage``; or a fitted ``BisectingKMeans``, whose leaves
        are its clusters and heights the inertia within each node; or scikit-learn's
        ``AgglomerativeClustering`` with all its joins and ``distances_``.
    n_clusters : int, optional
        Where to draw the cut.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the tree (matplotlib's ``LineCollection``), such as ``linewidth``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on; of more than 40 rows the last 40 joins are shown, numbers in
        brackets count the rows below.

    Examples
    --------
    >>> from scipy.cluster.hierarchy import linkage
    >>> from kwise.plots import plot_dendrogram
    >>> joined = linkage([[0.0], [1.0], [9.0], [10.0]], "ward")
    >>> plot_dendrogram(joined, n_clusters=2).get_ylabel()
    'distance at which groups were joined'
    """
    from scipy.cluster.hierarchy import dendrogram

    joined = _joins_of(linkage) if hasattr(linkage, "fit") else np.asarray(linkage, dtype=float)
    bisected = hasattr(linkage, "node_inertias_")
    ax = axes_or_new(ax, (7.2, 4.0))
    before = len(ax.collections)
    drawn = dendrogram(
        joined, truncate_mode="lastp", p=_MOST_LEAVES, ax=ax, color_threshold=0,
        above_threshold_color=muted(), leaf_font_size=8,
    )  # fmt: skip
    restyled(ax.collections[before:], keywords)
    height = "inertia of the clusters below" if bisected else "distance at which groups were joined"
    dress(ax, title=title, ylabel=height)
    ax.xaxis.set_major_formatter(ax.xaxis.get_major_formatter())
    if n_clusters is not None and 1 < n_clusters <= len(joined):
        ax.axhline(cut_height(joined, n_clusters), color=ink(), lw=1.2, ls=(0, (4, 3)))
    ax.set_xticks([])
    if bisected and len(joined) < _MOST_LEAVES:
        leaves = [f"{leaf + 1}" for leaf in drawn["leaves"] or ()]
        ax.set_xticks(5.0 + 10.0 * np.arange(len(leaves)), leaves)
        ax.set_xlabel("cluster", color=ink())
    return ax


def _joins_of(estimator: Any) -> NDArray[np.float64]:
    """Return the joins of a fitted hierarchical clusterer as scipy's linkage matrix."""
    name = type(estimator).__name__
    if not hasattr(estimator, "children_"):
        raise ValueError(f"this {name} holds no tree (children_): fit it before it is drawn")
    children = np.asarray(estimator.children_, dtype=np.intp)
    if hasattr(estimator, "node_inertias_"):
        n_leaves = len(estimator.node_inertias_) - len(children)
        heights = estimator.node_inertias_[n_leaves:]
    else:
        n_leaves = len(estimator.labels_)
        heights = getattr(estimator, "distances_", None)
    if heights is None:
        raise ValueError(f"this {name} holds no distances_; fit it with compute_distances=True")
    if n_leaves < 2 or len(children) != n_leaves - 1:
        raise ValueError(
            f"this {name} holds {len(children)} joins of {n_leaves} leaves, which is no whole "
            "tree; ask for more clusters than one, and pass compute_full_tree=True"
        )
    counts = np.ones(2 * n_leaves - 1)
    for i, pair in enumerate(children):
        counts[n_leaves + i] = counts[pair].sum()
    return np.column_stack([children, heights, counts[n_leaves:]]).astype(np.float64)


def cut_height(linkage: NDArray[np.float64], n_clusters: int) -> float:
    """Return the height halfway between the joins that leave ``n_clusters`` and one fewer."""
    return float(linkage[-n_clusters + 1, 2] + linkage[-n_clusters, 2]) / 2


def draw_joins(linkage: NDArray[np.float64], *, ax: Axes) -> NDArray[np.intp]:
    """Draw every join of a tree as one quick artist, and return its leaves from the left.

    Leaves stand at 0.5, 1.5, ... so that a strip of cells fits under them.
    """
    from matplotlib.collections import LineCollection
    from scipy.cluster.hierarchy import leaves_list

    n = len(linkage) + 1
    leaves = np.asarray(leaves_list(linkage), dtype=np.intp)
    x, y = np.zeros(2 * n - 1), np.zeros(2 * n - 1)
    x[leaves] = np.arange(n) + 0.5
    joins = []
    for i, (one, other, height, _) in enumerate(linkage):
        a, b = int(one), int(other)
        x[n + i], y[n + i] = (x[a] + x[b]) / 2, height
        joins.append([(x[a], y[a]), (x[a], height), (x[b], height), (x[b], y[b])])
    ax.add_collection(LineCollection(joins, colors=muted(), linewidths=0.9))
    ax.set_xlim(0, n)
    ax.set_ylim(0, float(linkage[-1, 2]) * 1.04 or 1.0)
    return leaves


def plot_reachability(
    reachability: ArrayLike,
    labels: ArrayLike,
    ordering: ArrayLike,
    *,
    title: str = "",
    ax: Axes | None = None,
    **keywords: Any,
) -> Axes:
    """Draw OPTICS' reachability: valleys are groups, peaks lie between them.

    Parameters
    ----------
    reachability : array-like of shape (n_samples,)
        ``OPTICS().reachability_``, by row.
    labels : array-like of shape (n_samples,)
        Group of each row, -1 for noise.
    ordering : array-like of shape (n_samples,)
        ``OPTICS().ordering_``.
    title : str, default=""
        Words above the figure.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    **keywords : object
        Properties of the valleys (matplotlib's ``PolyCollection``), such as ``alpha``.

    Returns
    -------
    matplotlib Axes
        The axes drawn on.

    Examples
    --------
    >>> from kwise.plots import plot_reachability
    >>> ax = plot_reachability([float("inf"), 1.0, 1.0], [0, 0, 0], [0, 1, 2])
    >>> ax.get_xlabel()
    'rows in the order of OPTICS'
    """
    order = np.asarray(ordering)
    heights = np.asarray(reachability, dtype=np.float64)[order]
    groups = np.asarray(labels)[order]
    finite = heights[np.isfinite(heights)]
    top = float(finite.max()) if len(finite) else 1.0
    heights = np.where(np.isfinite(heights), heights, top * 1.05)
    ax = axes_or_new(ax, (7.2, 3.2))
    dress(ax, title=title, xlabel="rows in the order of OPTICS", ylabel="reachability", grid="y")
    at = np.arange(len(order))
    for c in np.unique(groups):
        color = muted() if c < 0 else cluster_color(int(c))
        shown = np.where(groups == c, heights, np.nan)
        valley = ax.fill_between(at, 0.0, shown, color=color, step="mid", lw=0.4)
        restyled([valley], keywords)
    ax.set_ylim(0.0, top * 1.08)
    return ax
