"""Kinds of tables that no model is ever fitted on: they say how far the verdict carries.

Each file beside this one has relatives in the tuning set. These have none by design: they are drawn
for the count alone, with a line of their own in it.
"""

from __future__ import annotations

import numpy as np

from .base import Table, blobs, centers_apart, rows_between, scaled, shaped, sizes_of, turned


def _one(X):
    return Table(X, np.zeros(len(X), dtype=int))


def composition(rng):
    """Draw shares that add up to one: one Dirichlet distribution."""
    n, d = rows_between(rng, 80, 1500), int(rng.choice([3, 4, 6, 10]))
    return _one(rng.dirichlet(np.full(d, rng.uniform(1.0, 8.0)), size=n))


def sphere(rng):
    """Draw directions: normal rows divided by their length, as embeddings are."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([5, 10, 30]))
    X = rng.normal(size=(n, d)) + rng.uniform(0, 1.5) * rng.normal(size=d)
    return _one(X / np.linalg.norm(X, axis=1, keepdims=True))


def low_rank(rng):
    """Draw many columns that two or three hidden normal ones move, with noise."""
    n, d, r = rows_between(rng, 80, 1200), int(rng.choice([8, 15, 40])), int(rng.integers(1, 4))
    noise = rng.uniform(0.3, 1.5) * rng.normal(size=(n, d))
    return _one(scaled(rng.normal(size=(n, r)) @ rng.normal(size=(r, d)) + noise))


def two_spreads(rng):
    """Draw one group about one center, a part of its rows with a larger spread."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([2, 4, 8]))
    wide = rng.random((n, 1)) < rng.uniform(0.05, 0.4)
    return _one(rng.normal(size=(n, d)) * np.where(wide, rng.uniform(1.5, 3.0), 1.0))


def laplace(rng):
    """Draw columns with peaks and tails, alone or turned."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([1, 2, 5, 12]))
    X = rng.laplace(size=(n, d))
    return _one(turned(rng, X) if rng.random() < 0.5 else X)


def bounded(rng):
    """Draw shares and scores between bounds, leaning to one end, that hang together."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([2, 4, 8]))
    hidden = rng.normal(size=(n, 1)) * rng.uniform(0, 1)
    X = 1.0 / (1.0 + np.exp(-(rng.uniform(-1.5, 1.5, d) + hidden + 0.7 * rng.normal(size=(n, d)))))
    return _one(X)


def fan(rng):
    """Draw a second column that spreads the more the larger the first is, as incomes do."""
    n = rows_between(rng, 100, 1500)
    x = rng.gamma(rng.uniform(2, 6), size=n)
    return _one(scaled(np.column_stack([x, x * (1 + rng.uniform(0.1, 0.5) * rng.normal(size=n))])))


def bent(rng):
    """Draw one cloud bent into a banana."""
    n = rows_between(rng, 100, 1500)
    x = rng.normal(size=n)
    return _one(np.column_stack([x, rng.uniform(0.2, 0.6) * x**2 + 0.5 * rng.normal(size=n)]))


def corner(rng):
    """Draw rows evenly over an area with a corner, as places in a city."""
    n = rows_between(rng, 200, 1500)
    X = rng.random((3 * n, 2))
    inside = (X[:, 0] < rng.uniform(0.3, 0.7)) | (X[:, 1] < rng.uniform(0.3, 0.7))
    return _one(X[inside][:n])


def hours(rng):
    """Draw hours of the day on a circle and an amount: evenly, or more in one half."""
    n = rows_between(rng, 150, 1500)
    angle = rng.vonmises(0.0, rng.uniform(0.0, 1.5), size=n)
    amount = rng.normal(size=n) * rng.uniform(0.3, 1)
    return _one(np.column_stack([np.cos(angle), np.sin(angle), amount]))


def sensors(rng):
    """Draw series that remember their last value, as sensors give."""
    n, d, memory = rows_between(rng, 200, 1500), int(rng.choice([2, 4])), rng.uniform(0.3, 0.8)
    X = rng.normal(size=(n, d))
    for i in range(1, n):
        X[i] += memory * X[i - 1]
    return _one(X)


def spread_of_each(rng):
    """Draw groups apart, each long in directions of its own."""
    k, d = int(rng.integers(2, 7)), int(rng.choice([2, 3, 5]))
    sizes = sizes_of(rng, int(k * rng.integers(40, 200)), k, 2)
    centers = centers_apart(rng, k, d, 8, 12)
    parts = []
    for center, size in zip(centers, sizes):
        mix = rng.normal(size=(d, d)) * 0.4 + np.eye(d)
        parts.append(center + rng.normal(size=(size, d)) @ mix)
    return Table(np.vstack(parts), np.repeat(np.arange(k), sizes))


