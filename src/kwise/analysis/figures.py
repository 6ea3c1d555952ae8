"""The figures of an analysis, one call each: ``analysis.plot.scatter()``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from kwise.analysis.result import Analysis
    from kwise.results import Labels

__all__ = ["Figures"]

_MOST_TOLD = 6  # columns, and variables beside them, that hovering tells


@dataclass(frozen=True, slots=True)
class Figures:
    """What can be drawn of an analysis; made by ``Analysis.plot``.

    Every figure takes ``ax``, a matplotlib Axes to draw on, returns the axes, and passes further
    keywords on to the function of ``kwise.plots`` that draws it. Nothing is fitted while drawing.

    See Also
    --------
    kwise.plots : The figures from numbers of one's own.

    Examples
    --------
    >>> import kwise
    >>> import polars as pl
    >>> analysis = kwise.analyze(pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5}), ks=[1, 2, 3])
    >>> analysis.plot.elbow().get_xlabel()
    'number of clusters k'
    """

    analysis: Analysis

    def scatter(
        self,
        k: int | None = None,
        *,
        truth: str | bool | ArrayLike | None = None,
        ax: Axes | None = None,
        **keywords: Any,
    ) -> Axes:
        """Draw the rows in the page's plane, colored by cluster.

        ``truth`` gives known labels a shape each: a column of the table, a label for each
        clustered row, or True for the column that the analysis was given as truth.
        """
        from kwise.plots import plot_scatter

        data, k = self.analysis.report_data, self._k(k)
        plane = data.plane
        own: dict[str, Any] = {
            "names": plane.names,
            "centers": plane.centers[k],
            "colors": data.colors(k),
        }
        if isinstance(truth, str) or truth is True:
            truth = self._column(truth)
        return plot_scatter(plane.points, self._labels(k), truth=truth, ax=ax, **own | keywords)

    def interactive(self, k: int | None = None, **keywords: Any) -> Any:
        """Draw the rows as ``scatter`` does, by Altair: hover, zoom and brush.

        It returns an ``altair.Chart`` and takes no ``ax``; ``pip install "kwise[interactive]"``.
        """
        from kwise.plots import plot_interactive

        data, k = self.analysis.report_data, self._k(k)
        told: dict[str, Any] = {}
        if data.row_names is not None:
            told["name"] = list(data.row_names)
        shown = [int(j) for j in data.profile.columns[:_MOST_TOLD]]
        told |= {data.columns[j]: data.originals[:, j] for j in shown}
        told |= {each.name: each.values for each in data.outside[:_MOST_TOLD]}
        own: dict[str, Any] = {"names": data.plane.names, "rows": told, "colors": data.colors(k)}
        return plot_interactive(data.plane.points, self._labels(k), **own | keywords)

    def silhouette(self, k: int | None = None, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw the silhouettes of the rows, or of the page's sample of them, by cluster."""
        from kwise.plots import plot_silhouette

        evidence, k = self.analysis.evidence, self._k(k)
        if k not in evidence.silhouettes:
            raise ValueError(f"k={k} has no silhouettes; they compare two clusters or more")
        labels = self._labels(k)[evidence.scored_rows]
        if evidence.scored_words():
            keywords.setdefault("title", f"{len(labels):,} rows drawn at random")
        return plot_silhouette(evidence.silhouettes[k], labels, ax=ax, **keywords)

    def elbow(self, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw the inertia over the number of clusters, with its knee."""
        return self.criterion("inertia", ax=ax, **keywords)

    def criterion(self, name: str, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw one criterion over the number of clusters, with its choice."""
        from kwise.plots import plot_criterion

        return plot_criterion(self.analysis.selection, name, ax=ax, **keywords)

    def tree(self, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw how the clusters split as k grows, a color staying with its cluster."""
        from kwise.plots import plot_tree

        data = self.analysis.report_data
        colors = {k: data.colors(k) for k in data.labels}
        return plot_tree(data.labels, ax=ax, **{"colors": colors} | keywords)

    def sizes(self, k: int | None = None, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw the number of rows in each cluster."""
        from kwise.plots import plot_sizes

        return plot_sizes(self._labels(self._k(k)), ax=ax, **keywords)

    def distances(self, k: int | None = None, *, ax: Axes | None = None, **keywords: Any) -> Axes:
        """Draw a map of the centers, as far apart as they are."""
        from kwise.plots import plot_distances

        k = self._k(k)
        sizes = np.bincount(self._labels(k), minlength=k)
        return plot_distances(self.analysis.evidence.centers[k], sizes, ax=ax, **keywords)

    def boxes(
        self, column: str, k: int | None = None, *, ax: Axes | None = None, **keywords: Any
    ) -> Axes:
        """Draw a column of numbers of the table by cluster, used for clustering or not."""
        from kwise.plots import plot_boxes

        frame = self.analysis.table.frame
        if column not in frame.columns or not frame[column].dtype.is_numeric():
            raise ValueError(f"{column!r} is no column of numbers of {self.analysis.table.name}")
        values = frame[column].cast(float).to_numpy()[self.analysis.rows]
        return plot_boxes(values, self._labels(self._k(k)), ax=ax, **{"name": column} | keywords)

    def _column(self, name: str | bool) -> list[str]:
        """Return a column of the table, row by clustered row, as words."""
        wanted = self.analysis.truth if name is True else name
        if wanted is None:
            raise ValueError("truth=True: the analysis was given no truth; name a column")
        frame = self.analysis.table.frame
        if wanted not in frame.columns:
            raise ValueError(f"{wanted!r} is no column of {self.analysis.table.name}")
        values = frame[str(wanted)].to_list()
        return ["missing" if values[i] is None else str(values[i]) for i in self.analysis.rows]

    def _k(self, k: int | None) -> int:
        """Return the number of clusters to be drawn, which must be one that is told of."""
        wanted = self.analysis.k if k is None else k
        if wanted not in self.analysis.evidence.labels:
            known = ", ".join(map(str, sorted(self.analysis.evidence.labels)))
            raise ValueError(f"k={wanted} was not looked at in full; drawn can be: {known}")
        return wanted

    def _labels(self, k: int) -> Labels:
        """Return the cluster of each clustered row, from 0."""
        return self.analysis.evidence.labels[k]
