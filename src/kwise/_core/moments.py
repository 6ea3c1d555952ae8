"""Means and variances of the columns of a matrix, from blocks of rows that the cache holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from kwise._core.threads import abreast, effective_n_threads
from kwise.types import Floats

__all__ = ["column_moments", "mean_and_variance"]

_BLOCK_CELLS = 1 << 15
_MANY_CELLS = 1 << 20  # from which columns are shared between threads
_LINE = 8  # columns that lie in one line of the cache


def mean_and_variance(X: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return the mean and the variance of every column, to the bit as scikit-learn's scaler does.

    The variance is corrected for the rounding of the mean (Chan, Golub and LeVeque 1983).
    """
    mean, squares, away = column_moments(X)
    return mean, (squares - away**2 / len(X)) / len(X)


def column_moments(X: NDArray[np.floating]) -> tuple[Floats, Floats, Floats]:
    """Return the mean of every column, and the sums of its squares and cells around that.

    Rows are added one after the other in float64: to the bit as NumPy does.
    """
    n_lines = X.shape[1] // _LINE
    threads = min(effective_n_threads(), n_lines) if X.size >= _MANY_CELLS else 1
    if threads <= 1:
        return _of_columns(X)
    cuts = [_LINE * (n_lines * part // threads) for part in range(threads)]
    parts = [X[:, first:last] for first, last in zip(cuts, [*cuts[1:], X.shape[1]])]
    found = abreast([partial(_of_columns, part) for part in parts])
    mean, squares, away = map(np.concatenate, zip(*found))
    return mean, squares, away


def _of_columns(X: NDArray[np.floating]) -> tuple[Floats, Floats, Floats]:
    """Return the same of some columns."""
    mean = _added(X, lambda rows, out: np.copyto(out, rows)) / len(X)

    def write(rows: NDArray[np.floating], out: Floats) -> None:
        width = rows.shape[1]
        np.subtract(rows, mean, out=out[:, :width])
        np.square(out[:, :width], out=out[:, width:])

    away, squares = np.split(_added(X, write, 2), 2)
    return mean, squares, away


def _added(
    X: NDArray[np.floating], write: Callable[[NDArray[np.floating], Floats], None], times: int = 1
) -> Floats:
    """Return the sums of what ``write`` makes of the rows, ``times`` as many columns."""
    if X.shape[1] == 1:  # which NumPy adds in pairs of pairs
        whole = np.empty((len(X), times))
        write(X, whole)
        return np.array([np.ascontiguousarray(each).sum() for each in whole.T])
    width = times * X.shape[1]
    step = max(1, _BLOCK_CELLS // width)
    held = np.empty((step + 1, width))
    write(X[:1], held[:1])
    for first in range(1, len(X), step):
        rows = X[first : first + step]
        write(rows, held[1 : len(rows) + 1])
        held[0] = np.add.reduce(held[: len(rows) + 1], axis=0)
    found: Floats = held[0].copy()
    return found
