"""Draws by the rows' hashes, which need no more of a data set than its parts, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.dataset import Dataset
from kwise._core.parts import Whole
from kwise.init.hashing import exponential_keys

__all__ = ["Keyed", "first_rows", "keyed_rows", "part_rows", "parts_of", "whole_of"]

# Sparse rows are made dense so many at a time.
_DENSE_ROWS = 2**14


class Keyed(NamedTuple):
    """Rows, less the shift, with the keys that they are drawn by."""

    keys: NDArray[np.float64]
    rows: NDArray[np.floating]


def part_rows(
    X: NDArray[np.floating], shift: NDArray[np.floating], chosen: NDArray[np.integer]
) -> NDArray[np.floating]:
    """Return some rows of a part, less the shift."""
    rows: NDArray[np.floating] = np.ascontiguousarray(X[chosen]) - shift
    return rows


def keyed_rows(
    X: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    first_row: int,
    shift: NDArray[np.floating],
    seed: int,
    count: int,
) -> Keyed:
    """Return the ``count`` rows of a part with the smallest keys."""
    keys = exponential_keys(seed, first_row, len(X), weights)
    order = np.argsort(keys, kind="stable")[:count]
    return Keyed(keys[order], part_rows(X, shift, order))


def first_rows(found: list[Keyed], count: int) -> NDArray[np.floating]:
    """Return the rows with the smallest keys of all parts, smallest first."""
    keys = np.concatenate([each.keys for each in found])
    rows = np.concatenate([each.rows for each in found])
    order = np.argsort(keys, kind="stable")[:count]
    chosen: NDArray[np.floating] = rows[order]
    return chosen


def whole_of(packed: Dataset) -> Whole:
    """Return what is known of all rows of a data set."""
    X = packed.X
    d, dtype = X.shape[1], X.dtype
    shift = np.zeros(d, dtype) if packed.shift is None else packed.shift
    if sparse.issparse(X):
        largest = np.full(d, abs(X).max(), np.float64)
    else:
        largest = np.maximum(X.max(axis=0) - shift, shift - X.min(axis=0)).astype(np.float64)
    heaviest = 1.0 if packed.weights is None else float(packed.weights.max())
    return Whole(X.shape[0], shift, largest, heaviest, packed.weights is not None)


def parts_of(
    packed: Dataset,
) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating] | None, int]]:
    """Yield the dense rows of a data set, their weights, and the number of the first."""
    X, weights = packed.X, packed.weights
    if not sparse.issparse(X):
        yield X, weights, 0
        return
    for first in range(0, X.shape[0], _DENSE_ROWS):
        rows = slice(first, first + _DENSE_ROWS)
        yield X[rows].toarray(), None if weights is None else weights[rows], first
