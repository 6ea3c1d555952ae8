"""Tables of one group: classic clouds, rows in order, curves and rings that hang together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .base import Table, rows_between, scaled, turned


def structureless(kind: str) -> Callable[..., Table]:
    """Make the family of tables that hold one group of this kind."""

    def make(rng):
        d = int(rng.choice([2, 5, 20]))
        n = rows_between(rng, 100, 1500)
        return Table(CLOUDS[kind](rng, n, d), np.zeros(n, dtype=int))

    return make


def _ball(rng, n, d):
    way = rng.normal(size=(n, d))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return way * rng.random((n, 1)) ** (1 / d)


CLOUDS = {
    "gaussian": lambda rng, n, d: rng.normal(size=(n, d)),
    "box": lambda rng, n, d: rng.random((n, d)),
    "ball": _ball,
    "lognormal": lambda rng, n, d: np.exp(rng.uniform(0.5, 1.0) * rng.normal(size=(n, d))),
    "exponential": lambda rng, n, d: rng.exponential(size=(n, d)),
    "heavy_tailed": lambda rng, n, d: rng.standard_t(3, size=(n, d)),
    "correlated": lambda rng, n, d: rng.normal(size=(n, d)) @ rng.normal(size=(d, d)),
    "rounded": lambda rng, n, d: np.round(rng.normal(size=(n, d)) * rng.uniform(0.7, 4)),
}


def _one(X):
    return Table(X, np.zeros(len(X), dtype=int))


def few(rng):
    """Draw 12 to 60 rows."""
    n, d = rows_between(rng, 12, 60), int(rng.choice([1, 2, 3, 5, 10]))
    return _one(rng.normal(size=(n, d)) if rng.random() < 0.6 else rng.exponential(size=(n, d)))


def wide(rng):
    """Draw more columns than rows."""
    n = rows_between(rng, 30, 150)
    d = int(n * rng.uniform(1.1, 4))
    mix = rng.normal(size=(3, d)) * rng.uniform(0, 0.7)
    return _one(rng.normal(size=(n, d)) + rng.normal(size=(n, 3)) @ mix)


def specks(rng):
    """Draw one group, and one to four single rows far from it."""
    n, d = rows_between(rng, 80, 1000), int(rng.choice([2, 3, 5, 10]))
    far = rng.normal(size=(int(rng.integers(1, 5)), d)) * rng.uniform(4, 9)
    X = np.vstack([rng.normal(size=(n, d)), far])
    return Table(X, np.r_[np.zeros(n, dtype=int), np.full(len(far), -1)])


def doubled(rng):
    """Draw one group with rows drawn with replacement."""
    n, d = rows_between(rng, 60, 700), int(rng.choice([2, 3, 5]))
    X = rng.normal(size=(n, d)) if rng.random() < 0.5 else rng.random((n, d))
    return _one(X[rng.integers(n, size=2 * n)])


def trend(rng):
    """Draw rows that grow with time, in columns that follow it more or less."""
    n, d = rows_between(rng, 80, 1200), int(rng.choice([2, 3, 5]))
    t = np.sort(rng.random(n))[:, None]
    X = t ** rng.uniform(0.5, 2, d) * rng.choice([-1, 1], d) + rng.uniform(0.02, 0.3) * rng.normal(
        size=(n, d)
    )
    return _one(scaled(X))


def walk(rng):
    """Draw a random walk."""
    n, d = rows_between(rng, 100, 1200), int(rng.choice([2, 2, 3, 5]))
    return _one(scaled(np.cumsum(rng.normal(size=(n, d)), axis=0)))


def sine(rng):
    """Draw a sine in time."""
    n = rows_between(rng, 100, 1200)
    t = np.sort(rng.random(n)) * rng.uniform(1, 4)
    X = np.column_stack([t, np.sin(2 * np.pi * t)])
    return _one(scaled(X + rng.uniform(0.01, 0.12) * rng.normal(size=X.shape)))


def line(rng):
    """Draw rows along one straight line."""
    n, d = rows_between(rng, 80, 1200), int(rng.choice([2, 3, 5]))
    t = rng.random((n, 1)) if rng.random() < 0.6 else rng.normal(size=(n, 1))
    X = t * rng.normal(size=d) * 10 + rng.uniform(0.01, 0.5) * rng.normal(size=(n, d))
    return _one(X)


def ring(rng):
    """Draw one thin ring, or a good part of one."""
    n, thick = rows_between(rng, 100, 1200), rng.uniform(0.01, 0.2)
    angle = rng.random(n) * 2 * np.pi * rng.choice([1.0, 0.75, 0.5])
    radius = 1 + thick * rng.normal(size=n)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    if rng.random() < 0.3:
        X = turned(rng, np.column_stack([X, thick * rng.normal(size=n)]))
    return _one(X)


def disc(rng):
    """Draw one thin disc in three columns, or one flat box."""
    n = rows_between(rng, 100, 1200)
    flat = _ball(rng, n, 2) if rng.random() < 0.5 else rng.random((n, 2)) * rng.uniform(1, 4, 2)
    return _one(turned(rng, np.column_stack([flat, rng.uniform(0.01, 0.1) * rng.normal(size=n)])))


def sheet(rng):
    """Draw one bent sheet."""
    n = rows_between(rng, 150, 1200)
    t = rng.uniform(0, 1.2 * np.pi, n)
    X = np.column_stack([np.cos(t), np.sin(t), rng.random(n) * rng.uniform(1, 3)])
    return _one(turned(rng, X + 0.05 * rng.normal(size=X.shape)))
