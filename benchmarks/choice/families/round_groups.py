"""Round groups, apart or nearly so: unequal in size, in boxes, skewed, doubled, among noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .base import Table, blobs, centers_apart, sizes_of, some, turned


def round_blobs(rng):
    k, d, n = some(rng)
    return blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 14))


def overlapping(rng):
    k, d, n = some(rng, 2, 7)
    return blobs(rng, k, d, sizes_of(rng, n, k, 1.2), centers_apart(rng, k, d, 3.3, 4.6))


def unequal_sizes(rng):
    k, d, n = some(rng, 2, 8)
    ratio = rng.uniform(6, 25)
    return blobs(rng, k, d, sizes_of(rng, n, k, ratio), centers_apart(rng, k, d, 6, 12))


def high_dimensional(rng):
    k, _, n = some(rng, 2, 6)
    d = int(rng.integers(40, 200))
    return blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 9, 16))


def heavy_tailed(rng):
    k, d, n = some(rng, 2, 5)
    centers = centers_apart(rng, k, d, 9, 16)
    draw = lambda rng, n, d: rng.standard_t(4, size=(n, d))  # noqa: E731
    return blobs(rng, k, d, sizes_of(rng, n, k), centers, draw=draw)


def skewed_groups(rng):
    k, d, n = some(rng, 2, 5)
    centers = centers_apart(rng, k, d, 9, 16)
    draw = lambda rng, n, d: rng.exponential(size=(n, d)) * rng.choice([-1, 1])  # noqa: E731
    return blobs(rng, k, d, sizes_of(rng, n, k), centers, draw=draw)


def boxes(rng):
    k, d, n = some(rng, 2, 6)
    d = min(d, 4)
    centers = centers_apart(rng, k, d, 6, 9)
    draw = lambda rng, n, d: rng.uniform(-1.7, 1.7, (n, d))  # noqa: E731
    return blobs(rng, k, d, sizes_of(rng, n, k), centers, draw=draw)


def touching(rng):
    """Draw flat squares in a row that meet at their corners or nearly so."""
    k, n = int(rng.integers(2, 6)), int(rng.integers(200, 1000))
    sizes = sizes_of(rng, n, k, 1.2)
    parts = []
    for c, s in enumerate(sizes):
        square = rng.uniform(-1, 1, (s, 2)) @ np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
        parts.append(square + np.array([2 * np.sqrt(2) * c * rng.uniform(1.0, 1.05), 0.0]))
    return Table(turned(rng, np.vstack(parts)), np.repeat(np.arange(k), sizes))


def discrete(rng):
    k, d, n = some(rng, 2, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 12))
    return Table(np.round(table.X * rng.uniform(0.6, 2)), table.groups)


def duplicated(rng):
    k, d, n = some(rng, 2, 6)
    table = blobs(rng, k, d, sizes_of(rng, n // 2, k), centers_apart(rng, k, d, 6, 12))
    drawn = rng.integers(len(table.X), size=2 * len(table.X))
    return Table(table.X[drawn], table.groups[drawn])


def noisy(rng):
    k, d, n = some(rng, 2, 6)
    d = min(d, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 7, 14))
    share = rng.uniform(0.03, 0.12)
    noise = rng.uniform(table.X.min(0), table.X.max(0), (int(share * len(table.X)), d))
    return Table(np.vstack([table.X, noise]), np.r_[table.groups, np.full(len(noise), -1)])


def hierarchical(rng):
    """Draw groups of groups: the finer ones count, and the coarser ones are as right."""
    d, n = int(rng.choice([2, 2, 3, 5, 10])), int(rng.integers(300, 1000))
    above = centers_apart(rng, int(rng.integers(2, 4)), d, 22, 34)
    below = [
        middle + centers_apart(rng, int(rng.integers(1, 4)), d, 5, 8) - 4.0 for middle in above
    ]
    centers = np.vstack(below)
    k = len(centers)
    table = blobs(rng, k, d, sizes_of(rng, n, k, 2), centers)
    return replace(table, also=(len(above),))


def one_column(rng):
    k, _, n = some(rng, 2, 5)
    centers = np.cumsum(rng.uniform(6, 10, k))[:, None]
    return blobs(rng, k, 1, sizes_of(rng, n, k), centers)
