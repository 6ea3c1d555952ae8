"""Families of simulated tables with a known answer: ``FAMILIES[name](rng) -> Table``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Rows, the group of each (-1: noise), and whether groups exist that are not round."""

    X: Floats
    groups: NDArray[np.intp]
    shaped: bool = False

    @property
    def k(self) -> int:
        """Return the number of groups, noise not counted."""
        return len(set(self.groups.tolist()) - {-1})


def centers_apart(rng, k: int, d: int, least: float, most: float) -> Floats:
    """Draw centers so that each one's nearest neighbor is `least` to `most` away."""
    placed = [np.zeros(d)]
    while len(placed) < k:
        anchor = placed[rng.integers(len(placed))]
        step = rng.normal(size=d)
        new = anchor + step / np.linalg.norm(step) * rng.uniform(least, most)
        if min(np.linalg.norm(new - each) for each in placed) >= least:
            placed.append(new)
    return np.array(placed)


def sizes_of(rng, n: int, k: int, ratio: float = 1.5) -> NDArray[np.intp]:
    share = np.exp(rng.uniform(0, np.log(ratio), k)) if ratio > 1 else np.ones(k)
    return np.maximum(np.round(n * share / share.sum()).astype(int), 12)


def blobs(rng, k, d, sizes, centers, scales=None, draw=None) -> Table:
    scales = np.ones(k) if scales is None else scales
    draw = draw or (lambda rng, n, d: rng.normal(size=(n, d)))
    parts = [centers[c] + scales[c] * draw(rng, sizes[c], d) for c in range(k)]
    return Table(np.vstack(parts), np.repeat(np.arange(k), sizes))


def some(rng, low=2, high=8):
    k = int(rng.integers(low, high + 1))
    d = int(rng.choice([2, 2, 3, 4, 6, 10, 15, 20]))
    n = int(k * rng.integers(35, 160)) + 40
    return k, d, min(n, 1500)


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


def unequal_densities(rng):
    k, d, n = some(rng, 2, 6)
    scales = np.exp(rng.uniform(0, np.log(rng.uniform(2, 7)), k))
    centers = centers_apart(rng, k, d, 6, 9) * scales.max() * rng.uniform(0.35, 0.9)
    return _shaped(blobs(rng, k, d, sizes_of(rng, n, k, 2), centers, scales))


def elongated(rng):
    k, d, n = some(rng, 2, 6)
    d = min(d, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 5, 9))
    stretch = np.diag(np.exp(rng.uniform(-1.2, 1.2, d)))
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return _shaped(Table(table.X @ turn @ stretch * 1.0, table.groups))


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
    return _shaped(Table(np.vstack(parts), np.repeat(np.arange(k), sizes)))


def stripes(rng):
    k, n = int(rng.integers(2, 5)), int(rng.integers(200, 1200))
    sizes = sizes_of(rng, n, k, 1.2)
    parts = [
        np.column_stack([rng.uniform(0, rng.uniform(8, 20), s), c * 3 + 0.35 * rng.normal(size=s)])
        for c, s in enumerate(sizes)
    ]
    return _shaped(Table(_turned(rng, np.vstack(parts)), np.repeat(np.arange(k), sizes)))


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
    return _shaped(Table(np.vstack(parts), labels))


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
    return _shaped(Table(_turned(rng, X * rng.uniform(0.5, 20)), upper.astype(int)))


def spirals(rng):
    k, n = int(rng.integers(2, 4)), int(rng.integers(250, 1000))
    arm = rng.integers(0, k, n)
    t = rng.uniform(0.25, 1, n) * rng.uniform(1.5, 3) * np.pi
    angle = t + arm * 2 * np.pi / k
    X = np.column_stack([t * np.cos(angle), t * np.sin(angle)]) + 0.15 * rng.normal(size=(n, 2))
    return _shaped(Table(X, arm))


def linked_rings(rng):
    n = int(rng.integers(200, 800))
    t = rng.uniform(0, 2 * np.pi, n)
    which = rng.integers(0, 2, n)
    zero = np.zeros(n)
    first = np.column_stack([np.cos(t), np.sin(t), zero])
    second = np.column_stack([1 + np.cos(t), zero, np.sin(t)])
    X = np.where(which[:, None] == 0, first, second) + 0.08 * rng.normal(size=(n, 3))
    return _shaped(Table(X, which))


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
    return _shaped(Table(np.vstack([core, wide]), labels))


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
    return _shaped(Table(np.vstack(parts), np.concatenate(labels)))


def noisy(rng):
    k, d, n = some(rng, 2, 6)
    d = min(d, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 7, 14))
    share = rng.uniform(0.03, 0.12)
    noise = rng.uniform(table.X.min(0), table.X.max(0), (int(share * len(table.X)), d))
    return Table(np.vstack([table.X, noise]), np.r_[table.groups, np.full(len(noise), -1)])


