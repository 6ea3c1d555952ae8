"""Labels, inertia and distances of new rows, for any mix of float types, dense or sparse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core.columns import Matrix, Sparse
from kwise._core.parts import CHUNK_ROWS
from kwise._core.threads import effective_n_threads
from kwise._core.units import ORDINARY_EXPONENT, common_exponent, in_unit

# Rows that need a conversion go through in blocks of about this many bytes.
_BLOCK_BYTES = 1 << 25
# Far rows share a unit with those that differ by so many powers of two at most.
_STEP = 64
# An inertia above this has lost nothing of note below float64's range.
_SURE = 2.0**-900

Number = TypeVar("Number", bound=np.generic)


def assign(X: Matrix, centers: NDArray[np.floating]) -> tuple[NDArray[np.int32], bool]:
    """Return the index of the nearest center of every row.

    And whether rows and centers are finite: False also where float32 cannot hold what is finite.
    Centers of sparse rows must be.
    """
    n_threads = effective_n_threads()
    if _are_alike(X, centers):
        return _labels(X, centers, n_threads)
    dtype = np.result_type(X.dtype, centers.dtype)
    same = np.ascontiguousarray(centers, dtype)
    if sparse.issparse(X):
        exponent = common_exponent(X.data, _nearest(same))
        points = _sparse(in_unit(X, exponent), dtype, n_threads)
        return _core.assign(points, in_unit(same, exponent), n_threads)
    parts = [_labels(block, same, n_threads) for block, _ in _blocks(X, dtype)]
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
        exponent = common_exponent(X.data, same)
        points = _sparse(in_unit(X, exponent), dtype, n_threads, weights)
        held = in_unit(same, exponent)
        labels, _ = _core.assign(points, held, n_threads)
        found = _core.sparse_inertia(points, held, labels, n_threads)
        return labels, float(in_unit(np.asarray(found), -2 * exponent))
    if X.dtype != dtype:
        return _assign_chunks(X, same, weights, n_threads)
    labels, _ = _labels(X, same, n_threads)
    return labels, _inertia(X, weights, same, labels, n_threads)


def chunk_inertias(
    X: NDArray[np.floating], centers: NDArray[np.floating], weights: NDArray[np.floating] | None
) -> NDArray[np.float64]:
    """Return the inertia of each chunk of dense rows; added in order they are ``assign_inertia``'s.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    n_threads = effective_n_threads()
    dtype = np.result_type(X.dtype, centers.dtype)
    held = np.ascontiguousarray(X, dtype)
    same = np.ascontiguousarray(centers, dtype)
    labels, finite = _labels(held, same, n_threads)
    if not finite and not np.isfinite(held).all():
        raise ValueError("Input X contains NaN or infinity. Leave such rows out, or fill them.")
    own = None if weights is None else np.ascontiguousarray(weights, dtype)
    return _of_chunks(held, own, same, labels, n_threads)


def _assign_chunks(
    X: Matrix,
    centers: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    n_threads: int,
) -> tuple[NDArray[np.int32], float]:
    """Return labels and inertia of dense rows of another type, in blocks of whole chunks."""
    parts, chunks = [], [np.zeros(1)]
    for block, rows in _blocks(X, centers.dtype):
        labels, _ = _labels(block, centers, n_threads)
        own = None if weights is None else weights[rows]
        chunks.append(_of_chunks(block, own, centers, labels, n_threads))
        parts.append(labels)
    return _joined(parts, np.empty(0, np.int32)), float(np.cumsum(np.concatenate(chunks))[-1])


def _of_chunks(
    X: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    centers: NDArray[np.floating],
    labels: NDArray[np.int32],
    n_threads: int,
) -> NDArray[np.float64]:
    """Return the inertia of each chunk of rows."""
    chunks = [slice(first, first + CHUNK_ROWS) for first in range(0, len(X), CHUNK_ROWS)]
    return np.array(
        [
            _inertia(X[c], None if weights is None else weights[c], centers, labels[c], n_threads)
            for c in chunks
        ],
        np.float64,
    )


def distances(X: Matrix, centers: NDArray[np.floating]) -> tuple[NDArray[np.floating], bool]:
    """Return the Euclidean distance from every row to every center.

    And whether rows and centers are finite: False also where distances of huge values are not.
    """
    n_threads = effective_n_threads()
    if _are_alike(X, centers):
        return _distances(X, centers, n_threads)
    dtype = np.result_type(X.dtype, centers.dtype)
    same = np.ascontiguousarray(centers, dtype)
    parts = [_distances(block, same, n_threads) for block, _ in _blocks(X, dtype)]
    joined = _joined([part for part, _ in parts], np.empty((0, len(centers)), dtype))
    return joined, all(finite for _, finite in parts)


