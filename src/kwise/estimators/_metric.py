"""Cosine and correlation k-means: rows are brought to one length, and the rest is k-means.

Half the squared distance of two unit vectors is 1 - cosine; of two that are centered first, it is
1 - Pearson's r. So nothing of the engine has to know.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix

__all__ = ["METRICS", "center_rows", "row_norms", "unit_rows"]

# Cells that sparse rows may have for their correlations, which need them dense (2 GB).
MOST_CELLS = 250_000_000
# Numbers in one block of rows that is worked on at a time.
_BLOCK = 1 << 20
# What is left of a constant row less its mean, relative to its values, is rounding.
_ROUNDING = 64.0


def unit_rows(X: Matrix) -> Matrix:
    """Return the rows divided by their lengths; a row of zeros, which has no direction, stays."""
    norms = row_norms(X)
    _warn_of_zeros(norms == 0.0, "zeros alone, which have no direction")
    norms[norms == 0.0] = 1.0
    if sparse.issparse(X):
        scaled = X.copy()
        scaled.data = (X.data / np.repeat(norms, np.diff(X.indptr))).astype(X.dtype)
        return scaled
    return _by_blocks(X, lambda rows, at: rows / norms[at, None])


def center_rows(X: Matrix) -> Matrix:
    """Return the rows less their means, divided by their lengths; a constant row becomes 0."""
    if X.shape[1] < 2:
        raise ValueError(
            "metric='correlation' needs at least 2 columns to correlate rows over, found "
            f'{X.shape[1]}; pass metric="euclidean".'
        )
    if sparse.issparse(X):
        if math.prod(X.shape) > MOST_CELLS:
            raise ValueError(
                f"metric='correlation' makes rows dense, and {X.shape[0]:,} x {X.shape[1]:,} "
                f'cells are more than {MOST_CELLS:,}. Pass metric="cosine": where nearly all '
                "cells are 0 so are the rows' means, and it says nearly the same."
            )
        X = X.toarray()
    centered = _by_blocks(X, lambda rows, _: rows - rows.mean(axis=1, keepdims=True))
    largest = np.maximum(X.max(axis=1), -X.min(axis=1)).astype(np.float64)
    norms = row_norms(centered)
    constant = norms <= _ROUNDING * np.finfo(X.dtype).eps * largest * math.sqrt(X.shape[1])
    _warn_of_zeros(constant, "the same value in every column, which has no correlation")
    centered[constant] = 0.0
    norms[constant] = 1.0
    return _by_blocks(centered, lambda rows, at: rows / norms[at, None])


METRICS: Mapping[str, Callable[[Matrix], Matrix]] = MappingProxyType(
    {"euclidean": lambda X: X, "cosine": unit_rows, "correlation": center_rows}
)


def row_norms(X: Matrix) -> NDArray[np.float64]:
    """Return the lengths of the rows; values far from 1 neither overflow nor vanish."""
    if sparse.issparse(X):
        largest = _largest(abs(X).max(axis=1).toarray().ravel())  # type: ignore[arg-type]
        places = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
        scaled = X.data.astype(np.float64) / largest[places]
        squares = np.bincount(places, scaled * scaled, minlength=X.shape[0])
        lengths: NDArray[np.float64] = largest * np.sqrt(squares)
        return lengths
    found = np.empty(len(X))
    for at in _blocks(X):
        rows = X[at].astype(np.float64)
        largest = _largest(np.abs(rows).max(axis=1))
        rows /= largest[:, None]
        found[at] = largest * np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return found


def _largest(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return powers of two near the values, 1 for zeros: division by them rounds nothing."""
    exponents = np.where(values > 0, np.frexp(values)[1], 0)
    powers: NDArray[np.float64] = np.ldexp(1.0, np.clip(exponents, -1000, 1000))
    return powers


def _blocks(X: NDArray[np.floating]) -> list[slice]:
    """Cut rows into blocks whose copies are small."""
    size = max(1, _BLOCK // X.shape[1])
    return [slice(first, first + size) for first in range(0, len(X), size)]


def _by_blocks(
    X: NDArray[np.floating],
    change: Callable[[NDArray[np.float64], slice], NDArray[np.float64]],
) -> NDArray[np.floating]:
    """Return changed rows in X's type, each block computed in float64."""
    made = np.empty(X.shape, X.dtype)
    for at in _blocks(X):
        made[at] = change(X[at].astype(np.float64), at)
    return made


def _warn_of_zeros(zero: NDArray[np.bool_], what: str) -> None:
    """Say which rows say nothing; refuse where none says anything."""
    if not zero.any():
        return
    n, first = int(np.count_nonzero(zero)), int(zero.argmax())
    if n == len(zero):
        raise ValueError(f"Every row of X holds {what}.")
    rows = f"Row {first} of X holds" if n == 1 else f"{n:,} rows of X, first row {first}, hold"
    warnings.warn(
        f"{rows} {what}; counted as 0 in every column. Leave such rows out, or expect them "
        "together.",
        UserWarning,
        stacklevel=4,
    )
