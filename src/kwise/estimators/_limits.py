"""What limits ask of one assignment: sizes of clusters, and rows to be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._core.variants import assign_within
from kwise.estimators._assign import assign, distances
from kwise.types import Floats

__all__ = ["Assignment", "Limits", "check_limits"]

# Numbers in one block of rows.
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Clusters of ``least`` to ``most`` rows, beside ``left_out`` rows that are in none."""

    least: int
    most: int
    left_out: int

    def asks_sizes(self, n_samples: int) -> bool:
        """Tell whether sizes are limited at all."""
        return self.least > 0 or self.most < n_samples - self.left_out


@dataclass(frozen=True, slots=True)
class Assignment:
    """Labels, -1 for rows left out, and what they cost: least for the centers they are of.

    ``gap`` is how much more that is than a proven lower bound: 0, but for rounding.
    ``prices`` of the clusters make the next assignment fast.
    """

    labels: NDArray[np.int32]
    costs: Floats
    prices: Floats
    gap: float = 0.0

    @property
    def cost(self) -> float:
        """The weighted sum of squared distances of the rows that are in a cluster."""
        return float(self.costs.sum())


def check_limits(
    n_clusters: int,
    n_samples: int,
    min_size: int | None,
    max_size: int | str | None,
    trim: float,
) -> Limits | None:
    """Return the limits, None where there are none; refuse what no clustering can keep."""
    left_out = int(trim) if trim >= 1 else int(np.floor(trim * n_samples + 1e-9))
    n_kept = n_samples - left_out
    if n_kept < n_clusters:
        raise ValueError(
            f"trim={trim} leaves {max(n_kept, 0)} of {n_samples} rows for n_clusters={n_clusters};"
            f" pass at most {n_samples - n_clusters} rows."
        )
    if min_size is None and max_size is None:
        return Limits(0, n_kept, left_out) if left_out else None
    if max_size == "balanced":
        if min_size is not None:
            raise ValueError(
                f"max_size='balanced' says both limits; leave out min_size={min_size}."
            )
        return Limits(n_kept // n_clusters, -(-n_kept // n_clusters), left_out)
    # A cluster without rows is none.
    least = 1 if min_size is None else int(min_size)
    most = n_kept if max_size is None else min(int(max_size), n_kept)
    _refuse_impossible(n_clusters, n_kept, least, most)
    return Limits(least, most, left_out)


def _refuse_impossible(k: int, n: int, least: int, most: int) -> None:
    """Raise where no sizes within the limits add up to the number of rows."""
    if least * k > n:
        raise ValueError(
            f"min_size={least} asks for {least * k} rows in n_clusters={k} clusters, and there "
            f"are {n}; pass min_size up to {n // k}, or fewer clusters."
        )
    if most * k < n:
        raise ValueError(
            f"max_size={most} leaves room for {most * k} rows in n_clusters={k} clusters, and "
            f"there are {n}; pass max_size from {-(-n // k)}, or more clusters."
        )
    if least > most:
        raise ValueError(f"min_size={least} is above max_size={most}.")


def assign_limited(
    X: Matrix, weights: Floats | None, centers: Floats, limits: Limits, prices: Floats
) -> Assignment:
    """Assign rows within the limits at the least cost that the centers allow."""
    if not limits.asks_sizes(X.shape[0]):
        return _leave_out(X, weights, centers, limits.left_out)
    costs = distances(X, centers)[0]
    costs *= costs
    if weights is not None:
        costs *= weights[:, None]
    k = len(centers)
    least, most = np.full(k, limits.least), np.full(k, limits.most)
    if limits.left_out:
        # Rows left out are a cluster of a given size where nothing costs anything.
        costs = np.column_stack([costs, np.zeros(len(costs))])
        least, most = (np.append(each, limits.left_out) for each in (least, most))
        prices = prices if len(prices) > k else np.append(prices, 0.0)
    found = assign_within(np.ascontiguousarray(costs, dtype=np.float64), least, most, prices)
    own = np.asarray(costs[np.arange(len(costs)), found.labels], dtype=np.float64)
    labels = np.where(found.labels == k, np.int32(-1), found.labels)
    return Assignment(labels, own, found.prices, found.gap)


def _leave_out(X: Matrix, weights: Floats | None, centers: Floats, left_out: int) -> Assignment:
    """Assign rows to the nearest centers, and leave out those that cost most."""
    labels, _ = assign(X, centers)
    costs = own_squares(X, centers, labels)
    if weights is not None:
        costs *= weights
    order = np.argsort(-costs, kind="stable")
    labels[order[:left_out]] = -1
    costs[order[:left_out]] = 0.0
    _fill_empty(labels, costs, order[left_out:], len(centers))
    return Assignment(labels, costs, np.zeros(len(centers)))


def _fill_empty(
    labels: NDArray[np.int32], costs: Floats, farthest: NDArray[np.intp], k: int
) -> None:
    """Give each cluster without rows the farthest row of a cluster that has others."""
    counts = np.bincount(labels[farthest], minlength=k)
    remaining = iter(farthest)
    for empty in np.flatnonzero(counts == 0):
        row = next((i for i in remaining if counts[labels[i]] > 1), None)
        if row is None:
            return
        counts[labels[row]] -= 1
        labels[row], costs[row], counts[empty] = empty, 0.0, 1


def own_squares(X: Matrix, centers: Floats, labels: NDArray[np.int32]) -> Floats:
    """Return the squared distance of each row to the center of its label."""
    found = np.empty(X.shape[0])
    for at in row_blocks(X):
        rows = X[at].toarray() if sparse.issparse(X) else X[at]
        away = rows - centers[labels[at]]
        found[at] = np.einsum("ij,ij->i", away, away)
    return found


def row_blocks(X: Matrix) -> Iterator[slice]:
    """Cut rows into blocks whose copies are small."""
    size = max(1, _BLOCK // X.shape[1])
    for first in range(0, X.shape[0], size):
        yield slice(first, min(first + size, X.shape[0]))
