"""Round groups that touch: from hardly to be told apart (1.5 sd) to clearly so (6 sd)."""

from __future__ import annotations

import numpy as np

from .base import Table, blobs, centers_apart, rows_between, scaled, sizes_of, some


def two_gaussians(rng):
    """Draw two equal Gaussians 1.5 to 3 sd apart."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([1, 2, 2, 3, 5, 10]))
    centers = np.zeros((2, d))
    centers[1, 0] = rng.uniform(1.5, 3.0)
    return blobs(rng, 2, d, np.array([n - n // 2, n // 2]), centers)


def two_unequal(rng):
    """Draw two Gaussians of unequal size and width, 2 to 5 sd apart."""
    n, d = rows_between(rng, 150, 1500), int(rng.choice([1, 2, 2, 3, 5]))
    share = rng.uniform(0.05, 0.4)
    widths = np.exp(rng.uniform(-0.4, 0.4, 2))
    centers = np.zeros((2, d))
    centers[1, 0] = rng.uniform(2.0, 5.0) * np.sqrt((widths**2).mean())
    sizes = np.maximum([int(n * (1 - share)), int(n * share)], 8)
    return blobs(rng, 2, d, sizes, centers, widths)


def separations(rng):
    """Draw 2 to 9 groups whose nearest neighbors are 1.5 to 6 sd away."""
    k, d, n = some(rng, 2, 9)
    apart = rng.uniform(1.5, 6.0)
    centers = centers_apart(rng, k, d, apart, apart * 1.25)
    return blobs(rng, k, d, sizes_of(rng, n, k, rng.choice([1.2, 3.0])), centers)


def scattered(rng):
    """Draw groups as ``make_blobs`` does: centers anywhere in a box, so that some touch."""
    k, d, n = (
        int(rng.integers(2, 11)),
        int(rng.choice([2, 2, 3, 5, 8])),
        rows_between(rng, 150, 2000),
    )
    centers = rng.uniform(-10, 10, (k, d))
    return blobs(rng, k, d, sizes_of(rng, n, k, 1.2), centers, np.full(k, rng.uniform(0.6, 2.4)))


def uneven_touching(rng):
    """Draw one middle group and smaller ones at its corners, of uneven widths, that touch it."""
    k, d = int(rng.integers(4, 7)), 2
    n = rows_between(rng, 120, 700)
    angle = rng.uniform(0, 2 * np.pi) + np.arange(k - 1) * 2 * np.pi / (k - 1)
    away = rng.uniform(2.6, 4.2)
    corners = (
        away * np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.9, 1.1, (k - 1, 2))
    )
    centers = np.vstack([np.zeros((1, d)), corners])
    share = np.r_[rng.uniform(1.5, 3.5), rng.uniform(0.7, 1.4, k - 1)]
    sizes = np.maximum((n * share / share.sum()).astype(int), 12)
    widths = rng.uniform(0.6, 1.3, (k, d)) * np.where(np.arange(k) == 0, 0.65, 1.0)[:, None]
    parts = [centers[c] + widths[c] * rng.normal(size=(sizes[c], d)) for c in range(k)]
    return Table(scaled(np.vstack(parts)), np.repeat(np.arange(k), sizes))


def very_unequal(rng):
    """Draw groups of which the smallest has a fiftieth to a two-hundredth of the largest."""
    k, d = int(rng.integers(2, 5)), int(rng.choice([2, 3, 5]))
    n = rows_between(rng, 800, 3000)
    sizes = sizes_of(rng, n, k, 1.5)
    sizes[-1] = max(8, int(sizes[0] / rng.uniform(50, 200)))
    return blobs(rng, k, d, sizes, centers_apart(rng, k, d, 7, 14))


def few_rows(rng):
    """Draw 2 to 4 groups of 7 to 25 rows each."""
    k, d = int(rng.integers(2, 5)), int(rng.choice([1, 2, 3, 5, 10]))
    sizes = rng.integers(7, 26, k)
    return blobs(rng, k, d, sizes, centers_apart(rng, k, d, 5, 10))


def wide(rng):
    """Draw groups in more columns than rows, most columns without any difference."""
    k, n = int(rng.integers(2, 5)), rows_between(rng, 40, 150)
    d = int(n * rng.uniform(1.2, 4))
    sizes = sizes_of(rng, n, k)
    told = int(rng.integers(5, 21))
    centers = np.zeros((k, d))
    centers[:, :told] = rng.normal(size=(k, told)) * rng.uniform(2.0, 4.0)
    return blobs(rng, k, d, sizes, centers)


def correlated_groups(rng):
    """Draw groups in columns that share factors within each group too, scaled."""
    k, d, n = some(rng, 2, 6)
    d = max(3, d)
    mix = rng.normal(size=(2, d)) * rng.uniform(0.3, 0.8)
    centers = centers_apart(rng, k, d, 4.0, 9.0)
    sizes = sizes_of(rng, n, k, 2.0)
    within = rng.normal(size=(sizes.sum(), d)) + rng.normal(size=(sizes.sum(), 2)) @ mix
    return Table(scaled(np.repeat(centers, sizes, axis=0) + within), np.repeat(np.arange(k), sizes))


def large(rng):
    """Draw many rows: 5,000 to 100,000."""
    k, d = int(rng.integers(1, 8)), int(rng.choice([2, 3, 5, 10]))
    n = rows_between(rng, 5000, 100_000)
    apart = rng.uniform(3.0, 7.0)
    return blobs(rng, k, d, sizes_of(rng, n, k, 3), centers_apart(rng, k, d, apart, apart * 1.5))


def with_outliers(rng):
    """Draw groups with 1 to 5 % of the rows strewn over several times their extent."""
    k, d, n = some(rng, 2, 5)
    d = min(d, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 12))
    many = max(2, int(rng.uniform(0.01, 0.05) * len(table.X)))
    wide_ = table.X.std(axis=0) * rng.uniform(2, 5)
    far = table.X.mean(axis=0) + rng.standard_t(3, size=(many, d)) * wide_
    return Table(np.vstack([table.X, far]), np.r_[table.groups, np.full(many, -1)])
