"""Labels, inertia and distances of new rows, for any mix of float types, dense or sparse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core.columns import Matrix, Sparse
from kwise._core.threads import effective_n_threads

# Rows that need a conversion go through in blocks of about this many bytes.
_BLOCK_BYTES = 1 << 25

Number = TypeVar("Number", bound=np.generic)


def assign(X: Matrix, centers: NDArray[np.floating]) -> tuple[NDArray[np.int32], bool]:
    """Return the index of the nearest center of every row.

    And whether all rows are finite: False also where float32 cannot hold what is finite.
    """
    n_threads = effective_n_threads()
    dtype = np.result_type(X.dtype, centers.dtype)
    same = np.ascontiguousarray(centers, dtype)
    if sparse.issparse(X):
        return _core.assign(_sparse(X, dtype, n_threads), same, n_threads)
    parts = [_core.assign(block, same, n_threads) for block, _ in _blocks(X, dtype)]
    joined = _joined([part for part, _ in parts], np.empty(0, np.int32))
    return joined, all(finite for _, finite in parts)


def assign_inertia(
    X: Matrix, centers: NDArray[np.floating], weights: NDArray[np.floating] | None
) -> tuple[NDArray[np.int32], float]:
    """Return the index of the nearest center of every row, and the inertia."""
    n_threads = effective_n_threads()
    dtype = np.result_type(X.dtype, centers.dtype)
    same = np.ascontiguousarray(centers, dtype)
    if weights is not None:
        weights = np.ascontiguousarray(weights, dtype)
    if sparse.issparse(X):
        points = _sparse(X, dtype, n_threads, weights)
        labels, _ = _core.assign(points, same, n_threads)
        return labels, _core.sparse_inertia(points, same, labels, n_threads)
    parts, inertia = [], 0.0
    for block, rows in _blocks(X, dtype):
        block_weights = None if weights is None else weights[rows]
        labels, _ = _core.assign(block, same, n_threads)
        inertia += _core.inertia(block, block_weights, same, labels, n_threads)
        parts.append(labels)
    return _joined(parts, np.empty(0, np.int32)), inertia


def distances(X: Matrix, centers: NDArray[np.floating]) -> tuple[NDArray[np.floating], bool]:
    """Return the Euclidean distance from every row to every center.

    And whether all rows are finite: False also where squares of huge values are not.
    """
    n_threads = effective_n_threads()
    dtype = np.result_type(X.dtype, centers.dtype)
    same = np.ascontiguousarray(centers, dtype)
    parts = [_core.distances(block, same, n_threads) for block, _ in _blocks(X, dtype)]
    joined = _joined([part for part, _ in parts], np.empty((0, len(centers)), dtype))
    return joined, all(finite for _, finite in parts)


def _sparse(
    X: Sparse, dtype: np.dtype, n_threads: int, weights: NDArray[np.floating] | None = None
) -> _core.Points:
    """Hand sparse rows of ``dtype`` to the engine."""
    return _core.pack_sparse(X.astype(dtype, copy=False), weights, n_threads)


def _blocks(X: Matrix, dtype: np.dtype) -> Iterator[tuple[NDArray[np.floating], slice]]:
    """Yield dense rows of ``dtype`` with their place; all at once if they are that already."""
    if not sparse.issparse(X) and X.dtype == dtype:
        yield X, slice(None)
        return
    size = max(256, _BLOCK_BYTES // (dtype.itemsize * X.shape[1]))
    for begin in range(0, X.shape[0], size):
        rows = slice(begin, begin + size)
        block = X[rows].toarray() if sparse.issparse(X) else X[rows]
        yield block.astype(dtype, copy=False), rows


def _joined(parts: list[NDArray[Number]], empty: NDArray[Number]) -> NDArray[Number]:
    """Concatenate the blocks' answers; one block is returned as it is."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else empty
