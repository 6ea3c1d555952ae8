"""Yellowbrick's three cluster visualizers by their own names, on today's scikit-learn.

Code that imported them from ``yellowbrick.cluster`` imports them from here: ``fit(X)`` and
``show()`` as before. What they draw are kwise's figures.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, Self

import numpy as np

from kwise._optional import require
from kwise.metrics import silhouette_samples
from kwise.plots._axes import axes_or_new
from kwise.plots._saving import save_figure
from kwise.plots.criterion import draw_scores
from kwise.plots.distances import place_centers, plot_distances
from kwise.plots.silhouette import plot_silhouette
from kwise.selection import CRITERIA, sweep_k

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["InterclusterDistance", "KElbowVisualizer", "SilhouetteVisualizer"]

# Yellowbrick's name of a metric -> kwise's criterion.
_METRICS = {
    "distortion": "inertia",
    "silhouette": "silhouette",
    "calinski_harabasz": "calinski_harabasz",
}


class _Clusterer(Protocol):
    """An estimator with centers, fitted by ``fit``."""

    cluster_centers_: NDArray[np.floating]
    labels_: NDArray[np.integer]

    def fit(self, X: ArrayLike) -> object:
        """Cluster the rows."""


class _Visualizer:
    """What the three have in common: an estimator, axes, ``show``."""

    def __init__(
        self,
        estimator: _Clusterer,
        ax: Axes | None = None,
        *,
        title: str | None = None,
        is_fitted: bool | Literal["auto"] = "auto",
    ) -> None:
        self.estimator = estimator
        self.ax = ax
        self.title = title
        self.is_fitted = is_fitted

    def show(self, outpath: str | None = None, clear_figure: bool = False) -> Axes | None:
        """Show the figure, or write it to ``outpath``; ``clear_figure`` empties it then."""
        if outpath is not None and self.ax is not None:
            figure = self.ax.figure.canvas.figure
            assert figure is not None
            save_figure(figure, Path(outpath))
        else:
            require("matplotlib.pyplot", extra="report").show()
        if clear_figure and self.ax is not None:
            self.ax.figure.canvas.figure.clear()
        return self.ax

    def _fitted(self, X: ArrayLike) -> NDArray[np.integer]:
        """Fit the estimator unless it is fitted, and return its labels."""
        found = hasattr(self.estimator, "cluster_centers_")
        if not (found if self.is_fitted == "auto" else self.is_fitted):
            self.estimator.fit(X)
        return np.asarray(self.estimator.labels_)

    def _titled(self, ax: Axes) -> Axes:
        """Put the title above the figure, if one was given."""
        if self.title:
            ax.set_title(self.title, parse_math=False)
        return ax


class KElbowVisualizer(_Visualizer):
    """Scores over k, with the k that the metric chooses.

    Parameters
    ----------
    estimator : KMeans
        Its ``random_state`` and ``n_init`` are used; its number of clusters is not.
    ax : matplotlib Axes, optional
        Where to draw.
    k : int, tuple or iterable of int, default=10
        Candidates: 2 to k, from the first to below the second, or the numbers themselves.
    metric : {"distortion", "silhouette", "calinski_harabasz"}, default="distortion"
        What is drawn and chooses.
    distance_metric : {"euclidean"}, default="euclidean"
        k-means knows no other.
    timings : bool, default=True
        Accepted for old code; times of fits are not drawn.
    locate_elbow : bool, default=True
        Whether to look for the k that the metric chooses.
    title : str, optional
        Words above the figure.

    Attributes
    ----------
    k_scores_ : list of float
        The score of each of ``k_values_``.
    elbow_value_ : int or None
        The k that the metric chooses.
    elbow_score_ : float
        Its score, 0 where none is chosen.

    See Also
    --------
    kwise.select_k : The choice with all of the evidence.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.compat.yellowbrick import KElbowVisualizer
    >>> X = [[i + 10.0 * (i % 2), 0.0] for i in range(20)]
    >>> KElbowVisualizer(KMeans(random_state=0), k=5, metric="silhouette").fit(X).k_values_
    [2, 3, 4, 5]
    """

    def __init__(
        self,
        estimator: _Clusterer,
        ax: Axes | None = None,
        k: int | tuple[int, int] | Iterable[int] = 10,
        metric: str = "distortion",
        distance_metric: str = "euclidean",
        timings: bool = True,
        locate_elbow: bool = True,
        *,
        title: str | None = None,
    ) -> None:
        super().__init__(estimator, ax, title=title)
        if distance_metric != "euclidean":
            raise ValueError(
                f"distance_metric={distance_metric!r} is not possible: k-means minimizes squared "
                "Euclidean distances; kwise.compare has k-medoids for others"
            )
        self.timings, self.locate_elbow = timings, locate_elbow
        if metric not in _METRICS:
            raise ValueError(f"metric={metric!r} is unknown; use one of {', '.join(_METRICS)}")
        self.metric = metric
        if isinstance(k, int):
            self.k_values_ = list(range(2, k + 1))
        elif isinstance(k, tuple) and len(k) == 2:
            self.k_values_ = list(range(*k))
        else:
            self.k_values_ = sorted(set(k))

    def fit(self, X: ArrayLike) -> Self:
        """Score every candidate, and draw."""
        criterion = _METRICS[self.metric]
        seed = getattr(self.estimator, "random_state", None)
        sweep = sweep_k(X, self.k_values_, criteria=[criterion], random_state=seed)
        scores = sweep.scores[criterion]
        self.k_scores_ = [score.value for score in scores]
        choice = CRITERIA[criterion].choose(sweep.ks, scores)
        self.elbow_value_ = choice.k if self.locate_elbow else None
        self.elbow_score_ = 0.0
        if self.elbow_value_ is not None:
            self.elbow_score_ = self.k_scores_[self.k_values_.index(self.elbow_value_)]
        shown = choice if self.locate_elbow else None
        ax = axes_or_new(self.ax, (4.2, 3.0))
        draw_scores(ax, CRITERIA[criterion].label, sweep.ks, scores, shown)
        self.ax = self._titled(ax)
        return self


class SilhouetteVisualizer(_Visualizer):
    """Silhouettes of every row, by cluster.

    Parameters
    ----------
    estimator : KMeans
        Fitted, or to be fitted.
    ax : matplotlib Axes, optional
        Where to draw.
    title : str, optional
        Words above the figure.
    is_fitted : bool or "auto", default="auto"
        Whether to leave the estimator as it is.

    Attributes
    ----------
    silhouette_score_ : float
        Mean over all rows, in [-1, 1]; higher is better.
    n_samples_, n_clusters_ : int
        Numbers of rows and clusters.

    See Also
    --------
    kwise.plots.plot_silhouette : The figure alone.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.compat.yellowbrick import SilhouetteVisualizer
    >>> X = [[0.0], [1.0], [9.0], [10.0]]
    >>> round(SilhouetteVisualizer(KMeans(2, random_state=0)).fit(X).silhouette_score_, 3)
    0.889
    """

    def fit(self, X: ArrayLike) -> Self:
        """Score every row, and draw."""
        labels = self._fitted(X)
        self.silhouette_samples_ = silhouette_samples(X, labels)
        self.silhouette_score_ = float(self.silhouette_samples_.mean())
        self.n_samples_, self.n_clusters_ = len(labels), len(np.unique(labels))
        self.ax = self._titled(plot_silhouette(self.silhouette_samples_, labels, ax=self.ax))
        return self


class InterclusterDistance(_Visualizer):
    """A map of the centers that keeps their distances as well as a plane can.

    Parameters
    ----------
    estimator : KMeans
        Fitted, or to be fitted.
    ax : matplotlib Axes, optional
        Where to draw.
    title : str, optional
        Words above the figure.
    is_fitted : bool or "auto", default="auto"
        Whether to leave the estimator as it is.

    Attributes
    ----------
    scores_ : ndarray of shape (n_clusters,)
        Rows of each cluster: the areas of the disks.
    cluster_centers_, embedded_centers_ : ndarray
        The centers, shape (n_clusters, n_features), and where they are drawn, (n_clusters, 2).

    See Also
    --------
    kwise.plots.plot_distances : The figure alone.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.compat.yellowbrick import InterclusterDistance
    >>> X = [[0.0], [1.0], [9.0], [10.0]]
    >>> InterclusterDistance(KMeans(2, random_state=0)).fit(X).scores_.tolist()
    [2, 2]
    """

    def fit(self, X: ArrayLike) -> Self:
        """Count the rows of each cluster, and draw."""
        labels = self._fitted(X)
        self.scores_ = np.bincount(labels, minlength=len(self.estimator.cluster_centers_))
        self.cluster_centers_ = np.asarray(self.estimator.cluster_centers_, dtype=np.float64)
        self.embedded_centers_ = place_centers(self.cluster_centers_)[0]
        self.ax = self._titled(plot_distances(self.cluster_centers_, self.scores_, ax=self.ax))
        return self