def _are_alike(X: Matrix, centers: NDArray[np.floating]) -> TypeGuard[NDArray[np.floating]]:
    """Tell whether dense rows and centers go to the engine as they are."""
    return type(X) is np.ndarray and X.dtype == centers.dtype and centers.flags.c_contiguous


def _labels(
    X: NDArray[np.floating], centers: NDArray[np.floating], n_threads: int
) -> tuple[NDArray[np.int32], bool]:
    """Return the labels of dense rows; far rows in a unit in which their squares are finite.

    Squares to centers that lie farther out may overflow: they are nearest to nothing.
    """
    exponent = common_exponent(_nearest(centers))
    labels, finite = _core.assign(in_unit(X, exponent), in_unit(centers, exponent), n_threads)
    if finite or X.dtype == np.float32 or not (np.isfinite(X).all() and np.isfinite(centers).all()):
        return labels, finite
    for rows, unit in _far(X, exponent):
        labels[rows], _ = _core.assign(in_unit(X[rows], unit), in_unit(centers, unit), n_threads)
    return labels, True


def _distances(
    X: NDArray[np.floating], centers: NDArray[np.floating], n_threads: int
) -> tuple[NDArray[np.floating], bool]:
    """Return the distances of dense rows, far rows and far centers each in a unit of their own."""
    if common_exponent(centers) <= 0:
        return _distances_in_unit(X, centers, n_threads)
    found, all_finite = np.empty((len(X), len(centers)), X.dtype), True
    steps = _exponents(centers) // _STEP
    for step in np.unique(steps):
        near = np.ascontiguousarray(centers[steps == step])
        found[:, steps == step], finite = _distances_in_unit(X, near, n_threads)
        all_finite &= finite
    return found, all_finite


def _distances_in_unit(
    X: NDArray[np.floating], centers: NDArray[np.floating], n_threads: int
) -> tuple[NDArray[np.floating], bool]:
    """Return the distances to centers of about one size."""
    exponent = common_exponent(centers)
    found, finite = _core.distances(in_unit(X, exponent), in_unit(centers, exponent), n_threads)
    found = in_unit(found, -exponent)
    if finite or X.dtype == np.float32 or not np.isfinite(X).all():
        return found, finite
    for rows, unit in _far(X, exponent):
        far, _ = _core.distances(in_unit(X[rows], unit), in_unit(centers, unit), n_threads)
        found[rows] = in_unit(far, -unit)
    return found, bool(np.isfinite(found).all())


def _exponents(rows: NDArray[np.floating]) -> NDArray[np.intc]:
    """Return for each row the exponent of its largest value."""
    exponents: NDArray[np.intc] = np.frexp(np.maximum(rows.max(axis=1), -rows.min(axis=1)))[1]
    return exponents


def _nearest(centers: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the centers, or the one nearest to 0 where others are huge: labels have its unit."""
    if common_exponent(centers) <= 0:
        return centers
    nearest: NDArray[np.floating] = centers[np.argmin(_exponents(centers))]
    return nearest


def _inertia(
    X: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    centers: NDArray[np.floating],
    labels: NDArray[np.int32],
    n_threads: int,
) -> float:
    """Return the inertia of dense rows, in another unit where squares leave float64's range."""
    found = _core.inertia(X, weights, centers, labels, n_threads)
    if _SURE < found < np.inf or not X.size:
        return found
    exponent = common_exponent(X, centers)
    if exponent == 0:
        return found
    held, among = in_unit(X, exponent), in_unit(centers, exponent)
    found = _core.inertia(held, weights, among, labels, n_threads)
    return float(in_unit(np.asarray(found), -2 * exponent))


def _far(X: NDArray[np.floating], exponent: int) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Yield the rows whose squares overflow in units of ``2**exponent``, and their unit."""
    own = _exponents(X) // _STEP
    for step in np.unique(own[own * _STEP > exponent + ORDINARY_EXPONENT - _STEP]):
        yield np.flatnonzero(own == step), int(step + 1) * _STEP


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
    size = max(1, _BLOCK_BYTES // (dtype.itemsize * X.shape[1] * CHUNK_ROWS)) * CHUNK_ROWS
    for begin in range(0, X.shape[0], size):
        rows = slice(begin, begin + size)
        block = X[rows].toarray() if sparse.issparse(X) else X[rows]
        yield block.astype(dtype, copy=False), rows


def _joined(parts: list[NDArray[Number]], empty: NDArray[Number]) -> NDArray[Number]:
    """Concatenate the blocks' answers; one block is returned as it is."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else empty
