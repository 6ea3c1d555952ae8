"""Exact silhouettes of sparse rows, which are never made dense.

Squared distances are |x|^2 + |y|^2 - 2 x.y, with products over stored entries only, in float64.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kwise._core.columns import Sparse
from kwise._progress import Progress
from kwise.types import Floats

__all__ = ["sparse_silhouettes"]


# Distances that one block of rows may hold (16 MB).
_BLOCK = 2_000_000
# What rounding leaves of the square of a distance between equal rows, relative to their squares.
_ROUNDING = 1e-14


def sparse_silhouettes(
    X: Sparse, codes: NDArray[np.intp], weights: Floats | None, progress: Progress
) -> Floats:
    """Return one value a row: O(n_samples**2 + products of stored entries) time."""
    # By cluster, so that sums over one are sums of neighbors.
    order = np.argsort(codes, kind="stable")
    rows = _without_empty_columns(X[order].astype(np.float64))
    sorted_codes = codes[order]
    weight = np.ones(len(codes)) if weights is None else weights[order]
    starts = np.flatnonzero(np.diff(sorted_codes, prepend=-1))
    masses = np.add.reduceat(weight, starts)
    squares: Floats = np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float64).ravel()
    columns = rows.T.tocsr()
    values = np.empty(len(codes))
    for first, last in _blocks(len(codes)):
        distances = _distances(rows[first:last], columns, squares[first:last], squares)
        if weights is not None:
            distances *= weight
        sums = np.add.reduceat(distances, starts, axis=1)
        own = sorted_codes[first:last]
        rest = masses[own] - np.minimum(weight[first:last], 1.0)
        values[first:last] = _ratios(sums, masses, own, rest)
        progress("silhouette", last, len(codes))
    found = np.empty_like(values)
    found[order] = values
    return found


def _without_empty_columns(rows: Sparse) -> Sparse:
    """Return the rows with the columns alone that hold something, where most do not."""
    if rows.shape[1] <= rows.nnz:
        return rows
    used, indices = np.unique(rows.indices, return_inverse=True)
    return type(rows)((rows.data, indices, rows.indptr), shape=(rows.shape[0], max(1, len(used))))


def _blocks(n_rows: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of rows whose distances to all rows take little memory."""
    stride = max(1, _BLOCK // n_rows)
    for first in range(0, n_rows, stride):
        yield first, min(first + stride, n_rows)


def _distances(rows: Sparse, columns: Sparse, own: Floats, squares: Floats) -> Floats:
    """Return the distances from some rows to all; those that are rounding alone are none."""
    found: Floats = (rows @ columns).toarray()
    found *= -2.0
    found += own[:, None]
    found += squares
    both = own[:, None] + squares
    both *= _ROUNDING
    found[found <= both] = 0.0
    return np.sqrt(found, out=found)


def _ratios(sums: Floats, masses: Floats, own: NDArray[np.intp], rest: Floats) -> Floats:
    """Turn sums of distances by cluster into silhouettes; 0 where a row has no mates."""
    places = np.arange(len(own)), own
    with np.errstate(divide="ignore", invalid="ignore"):
        within = sums[places] / rest
        means = np.where(masses > 0.0, sums / masses, np.inf)
        means[places] = np.inf
        nearest = means.min(axis=1)
        values = (nearest - within) / np.maximum(nearest, within)
    values[rest <= 0.0] = 0.0
    return np.asarray(np.nan_to_num(values), dtype=np.float64)
