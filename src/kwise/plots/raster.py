"""Points as pixels: any number of them, honestly, in one pass for every labeling.

Each point is a disk of pixels. Where points meet, one of them, drawn at random, gives the
pixel its color (so colors keep their shares), and the number of them gives its strength.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise.plots.palette import cluster_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["Cloud", "cloud", "paint"]

# Strength of a pixel under one point, and the number of steps up to full strength.
_FAINTEST, _LEVELS = 0.55, 6
# Points beyond this number are drawn as single pixels first: many may share a pixel.
_DENSE = 200_000


@dataclass(frozen=True, slots=True)
class Cloud:
    """Which point shows in each pixel (-1: none), and how strongly (0 .. levels - 1).

    ``owner`` and ``level`` have shape (height, width); row 0 is the top.
    """

    owner: NDArray[np.int64]
    level: NDArray[np.uint8]
    n_points: int


def cloud(
    points: Floats,
    bounds: tuple[float, float, float, float],
    size: tuple[int, int] = (1240, 840),
    *,
    seed: int = 0,
) -> Cloud:
    """Place points of shape (n_samples, 2) on a grid of ``size`` (width, height) pixels.

    ``bounds`` are left, right, bottom, top in the units of the points. The cost is
    O(n_samples) for many points and O(n_samples * area of a disk) for few.
    """
    width, height = size
    left, right, bottom, top = bounds
    order = np.random.default_rng(seed).permutation(len(points))
    x = ((points[order, 0] - left) / (right - left) * (width - 1)).round().astype(np.int64)
    y = ((top - points[order, 1]) / (top - bottom) * (height - 1)).round().astype(np.int64)
    disk = _disk(_radius(len(points)))
    # A frame as wide as a disk around the picture: what falls on it is cut off in the end.
    margin = int(np.abs(disk).max(initial=0))
    near = (x >= -margin) & (x < width + margin) & (y >= -margin) & (y < height + margin)
    wide, frame = width + 4 * margin, slice(2 * margin, -2 * margin or None)
    n_pixels = wide * (height + 4 * margin)
    places = ((y + 2 * margin) * wide + x + 2 * margin)[near]
    offsets = disk[:, 1] * wide + disk[:, 0]
    owners, owner, count = order[near], np.full(n_pixels, -1), np.zeros(n_pixels, dtype=np.int64)
    # Point by point, not offset by offset: a whole disk lies above or below another.
    for start in range(0, len(places), 200_000):
        part = slice(start, start + 200_000)
        flat = places[part, None] + offsets
        owner[flat] = owners[part, None]
        count += np.bincount(flat.ravel(), minlength=n_pixels)
    owner = owner.reshape(-1, wide)[frame, frame].ravel()
    count = count.reshape(-1, wide)[frame, frame].ravel()
    if len(points) > _DENSE:
        owner, count = _widened(owner, count, (height, width))
    most = np.log1p(np.quantile(count[count > 0], 0.99)) if len(points) else 1.0
    # Of so many pixels few hold more points than others: each count is looked at once.
    counts = np.arange(count.max(initial=0) + 1)
    strength = np.clip(np.log1p(counts) / max(float(most), np.log1p(2.0)), 0.0, 1.0)
    level = (strength * (_LEVELS - 1)).round().astype(np.uint8)[count]
    shape = (height, width)
    return Cloud(owner.reshape(shape), level.reshape(shape), len(points))


def _widened(
    owner: NDArray[np.int64], count: NDArray[np.int64], shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Widen each pixel that holds points to a disk, as large as so few pixels may be.

    Half a million rows that fall on a hundred pixels would not be seen otherwise.
    """
    places = np.flatnonzero(owner >= 0)
    radius = _radius(len(places))
    if radius == 0:
        return owner, count
    places = np.random.default_rng(0).permutation(places)
    height, width = shape
    wide_owner, wide_count = np.full_like(owner, -1), np.zeros_like(count)
    for dx, dy in _disk(radius):
        y, x = np.divmod(places, width)
        inside = (x + dx >= 0) & (x + dx < width) & (y + dy >= 0) & (y + dy < height)
        there = places[inside] + dy * width + dx
        free = wide_owner[there] < 0
        wide_owner[there[free]] = owner[places[inside][free]]
        np.maximum.at(wide_count, there, count[places[inside]])
    wide_owner[places] = owner[places]  # a pixel of its own keeps its color
    return wide_owner, wide_count


def paint(
    made: Cloud, labels: Labels, n_clusters: int, *, colors: Sequence[str] | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Color a cloud by labels, with the clusters' own colors or those given.

    Returns the index of each pixel's color, shape (height, width), and the colors as rows of
    red, green, blue, alpha; color 0 is clear. With more than 42 clusters all pixels of a
    cluster have one strength, with more than 255 colors come again.
    """
    levels = _LEVELS if n_clusters * _LEVELS < 256 else 1
    n_colors = min(n_clusters, 255 // levels)
    level = made.level if levels > 1 else np.zeros_like(made.level)
    seen = made.owner >= 0
    index = np.zeros(made.owner.shape, dtype=np.uint8)
    index[seen] = 1 + (labels[made.owner[seen]] % n_colors) * levels + level[seen]
    table = np.zeros((1 + n_colors * levels, 4), dtype=np.uint8)
    for c in range(n_colors):
        color = cluster_color(c) if colors is None else colors[c]
        red_green_blue = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        for step in range(levels):
            alpha = _FAINTEST + (1 - _FAINTEST) * (step / (levels - 1) if levels > 1 else 0.6)
            table[1 + c * levels + step] = [*red_green_blue, round(255 * alpha)]
    return index, table


def _radius(n_points: int) -> float:
    """Choose a disk's radius in pixels: large for few points, a single pixel for many."""
    for most, radius in ((300, 7.0), (1_000, 5.5), (5_000, 4.2), (30_000, 2.3), (200_000, 1.0)):
        if n_points <= most:
            return radius
    return 0.0


def _disk(radius: float) -> NDArray[np.int64]:
    """List the pixels within ``radius`` of (0, 0), as rows of x, y."""
    reach = int(np.ceil(radius))
    x, y = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    inside = x**2 + y**2 <= radius**2 + 0.25
    return np.column_stack([x[inside], y[inside]]).astype(np.int64)
