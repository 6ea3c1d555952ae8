"""Sparse rows as people pass them: index arrays that fit, entries that are stored once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["check_structure", "summed"]


def check_structure(X: Any, name: str) -> None:
    """Refuse index arrays that point outside the matrix, before anything follows them.

    SciPy trusts them: converting or slicing such a matrix may end the process.
    """
    if X.format in ("csr", "csc", "bsr"):
        _check_compressed(X, name)
    elif X.format == "coo":
        for axis, places in enumerate(X.coords):
            _check_range(places, X.shape[axis], f"axis {axis} of {name}")
    elif X.format == "dok":
        for axis, found in enumerate(zip(*X.keys())):
            _check_range(np.asarray(found), X.shape[axis], f"axis {axis} of {name}")
    elif X.format == "lil":
        _check_lists(X, name)


def summed(X: Any) -> Any:
    """Return a CSR matrix in which every entry is stored once; those stored twice add up.

    It is X itself where that holds already, else a copy.
    """
    # What X remembers of itself may be older than its arrays.
    fresh = type(X)((X.data, X.indices, X.indptr), shape=X.shape, copy=False)
    if fresh.has_canonical_format:  # index arrays that were set may be of other types, too
        return X if X.indices.dtype == X.indptr.dtype == fresh.indices.dtype else fresh
    copied = fresh.copy()
    copied.sum_duplicates()
    return copied


def _check_compressed(X: Any, name: str) -> None:
    """Check the pointers, and the indices between them."""
    block = X.blocksize if X.format == "bsr" else (1, 1)
    major = 1 if X.format == "csc" else 0
    n_major, n_minor = X.shape[major] // block[major], X.shape[1 - major] // block[1 - major]
    pointers, n_entries = X.indptr, min(len(X.indices), len(X.data))
    if pointers.dtype.kind not in "iu" or len(pointers) != n_major + 1:
        raise ValueError(
            f"{name}.indptr has {len(pointers)} entries of {pointers.dtype}; it needs "
            f"{n_major + 1} whole numbers for shape {X.shape}."
        )
    if pointers[0] != 0 or pointers[-1] > n_entries or (np.diff(pointers) < 0).any():
        raise ValueError(
            f"{name}.indptr does not rise from 0 to at most {n_entries}, the number of stored "
            f"entries; the matrix is damaged. Build it anew."
        )
    _check_range(X.indices[: pointers[-1]], n_minor, f"{name}.indices")


def _check_lists(X: Any, name: str) -> None:
    """Check the lists of columns, and that every column in them has a value."""
    if len(X.rows) != X.shape[0] or list(map(len, X.rows)) != list(map(len, X.data)):
        raise ValueError(
            f"{name}.rows and {name}.data are not lists of one length for each of "
            f"{X.shape[0]} rows; the matrix is damaged. Build it anew."
        )
    places = [column for columns in X.rows for column in columns]
    _check_range(np.asarray(places or [0]), X.shape[1], f"{name}.rows")


def _check_range(indices: NDArray[np.integer], end: int, what: str) -> None:
    """Refuse an index below 0 or beyond the end."""
    if indices.dtype.kind not in "iu":
        raise ValueError(f"{what} holds {indices.dtype}; indices are whole numbers.")
    if len(indices) and not (indices.min() >= 0 and indices.max() < end):
        at = int(np.flatnonzero((indices < 0) | (indices >= end))[0])
        raise ValueError(
            f"{what}[{at}] is {indices[at]}, outside 0 to {end - 1}; the matrix is damaged. "
            "Build it anew."
        )
