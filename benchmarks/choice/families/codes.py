"""Tables in which a column of few values, a code or a flag, stands beside measurements."""

from __future__ import annotations

import numpy as np

from .base import Table, blobs, centers_apart, rows_between, scaled, sizes_of


def _year(rng, n):
    return 2019 + rng.integers(0, int(rng.integers(2, 6)), n)


def _flag(rng, n):
    return rng.random(n) < rng.uniform(0.15, 0.85)


def _month(rng, n):
    return rng.integers(1, 13, n)


def _rating(rng, n):
    return rng.choice(5, n, p=rng.dirichlet(np.full(5, 2.0))) + 1


def _zip(rng, n):
    return rng.choice(rng.integers(10_000, 99_999, int(rng.integers(6, 60))), n)


CODES = (_year, _flag, _month, _rating, _zip)


def _beside(rng, X, groups):
    """Put one or two unrelated codes beside the measurements."""
    for _ in range(int(rng.choice([1, 1, 2]))):
        column = CODES[rng.integers(len(CODES))](rng, len(X)).astype(float)
        X = np.column_stack([X, column])
    order = rng.permutation(len(X))
    return Table(scaled(X[order]), groups[order])


def groups_beside_code(rng):
    """Draw blobs beside an unrelated code: the blobs count."""
    k, d, n = int(rng.integers(2, 5)), int(rng.choice([2, 2, 3, 5])), rows_between(rng, 150, 1000)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 7, 14))
    return _beside(rng, table.X, table.groups)


def one_beside_code(rng):
    """Draw one group beside an unrelated code."""
    n, d = rows_between(rng, 100, 1200), int(rng.choice([1, 2, 3, 5]))
    return _beside(rng, rng.normal(size=(n, d)), np.zeros(n, dtype=int))


def code_of_groups(rng):
    """Draw blobs beside a column that says their group: it agrees with the measurements."""
    k, d, n = int(rng.integers(2, 5)), int(rng.choice([2, 3, 5])), rows_between(rng, 120, 800)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 5, 10))
    X = np.column_stack([table.X, rng.permutation(k)[table.groups]])
    return Table(scaled(X), table.groups)


def identifier(rng):
    """Draw blobs beside a running number that means nothing."""
    k, d, n = int(rng.integers(2, 5)), int(rng.choice([2, 3, 5])), rows_between(rng, 120, 800)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 7, 12))
    return Table(scaled(np.column_stack([table.X, rng.permutation(len(table.X))])), table.groups)
