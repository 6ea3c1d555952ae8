"""What ``bindings.py`` calls of the other k-means: limited sizes, mixed tables, medoids."""

from __future__ import annotations

import numpy as np


def _within(a):
    costs = a.rows() if a.broken() else a.rng.normal(size=(a.n, a.k))
    least = a.rng.randint(0, a.n // a.k + 1 + a.broken(), a.k)
    most = least + -(-a.n // a.k) - a.broken()
    prices = a.rng.normal(size=a.k + a.broken())
    return a.native.assign_within(costs, least, np.minimum(most, a.n), prices)


def _mixed(a):
    levels = int(a.rng.randint(1, 9))
    codes = a.rng.randint(-1, levels + a.broken(), (a.n, int(a.rng.randint(4)))).astype(np.int32)
    return a.native.assign_mixed(
        a.rng.normal(size=(a.n, a.d)),
        codes,
        None if a.rng.uniform() < 0.5 else a.rng.uniform(size=a.n + a.broken()),
        a.rng.normal(size=(a.k, a.d + a.broken())),
        a.rng.uniform(size=(levels, a.k + a.broken())),
        a.threads(),
    )


def _moves(a):
    widths = a.rng.randint(1, 5, int(a.rng.randint(4)))
    firsts = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    codes = [f + a.rng.randint(-1, w + a.broken(), a.n) for f, w in zip(firsts, widths)]
    table = np.column_stack(codes) if codes else np.empty((a.n, 0))
    return a.native.move_mixed(
        a.rng.normal(size=(a.n, a.d)),
        np.ascontiguousarray(np.where(table < firsts[:-1], -1, table), dtype=np.int32),
        None if a.rng.uniform() < 0.5 else a.rng.uniform(size=a.n + a.broken()),
        a.indices(a.n, a.k, np.int32),
        firsts[::-1].copy() if a.broken(0.05) else firsts,
        a.number(1.0),
        a.number(a.k),
        a.number(3),
    )


def _swaps(a):
    n = min(a.n, 65)
    distances = a.floats(n, n)
    medoids = a.indices(max(2, min(a.k, n)), n, np.int64)
    if not a.broken():
        medoids = a.rng.permutation(n)[: max(2, min(a.k, n))].astype(np.int64)
    weights = None if a.rng.uniform() < 0.5 else a.rng.uniform(size=n + a.broken())
    passes = int(a.rng.choice([3, 1, 0, -1]))  # distances that are no metric are swapped for ever
    return a.native.swap_medoids(distances, weights, medoids, passes)


VARIANTS = {
    "assign_within": _within,
    "assign_mixed": _mixed,
    "swap_medoids": _swaps,
    "move_mixed": _moves,
}
