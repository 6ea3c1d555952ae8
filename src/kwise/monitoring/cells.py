"""What is counted of a table: cells, each a yes or no about a row, and how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.types import Floats

__all__ = ["CountedRows", "Layout", "Thresholds", "count_cells", "mark_cells"]

_BLOCK_CELLS = 1 << 23  # answers held at once


@dataclass(frozen=True, eq=False)
class CountedRows:
    """Rows as they are counted.

    ``originals`` (n, n_columns) are the used columns in their own units, an indicator for each
    category, nan where a cell is missing; ``labels`` (n,) clusters, -1 where there is none;
    ``distance`` (n,) the distance to the own center.
    """

    originals: Floats
    labels: NDArray[np.int32]
    distance: Floats


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Where cells begin and end: of each column of numbers, and of each cluster's distances.

    ``numbers`` (n_numbers, n_thresholds) ascend and end in nan where a column needs fewer;
    ``distances`` (n_clusters, n_distances) are nan for a cluster without rows; ``medians``
    (n_clusters, n_numbers) are those of each cluster's rows, of no column where there are too many.
    """

    numbers: Floats
    distances: Floats
    medians: Floats


@dataclass(frozen=True)
class Layout:
    """Where each cell stands among all, and among how many rows its share is.

    A cell is one question: "is this column at most so much?", "is it this category?", "is it
    missing?", "does the row have a cluster, which, does it lie far out in it, and on which side of
    the cluster's median?" Its group are the rows that it is asked of: those with a value in the
    column, all rows, those with a cluster, those of one cluster.
    """

    n_numbers: int
    n_thresholds: int
    levels: tuple[int, ...]
    n_clusters: int
    n_distances: int
    n_medians: int

    @property
    def n_columns(self) -> int:
        """Columns of the table: those of numbers, then those of categories."""
        return self.n_numbers + len(self.levels)

    def number(self, j: int) -> slice:
        """Cells of a column of numbers: at most each threshold."""
        return slice(j * self.n_thresholds, (j + 1) * self.n_thresholds)

    def category(self, c: int) -> slice:
        """Cells of a column of categories: each of them, and any other last."""
        first = self.n_numbers * self.n_thresholds + sum(self.levels[:c]) + c
        return slice(first, first + self.levels[c] + 1)

    @property
    def missing(self) -> slice:
        """One cell for each column: there is no value."""
        return slice(self.without_cluster - self.n_columns, self.without_cluster)

    @property
    def without_cluster(self) -> int:
        """The row has no cluster."""
        of_columns = self.n_numbers * self.n_thresholds + sum(self.levels) + len(self.levels)
        return of_columns + self.n_columns

    @property
    def clusters(self) -> slice:
        """One cell for each cluster."""
        first = self.without_cluster + 1
        return slice(first, first + self.n_clusters)

    @property
    def far(self) -> slice:
        """Farther from the center than each share of the own cluster's rows."""
        first = self.clusters.stop
        return slice(first, first + self.n_distances)

    def far_in(self, c: int) -> slice:
        """Return the same of the rows of one cluster."""
        first = self.far.stop + c * self.n_distances
        return slice(first, first + self.n_distances)

    def above_median(self, c: int) -> slice:
        """One cell for each column of numbers: above the median of the cluster's rows."""
        first = self._medians + c * self.n_medians
        return slice(first, first + self.n_medians)

    @property
    def _medians(self) -> int:
        """The first cell about medians."""
        first = self.without_cluster + 1 + self.n_clusters
        return first + (1 + self.n_clusters) * self.n_distances

    @property
    def n_cells(self) -> int:
        """All cells."""
        return self._medians + self.n_clusters * self.n_medians

    @property
    def all_rows(self) -> int:
        """The group of all rows; those before it have a value in each column."""
        return self.n_columns

    @property
    def n_groups(self) -> int:
        """All groups; the last are the rows with a cluster, and the rows of each cluster."""
        return self.n_columns + 2 + self.n_clusters

    @cached_property
    def groups(self) -> NDArray[np.intp]:
        """The group of every cell."""
        found = np.empty(self.n_cells, dtype=np.intp)
        for j in range(self.n_numbers):
            found[self.number(j)] = j
        for c in range(len(self.levels)):
            found[self.category(c)] = self.n_numbers + c
        found[self.missing] = self.all_rows
        found[self.without_cluster] = self.all_rows
        found[self.clusters] = found[self.far] = self.all_rows + 1
        for c in range(self.n_clusters):
            found[self.far_in(c)] = self.all_rows + 2 + c
            found[self.above_median(c)] = self.all_rows + 2 + c
        return found


