"""scikit-learn's way to a figure: an object that is made from an estimator, and drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kwise.metrics import silhouette_samples
from kwise.plots.scatter import plot_scatter
from kwise.plots.silhouette import plot_silhouette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray
    from sklearn.base import BaseEstimator

__all__ = ["ScatterDisplay", "SilhouetteDisplay"]


@dataclass
class SilhouetteDisplay:
    """Silhouettes of every row by cluster, computed once and drawn as often as wanted.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        Silhouettes in [-1, 1]; higher is better.
    labels : ndarray of shape (n_samples,)
        Cluster of each row, from 0.
    ax_ : matplotlib Axes
        Where it was drawn last.

    See Also
    --------
    kwise.plots.plot_silhouette : The figure from numbers.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.plots import SilhouetteDisplay
    >>> X = [[0.0], [1.0], [9.0], [10.0]]
    >>> shown = SilhouetteDisplay.from_estimator(KMeans(2, random_state=0).fit(X), X)
    >>> round(shown.silhouette_score, 3)
    0.889
    """

    values: NDArray[np.floating]
    labels: NDArray[np.integer]

    ax_: Axes | None = None

    @property
    def silhouette_score(self) -> float:
        """Mean silhouette of all rows."""
        return float(np.mean(self.values))

    @classmethod
    def from_estimator(
        cls, estimator: BaseEstimator, X: ArrayLike, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Score the rows under a fitted clusterer, and draw.

        Parameters
        ----------
        estimator : estimator with ``predict``
            Fitted; a Pipeline is scored in the space of its last step.
        X : array-like of shape (n_samples, n_features)
            The rows.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_silhouette`` does.

        Returns
        -------
        SilhouetteDisplay
            Drawn; ``ax_`` holds the axes.
        """
        data, labels = _predicted(estimator, X)
        return cls.from_predictions(data, labels, ax=ax, **keywords)

    @classmethod
    def from_predictions(
        cls, X: ArrayLike, labels: ArrayLike, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Score labeled rows, and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows, scaled as they were clustered.
        labels : array-like of shape (n_samples,)
            Cluster of each row, from 0.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_silhouette`` does.

        Returns
        -------
        SilhouetteDisplay
            Drawn; ``ax_`` holds the axes.
        """
        made = cls(silhouette_samples(X, labels), np.asarray(labels))
        return made.plot(ax=ax, **keywords)

    def plot(self, *, title: str = "", ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw the bars.

        Parameters
        ----------
        title : str, default=""
            Words above the figure.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_silhouette`` does.

        Returns
        -------
        SilhouetteDisplay
            Itself; ``ax_`` holds the axes.
        """
        self.ax_ = plot_silhouette(self.values, self.labels, title=title, ax=ax, **keywords)
        return self


@dataclass
class ScatterDisplay:
    """Clusters in a plane: the two columns themselves, or the first two principal components.

    Attributes
    ----------
    points : ndarray of shape (n_samples, 2)
        Where the rows lie.
    labels : ndarray of shape (n_samples,)
        Cluster of each row, of any kind.
    names : tuple of two str
        What the axes are.
    ax_ : matplotlib Axes
        Where it was drawn last.

    See Also
    --------
    kwise.plots.plot_scatter : The figure from numbers.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.plots import ScatterDisplay
    >>> X = [[0.0, 0.0], [1.0, 0.0], [9.0, 9.0], [10.0, 9.0]]
    >>> shown = ScatterDisplay.from_estimator(KMeans(2, random_state=0).fit(X), X)
    >>> shown.ax_.get_xlabel()
    'column 1'
    """

    points: NDArray[np.floating]
    labels: NDArray[np.generic]
    names: tuple[str, str] = ("", "")

    ax_: Axes | None = None

    @classmethod
    def from_estimator(
        cls, estimator: BaseEstimator, X: ArrayLike, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Place the rows under a fitted clusterer, and draw.

        Parameters
        ----------
        estimator : estimator with ``predict``
            Fitted; a Pipeline is drawn in the space of its last step.
        X : array-like of shape (n_samples, n_features)
            The rows.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_scatter`` does.

        Returns
        -------
        ScatterDisplay
            Drawn; ``ax_`` holds the axes.
        """
        data, labels = _predicted(estimator, X)
        return cls.from_predictions(data, labels, ax=ax, **keywords)

    @classmethod
    def from_predictions(
        cls, X: ArrayLike, labels: ArrayLike, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Place labeled rows, and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows, scaled as they were clustered.
        labels : array-like of shape (n_samples,)
            Cluster of each row, of any kind.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_scatter`` does.

        Returns
        -------
        ScatterDisplay
            Drawn; ``ax_`` holds the axes.
        """
        rows = np.asarray(X, dtype=np.float64)
        named = [str(name) for name in getattr(X, "columns", ())]
        names = named or [f"column {j + 1}" for j in range(rows.shape[1])]
        if rows.shape[1] == 1:
            rows = np.column_stack([rows, np.random.default_rng(0).random(len(rows))])
            names = [names[0], ""]
        elif rows.shape[1] > 2:
            apart = rows - rows.mean(axis=0)
            _, _, axes = np.linalg.svd(apart, full_matrices=False)
            rows, names = apart @ axes[:2].T, ["component 1", "component 2"]
        return cls(rows, np.asarray(labels), (names[0], names[1])).plot(ax=ax, **keywords)

    def plot(
        self, *, title: str = "", hulls: bool = False, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Draw the rows.

        Parameters
        ----------
        title : str, default=""
            Words above the figure.
        hulls : bool, default=False
            Whether to draw the convex hull of each cluster.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot_scatter`` does.

        Returns
        -------
        ScatterDisplay
            Itself; ``ax_`` holds the axes.
        """
        self.ax_ = plot_scatter(
            self.points, self.labels, names=self.names, title=title, hulls=hulls, ax=ax, **keywords
        )
        return self


def _predicted(estimator: BaseEstimator, X: ArrayLike) -> tuple[ArrayLike, NDArray[np.generic]]:
    """Return the rows as a clusterer sees them, and their labels."""
    steps = getattr(estimator, "steps", None)
    data = estimator[:-1].transform(X) if steps and len(steps) > 1 else X
    labels = estimator.predict(X) if hasattr(estimator, "predict") else estimator.labels_
    return data, np.asarray(labels)