def outliers(rng):
    k, d, n = some(rng, 2, 5)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 12))
    many = int(rng.integers(1, 6))
    far = table.X.mean(0) + rng.normal(size=(many, d)) * rng.uniform(30, 80) * table.X.std()
    return _shaped(Table(np.vstack([table.X, far]), np.r_[table.groups, np.full(many, -1)]))


def discrete(rng):
    k, d, n = some(rng, 2, 6)
    table = blobs(rng, k, d, sizes_of(rng, n, k), centers_apart(rng, k, d, 6, 12))
    return Table(np.round(table.X * rng.uniform(0.6, 2)), table.groups)


def duplicated(rng):
    k, d, n = some(rng, 2, 6)
    table = blobs(rng, k, d, sizes_of(rng, n // 2, k), centers_apart(rng, k, d, 6, 12))
    drawn = rng.integers(len(table.X), size=2 * len(table.X))
    return Table(table.X[drawn], table.groups[drawn])


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
    return Table(_turned(rng, np.vstack(parts)), np.repeat(np.arange(k), sizes))


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


def hierarchical(rng):
    """Draw groups of groups: the finer ones count, and the coarser ones are groups as well."""
    d, n = int(rng.choice([2, 2, 3, 5, 10])), int(rng.integers(300, 1200))
    above = centers_apart(rng, int(rng.integers(2, 4)), d, 22, 34)
    below = [
        middle + centers_apart(rng, int(rng.integers(1, 4)), d, 5, 8) - 4.0 for middle in above
    ]
    centers = np.vstack(below)
    k = len(centers)
    return blobs(rng, k, d, sizes_of(rng, n, k, 2), centers)


def one_column(rng):
    k, _, n = some(rng, 2, 5)
    centers = np.cumsum(rng.uniform(6, 10, k))[:, None]
    return blobs(rng, k, 1, sizes_of(rng, n, k), centers)


def structureless(kind: str) -> Callable[..., Table]:
    """Make the family of tables that hold one group of this kind."""

    def make(rng):
        d = int(rng.choice([2, 5, 20]))
        n = int(np.exp(rng.uniform(np.log(150), np.log(3000))))
        X = ONE_GROUP[kind](rng, n, d)
        return Table(X, np.zeros(n, dtype=int))

    return make


def _ball(rng, n, d):
    way = rng.normal(size=(n, d))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return way * rng.random((n, 1)) ** (1 / d)


ONE_GROUP = {
    "gaussian": lambda rng, n, d: rng.normal(size=(n, d)),
    "box": lambda rng, n, d: rng.random((n, d)),
    "ball": _ball,
    "lognormal": lambda rng, n, d: np.exp(rng.uniform(0.5, 1.0) * rng.normal(size=(n, d))),
    "exponential": lambda rng, n, d: rng.exponential(size=(n, d)),
    "heavy_tailed": lambda rng, n, d: rng.standard_t(3, size=(n, d)),
    "correlated": lambda rng, n, d: rng.normal(size=(n, d)) @ rng.normal(size=(d, d)),
}


def _shaped(table: Table) -> Table:
    return Table(table.X, table.groups, shaped=True)


def _turned(rng, X: Floats) -> Floats:
    return X @ np.linalg.qr(rng.normal(size=(X.shape[1], X.shape[1])))[0]


# Family -> (maker, what it stands for).
FAMILIES: dict[str, tuple[Callable[..., Table], str]] = {
    "round": (round_blobs, "blobs"),
    "overlapping": (overlapping, "overlapping"),
    "unequal_sizes": (unequal_sizes, "blobs"),
    "high_dimensional": (high_dimensional, "blobs"),
    "duplicated": (duplicated, "blobs"),
    "discrete": (discrete, "blobs"),
    "one_column": (one_column, "blobs"),
    "many_groups": (many_groups, "blobs"),
    "crowd": (crowd, "crowds"),
    "grid": (grid, "crowds"),
    "crowd_of_crowds": (crowd_of_crowds, "crowds"),
    "touching": (touching, "other round"),
    "hierarchical": (hierarchical, "other round"),
    "boxes": (boxes, "other round"),
    "heavy_tailed": (heavy_tailed, "other round"),
    "skewed_groups": (skewed_groups, "other round"),
    "noisy": (noisy, "other round"),
    "unequal_densities": (unequal_densities, "shaped"),
    "elongated": (elongated, "shaped"),
    "elongated_each": (elongated_each, "shaped"),
    "stripes": (stripes, "shaped"),
    "rings": (rings, "shaped"),
    "moons": (moons, "shaped"),
    "spirals": (spirals, "shaped"),
    "linked_rings": (linked_rings, "shaped"),
    "core_and_halo": (core_and_halo, "shaped"),
    "mixed_shapes": (mixed_shapes, "shaped"),
    "outliers": (outliers, "shaped"),
    **{f"one_{kind}": (structureless(kind), "one group") for kind in ONE_GROUP},
}