def peaked(rng):
    """Draw groups with peaks and tails, or flat ones, apart."""
    k, d = int(rng.integers(2, 8)), int(rng.choice([2, 4, 8]))
    sizes = sizes_of(rng, int(k * rng.integers(40, 200)), k, 2)
    draw = (lambda rng, n, d: rng.laplace(size=(n, d)) * 0.7) if rng.random() < 0.5 else None
    return blobs(rng, k, d, sizes, centers_apart(rng, k, d, 7, 11), draw=draw)


def growing(rng):
    """Draw groups whose spread grows with their level, as prices do."""
    k, d = int(rng.integers(2, 6)), int(rng.choice([1, 2, 3]))
    sizes = sizes_of(rng, int(k * rng.integers(60, 250)), k, 2)
    centers = centers_apart(rng, k, d, 7, 10)
    table = blobs(rng, k, d, sizes, centers)
    return Table(np.exp((table.X - table.X.min(axis=0)) * 0.12), table.groups)


def mixtures_of_shares(rng):
    """Draw groups of shares that add up to one."""
    k, d = int(rng.integers(2, 6)), int(rng.choice([3, 5, 8]))
    sizes = sizes_of(rng, int(k * rng.integers(40, 200)), k, 2)
    parts = [
        rng.dirichlet(rng.dirichlet(np.full(d, 0.7)) * rng.uniform(60, 200) + 0.5, size=size)
        for size in sizes
    ]
    return Table(np.vstack(parts), np.repeat(np.arange(k), sizes))


def in_a_haze(rng):
    """Draw groups apart in a haze of rows that belong to none."""
    k, d = int(rng.integers(2, 7)), int(rng.choice([2, 3]))
    sizes = sizes_of(rng, int(k * rng.integers(60, 200)), k, 2)
    table = blobs(rng, k, d, sizes, centers_apart(rng, k, d, 8, 12))
    n_haze = int(rng.uniform(0.03, 0.12) * len(table.X))
    low, high = table.X.min(axis=0), table.X.max(axis=0)
    haze = low + rng.random((n_haze, d)) * (high - low)
    return Table(np.vstack([table.X, haze]), np.r_[table.groups, np.full(n_haze, -1)])


def with_idle_columns(rng):
    """Draw groups in a few columns beside as many or more that say nothing, scaled."""
    k, d = int(rng.integers(2, 6)), int(rng.choice([2, 3, 4]))
    sizes = sizes_of(rng, int(k * rng.integers(60, 200)), k, 1.5)
    table = blobs(rng, k, d, sizes, centers_apart(rng, k, d, 7, 10))
    idle = rng.normal(size=(len(table.X), int(rng.integers(1, d + 1))))
    return Table(scaled(np.column_stack([table.X, idle])), table.groups)


def on_a_line(rng):
    """Draw groups one behind the other, apart, as stages are."""
    k, d = int(rng.integers(2, 7)), int(rng.choice([2, 3, 5]))
    sizes = sizes_of(rng, int(k * rng.integers(50, 200)), k, 2)
    way = rng.normal(size=d)
    places = np.cumsum(rng.uniform(6, 9, k))[:, None] * way / np.linalg.norm(way)
    return blobs(rng, k, d, sizes, places)


def answers(rng):
    """Draw yes/no answers of people of a few kinds, ten to thirty questions."""
    k, d = int(rng.integers(2, 5)), int(rng.choice([10, 20, 30]))
    sizes = sizes_of(rng, int(k * rng.integers(60, 250)), k, 2)
    chances = np.where(rng.random((k, d)) < 0.5, 0.08, 0.92)
    parts = [rng.random((size, d)) < chance for size, chance in zip(sizes, chances)]
    return Table(np.vstack(parts).astype(float), np.repeat(np.arange(k), sizes))


def shells(rng):
    """Draw a ball in a hollow sphere, or two parabolas that hold each other."""
    n = rows_between(rng, 400, 1500)
    half = n // 2
    if rng.random() < 0.5:
        way = rng.normal(size=(n, 3))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        radius = np.r_[rng.random(half) ** (1 / 3), 3 + 0.15 * rng.normal(size=n - half)]
        X = way * radius[:, None]
    else:
        x = rng.uniform(-2, 2, n)
        lower = np.arange(n) < half
        X = np.column_stack([x, np.where(lower, x**2, x**2 + 2.5) + 0.2 * rng.normal(size=n)])
    return shaped(Table(X, (np.arange(n) >= half).astype(int)))


def letters(rng):
    """Draw a C around an I, or two long bars that cross no other row."""
    n = rows_between(rng, 400, 1500)
    half = n // 2
    angle = rng.uniform(0.25 * np.pi, 1.75 * np.pi, half)
    arc = np.column_stack([np.cos(angle), np.sin(angle)]) * 3 + 0.2 * rng.normal(size=(half, 2))
    bar = np.column_stack([0.2 * rng.normal(size=n - half), rng.uniform(-1.5, 1.5, n - half)])
    return shaped(Table(turned(rng, np.vstack([arc, bar])), (np.arange(n) >= half).astype(int)))
