"""Groups that are not round: long, bent, nested, linked, of unequal density, beside outliers."""

from __future__ import annotations

import numpy as np

from .base import Table, blobs, centers_apart, shaped, sizes_of, some, turned


def unequal_densities(rng):
    k, d, n = some(rng, 2, 6)
    scales = np.exp(rng.uniform(0, np.log(rng.uniform(2, 7)), k))
    centers = centers_apart(rng, k, d, 6, 9) * scales.max() * rng.uniform(0.35, 0.9)
    return shaped(blobs(rng, k, d, sizes_of(rng, n, k, 2), centers, scales))


def elongated(rng):
    k, d, n = some(rng, 2, 6)
    d = min(d, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 5, 9))
    stretch = np.diag(np.exp(rng.uniform(-1.2, 1.2, d)))
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return shaped(Table(table.X @ turn @ stretch * 1.0, table.groups))


def elongated_each(rng):
    k, d, n = some(rng, 2, 5)
    d = min(d, 4)
    sizes = sizes_of(rng, n, k)
    centers = centers_apart(rng, k, d, 5, 9)
    parts = []
    for c in range(k):
        stretch = np.exp(rng.uniform(-0.2, 1.4, d))
        turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
        parts.append(centers[c] + rng.normal(size=(sizes[c], d)) * stretch @ turn)
    return shaped(Table(np.vstack(parts), np.repeat(np.arange(k), sizes)))


def stripes(rng):
    k, n = int(rng.integers(2, 5)), int(rng.integers(200, 1200))
    sizes = sizes_of(rng, n, k, 1.2)
    parts = [
        np.column_stack([rng.uniform(0, rng.uniform(8, 20), s), c * 3 + 0.35 * rng.normal(size=s)])
        for c, s in enumerate(sizes)
    ]
    return shaped(Table(turned(rng, np.vstack(parts)), np.repeat(np.arange(k), sizes)))


def rings(rng):
    k, n = int(rng.integers(2, 4)), int(rng.integers(250, 1200))
    d = int(rng.choice([2, 2, 3]))
    sizes = sizes_of(rng, n, k, 3)
    parts = []
    for c, s in enumerate(sizes):
        way = rng.normal(size=(s, d))
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        radius = 0.3 * rng.normal(size=(s, 1)) if c == 0 and rng.random() < 0.5 else 0.0
        parts.append(way * (1.0 + 2.0 * c + 0.15 * rng.normal(size=(s, 1)) + radius))
    labels = np.repeat(np.arange(k), sizes)
    if rng.random() < 0.3:  # a few points far outside
        many = int(rng.integers(2, 10))
        parts.append(
            rng.choice([-1, 1], (many, d)) * (3.0 + 2.0 * k) + 0.2 * rng.normal(size=(many, d))
        )
        labels = np.r_[labels, np.full(many, -1)]
    return shaped(Table(np.vstack(parts), labels))


def moons(rng):
    n = int(rng.integers(200, 1200))
    t = rng.uniform(0, np.pi, n)
    upper = rng.random(n) < rng.choice([0.5, 0.25])
    X = np.where(
        upper[:, None],
        np.column_stack([np.cos(t), np.sin(t)]),
        np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)]),
    )
    X = X + rng.uniform(0.03, 0.1) * rng.normal(size=(n, 2))
    return shaped(Table(turned(rng, X * rng.uniform(0.5, 20)), upper.astype(int)))


def spirals(rng):
    k, n = int(rng.integers(2, 4)), int(rng.integers(250, 1000))
    arm = rng.integers(0, k, n)
    t = rng.uniform(0.25, 1, n) * rng.uniform(1.5, 3) * np.pi
    angle = t + arm * 2 * np.pi / k
    X = np.column_stack([t * np.cos(angle), t * np.sin(angle)]) + 0.15 * rng.normal(size=(n, 2))
    return shaped(Table(X, arm))


def linked_rings(rng):
    n = int(rng.integers(200, 800))
    t = rng.uniform(0, 2 * np.pi, n)
    which = rng.integers(0, 2, n)
    zero = np.zeros(n)
    first = np.column_stack([np.cos(t), np.sin(t), zero])
    second = np.column_stack([1 + np.cos(t), zero, np.sin(t)])
    X = np.where(which[:, None] == 0, first, second) + 0.08 * rng.normal(size=(n, 3))
    return shaped(Table(X, which))


def core_and_halo(rng):
    n, d = int(rng.integers(300, 1200)), int(rng.choice([2, 3, 5]))
    k = int(rng.integers(1, 4))
    sizes = sizes_of(rng, n // 2, k)
    table = blobs(rng, k, d, sizes, centers_apart(rng, k, d, 6, 9)) if k > 1 else None
    core = table.X if table is not None else rng.normal(size=(sizes[0], d))
    wide = core.mean(axis=0) + rng.uniform(12, 18) * rng.normal(size=(n // 2, d))
    # The halo keeps off the cores, so that the groups are real ones.
    gap = np.min(np.linalg.norm(wide[:, None] - core[None, ::5], axis=2), axis=1)
    wide = wide[gap > 4]
    labels = np.concatenate([np.repeat(np.arange(k), sizes), np.full(len(wide), k)])
    return shaped(Table(np.vstack([core, wide]), labels))


def mixed_shapes(rng):
    """Draw a curve beside round groups."""
    curve = moons(rng)
    k = int(rng.integers(1, 4))
    X = curve.X / np.abs(curve.X - curve.X.mean(axis=0)).max() * 8
    parts, labels = [X], [curve.groups]
    for c in range(k):
        s = int(rng.integers(40, 200))
        place = np.array([14 + 7 * c, rng.uniform(-8, 8)]) + X.mean(axis=0)
        parts.append(place + rng.normal(size=(s, 2)))
        labels.append(np.full(s, 2 + c))
    return shaped(Table(np.vstack(parts), np.concatenate(labels)))


def outliers(rng):
    k, d, n = some(rng, 2, 5)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 12))
    many = int(rng.integers(1, 6))
    far = table.X.mean(0) + rng.normal(size=(many, d)) * rng.uniform(30, 80) * table.X.std()
    return shaped(Table(np.vstack([table.X, far]), np.r_[table.groups, np.full(many, -1)]))
