"""A run's clusters in order of size, and its rows where ``predict`` will put them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from kwise._numbering import numbered_by_size
from kwise.estimators._assign import assign

if TYPE_CHECKING:
    from kwise._core.columns import Matrix
    from kwise.results import Run

__all__ = ["settle_numbers"]

# Squared distances that differ by less, relatively, are equal but for rounding.
TIED = 1e-12
MOST_ROUNDS = 5


def settle_numbers(X: Matrix, run: Run) -> Run:
    """Return the run with its clusters numbered by size, the largest first.

    Rows as near to two centers belong to the one with the lower number, as ``predict`` says;
    where that changes the order of sizes, it is made again. Ties of sparse rows stay.
    """
    if sparse.issparse(X):
        return numbered_by_size(run)
    for _ in range(MOST_ROUNDS):
        run = numbered_by_size(run)
        nearest, _ = assign(X, run.centers)
        rows = np.flatnonzero(nearest != run.labels)
        mine, other = (
            np.square(X[rows] - np.asarray(run.centers[labels[rows]], dtype=np.float64)).sum(axis=1)
            for labels in (run.labels, nearest)
        )
        tied = rows[np.abs(mine - other) <= TIED * mine]
        if len(tied) == 0:
            break
        labels = run.labels.copy()
        labels[tied] = nearest[tied]
        run = replace(run, labels=labels)
    return run
