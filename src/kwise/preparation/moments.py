"""Means and variances of the columns of a matrix, from blocks of rows that the cache holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kwise._core.threads import effective_n_threads
from kwise.types import Floats

__all__ = ["mean_and_variance"]

_BLOCK_CELLS = 1 << 15
_MANY_CELLS = 1 << 20  # from which columns are shared between threads
_LINE = 8  # columns that lie in one line of the cache


def mean_and_variance(X: Floats) -> tuple[Floats, Floats]:
    """Return the mean and the variance of every column, to the bit as scikit-learn's scaler does.

    Rows are added one after the other, and the variance is corrected for the rounding of the mean
    (Chan, Golub and LeVeque 1983).
    """
    if X.shape[1] == 1:  # which NumPy adds in pairs of pairs
        mean = X.sum(axis=0) / len(X)
        away = X - mean
        correction = away.sum(axis=0)
        return mean, (np.square(away).sum(axis=0) - correction**2 / len(X)) / len(X)
    n_lines = -(-X.shape[1] // _LINE)
    threads = min(effective_n_threads(), n_lines) if X.size >= _MANY_CELLS else 1
    width = -(-n_lines // threads) * _LINE
    parts = [X[:, first : first + width] for first in range(0, X.shape[1], width)]
    with ThreadPoolExecutor(threads) as pool:
        means, variances = zip(*pool.map(_of_columns, parts))
    return np.concatenate(means), np.concatenate(variances)


def _of_columns(X: Floats) -> tuple[Floats, Floats]:
    """Return both of some columns."""
    mean = _added(X, lambda rows, out: np.copyto(out, rows)) / len(X)

    def away(rows: Floats, out: Floats) -> None:
        width = rows.shape[1]
        np.subtract(rows, mean, out=out[:, :width])
        np.square(out[:, :width], out=out[:, width:])

    correction, squares = np.split(_added(X, away, 2), 2)
    return mean, (squares - correction**2 / len(X)) / len(X)


def _added(X: Floats, write: Callable[[Floats, Floats], None], times: int = 1) -> Floats:
    """Return the sums of what ``write`` makes of the rows, ``times`` as many columns."""
    width = times * X.shape[1]
    step = max(1, _BLOCK_CELLS // (width + 1))
    # A column more, of zeros, since NumPy adds a single one in another order.
    held = np.zeros((step + 1, width + 1))
    write(X[:1], held[:1, :width])
    for first in range(1, len(X), step):
        rows = X[first : first + step]
        write(rows, held[1 : len(rows) + 1, :width])
        held[0] = np.add.reduce(held[: len(rows) + 1], axis=0)
    return held[0, :width].copy()
