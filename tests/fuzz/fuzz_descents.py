"""What ``bindings.py`` calls of Lloyd's algorithm: one run, the best of several, a search."""

from __future__ import annotations

import numpy as np


def _descent(a):
    history = bool(a.rng.randint(2))
    heard = (lambda *_: None) if a.rng.uniform() < 0.2 else None
    return int(a.rng.choice([4, 1, 0, -1])), a.number(0.0), a.threads(), history, heard


def _lloyd(a):
    return a.native.lloyd(a.points(), a.centers(), *_descent(a))


def _seeded_lloyd(a):
    return a.native.seeded_lloyd(a.dense(), *a.draws(), *_descent(a))


def _runs(a):
    points, n_starts = a.points(), a.rng.randint(1, 4)
    starts = a.floats(n_starts, a.k, a.d + (a.rng.randint(-1, 70) if a.broken() else 0))
    return a.native.best_of_runs(points, starts, *_descent(a)[:3])


def _seeded_runs(a):
    n_sets, n_starts = int(a.rng.randint(1, 4)), int(a.rng.randint(1, 4))
    points = [a.dense() for _ in range(n_sets)]
    if a.broken():
        points = [[], points * 2, [None] * n_sets, [*points[1:], a.points()]][a.rng.randint(4)]
    k, uniforms, trials = a.draws()
    drawn = np.tile(uniforms, (n_sets, n_starts, 1))
    drawn = drawn[:, : a.rng.randint(n_starts + 1)] if a.broken(0.05) else drawn
    iterations, _, threads, *_ = _descent(a)
    tols = np.zeros(n_sets + (a.rng.randint(-1, 2) if a.broken() else 0))
    return a.native.best_of_seeded_runs(points, k, drawn, trials, iterations, tols, threads)


def _breathe(a):
    return a.native.breathe(a.points(), a.centers(), a.draws()[1], *_descent(a)[:3])


DESCENTS = {
    "lloyd": _lloyd,
    "seeded_lloyd": _seeded_lloyd,
    "best_of_runs": _runs,
    "best_of_seeded_runs": _seeded_runs,
    "breathe": _breathe,
}