def mark_cells(
    rows: CountedRows, thresholds: Thresholds, layout: Layout
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Answer every question of every row, and say which groups each row is in.

    Returns arrays of shape (n, n_cells) and (n, n_groups).
    """
    n = len(rows.labels)
    hits = np.zeros((n, layout.n_cells), dtype=bool)
    members = np.zeros((n, layout.n_groups), dtype=bool)
    numbers = rows.originals[:, : layout.n_numbers]
    with np.errstate(invalid="ignore"):
        below = numbers[:, :, None] <= thresholds.numbers
    hits[:, : layout.n_numbers * layout.n_thresholds] = below.reshape(n, -1)
    members[:, : layout.n_numbers] = ~np.isnan(numbers)
    at = layout.n_numbers
    for c, width in enumerate(layout.levels):
        levels = rows.originals[:, at : at + width]
        known = ~np.isnan(levels[:, 0])
        cells = hits[:, layout.category(c)]
        cells[:, :-1] = levels == 1.0
        cells[:, -1] = known & ~cells[:, :-1].any(axis=1)
        members[:, layout.n_numbers + c] = known
        at += width
    hits[:, layout.missing] = ~members[:, : layout.n_columns]
    members[:, layout.all_rows] = True
    _mark_clusters(rows, thresholds, layout, hits, members)
    return hits, members


def _mark_clusters(
    rows: CountedRows,
    thresholds: Thresholds,
    layout: Layout,
    hits: NDArray[np.bool_],
    members: NDArray[np.bool_],
) -> None:
    """Answer what is asked of clusters and distances."""
    placed = np.flatnonzero(rows.labels >= 0)
    labels = rows.labels[placed]
    hits[:, layout.without_cluster] = rows.labels < 0
    hits[placed, layout.clusters.start + labels] = True
    members[:, layout.all_rows + 1] = rows.labels >= 0
    members[placed, layout.all_rows + 2 + labels] = True
    far = rows.distance[placed, None] > thresholds.distances[labels]
    hits[placed, layout.far] = far
    first = layout.far.stop + labels.astype(np.intp) * layout.n_distances
    hits[placed[:, None], first[:, None] + np.arange(layout.n_distances)] = far
    if layout.n_medians:
        above = rows.originals[placed, : layout.n_numbers] > thresholds.medians[labels]
        first = layout.above_median(0).start + labels.astype(np.intp) * layout.n_medians
        hits[placed[:, None], first[:, None] + np.arange(layout.n_medians)] = above


def count_cells(rows: CountedRows, thresholds: Thresholds, layout: Layout) -> tuple[Floats, Floats]:
    """Return how many rows say yes to each question, and how many each group has."""
    hits, totals = np.zeros(layout.n_cells), np.zeros(layout.n_groups)
    step = max(256, _BLOCK_CELLS // max(1, layout.n_cells))
    for start in range(0, len(rows.labels), step):
        part = slice(start, start + step)
        block = CountedRows(rows.originals[part], rows.labels[part], rows.distance[part])
        found, members = mark_cells(block, thresholds, layout)
        hits += found.sum(axis=0)
        totals += members.sum(axis=0)
    return hits, totals
