"""What a model remembers of the rows it was fitted on: counts, by which new rows are judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kwise.estimators._assign import distances
from kwise.metrics.outliers import own_distances
from kwise.monitoring.band import LEVELS, largest_deviations
from kwise.monitoring.cells import CountedRows, Layout, Thresholds, count_cells, mark_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kwise.preparation.state import FittedState
    from kwise.types import Floats

__all__ = ["FAR", "Baseline", "make_baseline", "measured_rows"]

# Distances are told by the shares of a cluster's rows that lie farther in; what lies farther out
# than the last of them is held by no cluster.
FAR = (0.5, 0.9, 0.99, 0.999)
_MOST_THRESHOLDS, _FEWEST_THRESHOLDS, _ALL_THRESHOLDS = 21, 3, 2000
_SAMPLED = 1500  # rows that say how cells hang together
_MOST_MEDIANS = 2000  # clusters times columns
_BLOCK = 4_000_000  # distances held at once


@dataclass(frozen=True, eq=False)
class Baseline:
    """Counts of the rows that a model was fitted on, and of those that it was updated with.

    Every row is counted as if it were new: against its center without the row itself.

    Attributes
    ----------
    numbers : ndarray of shape (n_numbers, n_thresholds)
        Thresholds of each column of numbers, in its own units; nan after the last.
    distances : ndarray of shape (n_clusters, len(FAR))
        Distances from the center within which the shares ``FAR`` of a cluster's rows lie.
    medians : ndarray of shape (n_clusters, n_numbers)
        Medians of each cluster's rows; of shape (n_clusters, 0) where these would be too many.
    hits : ndarray of shape (n_cells,)
        Rows in each cell of the layout.
    totals : ndarray of shape (n_groups,)
        Rows in each of its groups.
    moments : ndarray of shape (n_numbers, 2)
        Mean and standard deviation of each column of numbers.
    widths : ndarray of shape (len(LEVELS),)
        Standard errors that the largest deviation of a fresh sample exceeds with each of the
        probabilities ``LEVELS``.
    """

    numbers: Floats
    distances: Floats
    medians: Floats
    hits: Floats
    totals: Floats
    moments: Floats
    widths: Floats

    @property
    def thresholds(self) -> Thresholds:
        """Where cells begin and end."""
        return Thresholds(self.numbers, self.distances, self.medians)

    def layout(self, state: FittedState) -> Layout:
        """Return where each count stands."""
        return _layout(state, self.thresholds)

    @property
    def n_rows(self) -> int:
        """Rows that were counted."""
        return int(self.totals[-2 - len(self.distances)])

    def with_rows(self, rows: CountedRows, state: FittedState) -> Baseline:
        """Return the counts of these rows as well."""
        layout = self.layout(state)
        hits, totals = count_cells(rows, self.thresholds, layout)
        old = self.totals[: layout.n_numbers]
        moments = _joined(self.moments, old, *_moments(rows.originals[:, : layout.n_numbers]))
        return replace(self, hits=self.hits + hits, totals=self.totals + totals, moments=moments)

    def faults(self, state: FittedState, n_clusters: int) -> str:
        """Say what does not fit the model, or nothing."""
        n_numbers = len(state.numbers)
        if self.numbers.ndim != 2 or self.medians.ndim != 2:
            return "thresholds are no tables"
        if (
            len(self.numbers) != n_numbers
            or self.distances.shape != (n_clusters, len(FAR))
            or self.medians.shape not in ((n_clusters, n_numbers), (n_clusters, 0))
        ):
            return "thresholds are of another number of columns or clusters"
        layout = self.layout(state)
        wanted = {
            "hits": (layout.n_cells,),
            "totals": (layout.n_groups,),
            "moments": (n_numbers, 2),
            "widths": (len(LEVELS),),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                return f"{name} has shape {getattr(self, name).shape}, not {shape}"
        counts = np.concatenate([self.hits, self.totals])
        if (counts < 0).any() or (counts != np.floor(counts)).any():
            return "counts are no whole numbers from 0"
        if (self.hits > self.totals[layout.groups]).any():
            return "a cell has more rows than its group"
        return "" if (self.widths >= 0).all() else "widths are below 0"


def make_baseline(
    state: FittedState,
    originals: Floats,
    X: Floats,
    labels: NDArray[np.int32],
    centers: Floats,
    random_state: int = 0,
) -> Baseline:
    """Count the rows of a fit.

    ``originals`` are the used columns of all rows in their own units, ``X`` the prepared rows (nan
    where one has no cluster), ``labels`` their clusters.
    """
    found, distance = _as_if_new(X, labels, centers)
    rows = CountedRows(originals, found, distance)
    thresholds = Thresholds(
        _number_thresholds(originals[:, : len(state.numbers)]),
        _distance_thresholds(found, distance, len(centers)),
        _medians(originals[:, : len(state.numbers)], found, len(centers)),
    )
    layout = _layout(state, thresholds)
    hits, totals = count_cells(rows, thresholds, layout)
    _count_marks(found, distance, thresholds, layout, hits)
    rng = np.random.default_rng(random_state)
    drawn = np.sort(rng.permutation(len(labels))[:_SAMPLED])
    some = CountedRows(originals[drawn], found[drawn], distance[drawn])
    widths = largest_deviations(*mark_cells(some, thresholds, layout), layout.groups, rng)
    mean, spread, _ = _moments(originals[:, : len(state.numbers)])
    return Baseline(
        numbers=thresholds.numbers,
        distances=thresholds.distances,
        medians=thresholds.medians,
        hits=hits,
        totals=totals,
        moments=np.column_stack([mean, spread]),
        widths=widths,
    )


def measured_rows(
    originals: Floats, X: Floats, labels: NDArray[np.int32], centers: Floats
) -> CountedRows:
    """Return new rows as they are counted."""
    distance = np.full(len(labels), np.nan)
    placed = labels >= 0
    distance[placed] = own_distances(X[placed], centers, labels[placed])
    return CountedRows(originals, labels, distance)


def _layout(state: FittedState, thresholds: Thresholds) -> Layout:
    """Lay out the cells of a model's columns and clusters."""
    return Layout(
        n_numbers=len(state.numbers),
        n_thresholds=thresholds.numbers.shape[1],
        levels=tuple(len(each) for each in state.levels),
        n_clusters=len(thresholds.distances),
        n_distances=thresholds.distances.shape[1],
        n_medians=thresholds.medians.shape[1],
    )


