"""Points as pixels: all of them, in fair shares."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.plots.raster import cloud, paint

BOUNDS = (0.0, 1.0, 0.0, 1.0)


@pytest.mark.parametrize("n_points", [1, 50, 4_000, 250_000])
def test_every_point_leaves_a_mark(n_points: int) -> None:
    points = np.random.default_rng(0).random((n_points, 2))

    made = cloud(points, BOUNDS, (300, 200))

    x = (points[:, 0] * 299).round().astype(int)
    y = ((1 - points[:, 1]) * 199).round().astype(int)
    assert (made.owner[y, x] >= 0).all()


def test_pixels_away_from_points_stay_clear() -> None:
    made = cloud(np.array([[0.5, 0.5]]), BOUNDS, (101, 101))

    marked = np.argwhere(made.owner >= 0)

    assert np.abs(marked - 50).max() <= 8


def test_colors_of_a_crowded_pixel_keep_their_shares() -> None:
    rng = np.random.default_rng(1)
    points = rng.random((300_000, 2))
    labels = (rng.random(300_000) < 0.25).astype(np.int32)

    made = cloud(points, BOUNDS, (100, 100))

    assert labels[made.owner].mean() == pytest.approx(0.25, abs=0.02)


def test_more_points_make_a_stronger_pixel() -> None:
    few, many = np.full((3, 2), 0.25), np.full((3_000, 2), 0.75)

    made = cloud(np.vstack([few, many]), BOUNDS, (100, 100))

    assert made.level[25, 74] > made.level[74, 25]


@pytest.mark.parametrize("n_clusters", [1, 12, 41, 60, 400])
def test_any_number_of_clusters_finds_colors(n_clusters: int) -> None:
    points = np.random.default_rng(0).random((500, 2))
    labels = np.arange(500, dtype=np.int32) % n_clusters

    index, colors = paint(cloud(points, BOUNDS, (60, 60)), labels, n_clusters)

    assert len(colors) <= 256
    assert index.max() < len(colors)
    assert colors[0, 3] == 0
    assert (colors[1:, 3] > 0).all()
