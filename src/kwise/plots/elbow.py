"""The elbow of any clusterer as a display of scikit-learn's kind."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kwise._inputs import check_labels, check_lengths, check_rows
from kwise.plots._artists import restyled
from kwise.plots._axes import axes_or_new, name_y
from kwise.plots.criterion import draw_scores
from kwise.results import Choice, Score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike
    from sklearn.base import BaseEstimator

    from kwise.results import Floats, Selection

__all__ = ["ElbowDisplay"]

_MOST = 10


@dataclass
class ElbowDisplay:
    """Inertia over the number of clusters, with its knee: a picture, and never a verdict alone.

    Attributes
    ----------
    ks : tuple of int
        Numbers of clusters, ascending.
    inertias : tuple of float
        Sum of squared distances to the centers for each of them; lower is nearer.
    knee : int or None
        Where kneed sees the curve bend, None where it sees nothing; it sees knees in noise too.
    ax_ : matplotlib Axes
        Where it was drawn last.

    See Also
    --------
    kwise.select_k : The number of clusters that the data support, or that there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise import KMeans
    >>> from kwise.plots import ElbowDisplay
    >>> X = np.repeat([[0.0, 0.0], [5.0, 9.0], [9.0, 0.0]], 10, axis=0)
    >>> X += np.arange(30)[:, None] / 1e3
    >>> ElbowDisplay.from_estimator(KMeans(random_state=0), X, ks=range(1, 7)).knee
    3
    """

    ks: tuple[int, ...]
    inertias: tuple[float, ...]
    knee: int | None = None

    ax_: Axes | None = None

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: ArrayLike,
        *,
        ks: Iterable[int] | None = None,
        ax: Axes | None = None,
        **keywords: Any,
    ) -> Self:
        """Fit a copy of a clusterer with each number of clusters, and draw.

        Parameters
        ----------
        estimator : estimator with ``n_clusters`` and ``inertia_``
            Fitted or not, it stays as it is; of a Pipeline the last step.
        X : array-like of shape (n_samples, n_features)
            The rows.
        ks : iterable of int, optional
            Numbers of clusters; by default 1 to 10, as far as there are rows.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot`` does.

        Returns
        -------
        ElbowDisplay
            Drawn; ``ax_`` holds the axes.
        """
        wanted = sorted(set(range(1, min(_MOST, len(np.asarray(X))) + 1) if ks is None else ks))
        inertias = [_fitted_with(estimator, k, X).inertia_ for k in wanted]
        return cls._of(wanted, inertias).plot(ax=ax, **keywords)

    @classmethod
    def from_predictions(
        cls, X: ArrayLike, labels: Iterable[ArrayLike], *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Measure labelings of the same rows, and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows, scaled as they were clustered.
        labels : iterable of array-like of shape (n_samples,)
            One labeling for each number of clusters.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot`` does.

        Returns
        -------
        ElbowDisplay
            Drawn; ``ax_`` holds the axes.
        """
        rows = check_rows(X, dtype=np.float64, one_column=True)
        found = dict(sorted(_inertia(rows, each) for each in labels))
        return cls._of(list(found), list(found.values())).plot(ax=ax, **keywords)

    @classmethod
    def from_selection(
        cls, selection: Selection, *, ax: Axes | None = None, **keywords: Any
    ) -> Self:
        """Take the inertias of a selection, and draw.

        Parameters
        ----------
        selection : Selection
            From ``select_k``.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Passed on to matplotlib, as ``plot`` does.

        Returns
        -------
        ElbowDisplay
            Drawn; ``ax_`` holds the axes.
        """
        sweep = selection.sweep
        inertias = [run.inertia for run in sweep.runs]
        return cls._of(list(sweep.ks), inertias).plot(ax=ax, **keywords)

    @classmethod
    def _of(cls, ks: list[int], inertias: list[float]) -> Self:
        """Find the knee of a curve."""
        from kwise.selection.rules import knee

        found = knee(ks, [Score(float(value)) for value in inertias])
        return cls(tuple(ks), tuple(map(float, inertias)), found.k)

    def plot(self, *, title: str = "inertia", ax: Axes | None = None, **keywords: Any) -> Self:
        """Draw the curve, with a ring around its knee.

        Parameters
        ----------
        title : str, default="inertia"
            Words above the figure.
        ax : matplotlib Axes, optional
            Where to draw; by default a new figure.
        **keywords : object
            Properties of the curve (matplotlib's ``Line2D``), such as ``color``.

        Returns
        -------
        ElbowDisplay
            Itself; ``ax_`` holds the axes.
        """
        self.ax_ = axes_or_new(ax)
        scores = [Score(value) for value in self.inertias]
        curve = draw_scores(self.ax_, title, self.ks, scores, Choice(self.knee, "knee"))
        name_y(self.ax_, "inertia (lower is better)")
        restyled([curve], keywords)
        return self


def _fitted_with(estimator: BaseEstimator, k: int, X: ArrayLike) -> Any:
    """Return the clusterer of a copy that is fitted with ``k`` clusters."""
    steps = getattr(estimator, "steps", None)
    name = f"{steps[-1][0]}__n_clusters" if steps else "n_clusters"
    fitted = copy.deepcopy(estimator).set_params(**{name: k}).fit(X)
    return fitted.steps[-1][1] if steps else fitted


def _inertia(rows: Floats, labels: ArrayLike) -> tuple[int, float]:
    """Return the number of clusters of a labeling, and its sum of squares within them."""
    given = check_labels(labels)
    check_lengths(rows, given)
    groups = [rows[given == each] for each in np.unique(given)]
    return len(groups), float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in groups))