def _as_if_new(
    X: Floats, labels: NDArray[np.int32], centers: Floats
) -> tuple[NDArray[np.int32], Floats]:
    """Return cluster and distance of each row against its center without the row itself.

    A center lies nearer to the rows that it is the mean of than to new ones; without row i, of n,
    it is n / (n - 1) times as far from it.
    """
    found, distance = labels.copy(), np.full(len(labels), np.nan)
    sizes = np.bincount(labels[labels >= 0], minlength=len(centers))
    away = np.where(sizes > 1, sizes / np.maximum(sizes - 1, 1), np.inf)
    for part, apart in _distance_blocks(X, np.flatnonzero(labels >= 0), centers):
        at, own = np.arange(len(part)), labels[part]
        if len(centers) > 1:
            with np.errstate(invalid="ignore"):
                scaled = apart[at, own] * away[own]
            apart[at, own] = np.where(np.isnan(scaled), np.inf, scaled)
        found[part] = apart.argmin(axis=1)
        distance[part] = apart[at, found[part]]
    return found, distance


def _distance_blocks(
    X: Floats, placed: NDArray[np.intp], centers: Floats
) -> Iterator[tuple[NDArray[np.intp], Floats]]:
    """Yield places of rows, and their distances to all centers."""
    step = max(1, _BLOCK // max(len(centers), X.shape[1]))
    for start in range(0, len(placed), step):
        part = placed[start : start + step]
        apart, _ = distances(np.ascontiguousarray(X[part]), centers)
        yield part, np.asarray(apart, dtype=np.float64)


def _number_thresholds(numbers: Floats) -> Floats:
    """Return thresholds of each column: each of few values, or quantiles."""
    width = numbers.shape[1]
    most = max(_FEWEST_THRESHOLDS, min(_MOST_THRESHOLDS, _ALL_THRESHOLDS // max(width, 1)))
    inner = np.arange(1, most - 1) / (most - 1)
    shares = np.array([0.01, *inner, 0.99]) if most > 10 else np.arange(1, most + 1) / (most + 1)
    found = np.full((width, most), np.nan)
    for j in range(width):
        cells = numbers[~np.isnan(numbers[:, j]), j]
        if not len(cells):
            continue
        values = np.unique(np.quantile(cells, shares, method="inverted_cdf"))
        if len(values) < most:  # few values, some of them often: none is to be missed
            values = _often(cells, most, values)
        middle = _halfway(np.sort(cells), values)
        found[j, : len(middle)] = middle
    return found


def _halfway(ordered: Floats, values: Floats) -> Floats:
    """Return places halfway to the next value; new rows are as likely on either side."""
    following = np.searchsorted(ordered, values[values < ordered[-1]], side="right")
    middle: Floats = 0.5 * ordered[following - 1] + 0.5 * ordered[following]
    return middle


def _medians(numbers: Floats, labels: NDArray[np.int32], k: int) -> Floats:
    """Return the medians of each cluster's rows; nan where all are alike."""
    if numbers.shape[1] * k > _MOST_MEDIANS:
        return np.empty((k, 0))
    found = np.full((k, numbers.shape[1]), np.nan)
    for c in range(k):
        for j, cells in enumerate(numbers[labels == c].T):
            ordered = np.sort(cells[~np.isnan(cells)])
            if len(ordered):
                middle = _halfway(ordered, ordered[[(len(ordered) - 1) // 2]])
                found[c, j] = middle[0] if len(middle) else np.nan
    return found


def _often(cells: Floats, most: int, quantiles: Floats) -> Floats:
    """Return all values where they are few, else the quantiles that differ."""
    values = np.unique(cells)
    return values if len(values) <= most + 1 else quantiles


def _distance_thresholds(labels: NDArray[np.int32], distance: Floats, k: int) -> Floats:
    """Return the distances within which the shares ``FAR`` of each cluster's rows lie."""
    found = np.full((k, len(FAR)), np.nan)
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(k + 1))
    for c in range(k):
        own = distance[order[ends[c] : ends[c + 1]]]
        if len(own):
            found[c] = np.quantile(own, FAR, method="higher")
    return found


def _count_marks(
    labels: NDArray[np.int32],
    distance: Floats,
    thresholds: Thresholds,
    layout: Layout,
    hits: Floats,
) -> None:
    """Count the rows that are thresholds as farther out: without it, each is beyond the next."""
    for c in range(layout.n_clusters):
        own = distance[labels == c]
        marks = (own[:, None] == thresholds.distances[c]).sum(axis=0) == 1
        hits[layout.far_in(c)] += marks
        hits[layout.far] += marks


def _moments(numbers: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean and standard deviation of the cells of each column, and how many there are."""
    known = ~np.isnan(numbers)
    n = known.sum(axis=0)
    filled = np.where(known, numbers, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    off = np.where(known, numbers - mean, 0.0)
    spread = np.sqrt(np.einsum("ij,ij->j", off, off) / np.maximum(n, 1))
    return mean, spread, n.astype(np.float64)


def _joined(moments: Floats, n: Floats, mean: Floats, spread: Floats, more: Floats) -> Floats:
    """Return mean and standard deviation of the cells counted and of more."""
    share = more / np.maximum(n + more, 1)
    middle = moments[:, 0] + share * (mean - moments[:, 0])
    squares = (
        (1 - share) * moments[:, 1] ** 2
        + share * spread**2
        + share * (1 - share) * (mean - moments[:, 0]) ** 2
    )
    return np.column_stack([middle, np.sqrt(squares)])
