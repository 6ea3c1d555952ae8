"""Many groups: nine to sixty-four."""

from __future__ import annotations

import numpy as np

from .base import blobs, centers_apart, sizes_of


def many_groups(rng):
    k, d, n = int(rng.integers(9, 16)), int(rng.choice([2, 2, 3, 5])), int(rng.integers(800, 2000))
    return blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 4.5, 8))


def crowd(rng):
    """Draw 25 to 60 groups."""
    k, d = int(rng.integers(25, 61)), int(rng.choice([2, 2, 3, 5]))
    n = int(k * rng.integers(40, 75))
    return blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 4.5, 9))


def grid(rng):
    """Draw 20 to 64 groups in rows and columns, near enough to touch."""
    rows, columns = int(rng.integers(4, 9)), int(rng.integers(5, 9))
    k = rows * columns
    n = int(k * rng.integers(40, 75))
    places = np.array([(i, j) for i in range(rows) for j in range(columns)], dtype=float)
    centers = places * rng.uniform(4.5, 7) + 0.3 * rng.normal(size=(k, 2))
    return blobs(rng, k, 2, sizes_of(rng, n, k), centers)


def crowd_of_crowds(rng):
    """Draw 25 to 50 groups that stand together in a few clumps."""
    d = int(rng.choice([2, 2, 3]))
    clumps = int(rng.integers(3, 7))
    above = centers_apart(rng, clumps, d, 36, 60)
    k = int(rng.integers(25, 51))
    sizes = np.diff(np.r_[0, np.sort(rng.choice(np.arange(1, k), clumps - 1, replace=False)), k])
    below = [
        middle + centers_apart(rng, int(many), d, 4.5, 7) for middle, many in zip(above, sizes)
    ]
    n = int(k * rng.integers(40, 75))
    return blobs(rng, k, d, sizes_of(rng, n, k), np.vstack(below))
