"""Peaks of the density: one for a cloud, a curve and a ring, one a group for groups apart."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from kwise.selection.modes import measure_modes

RNG = np.random.default_rng(0)
ANGLE = RNG.random(400) * 2 * np.pi
RING = np.column_stack([np.cos(ANGLE), np.sin(ANGLE)]) + 0.05 * RNG.normal(size=(400, 2))


@pytest.mark.parametrize(
    ("data", "directions"),
    [(RNG.normal(size=(500, 3)), 3.0), (np.exp(RNG.normal(size=(500, 2))), 2.0), (RING, 1.5)],
    ids=["cloud", "skewed", "ring"],
)
def test_one_group_of_any_shape_is_one_peak(data, directions):
    assert measure_modes(data, directions)["modes_far"] == 1.0


def test_groups_apart_are_peaks_whatever_their_shape():
    blobs = make_blobs(300, centers=[(0, 0), (20, 0), (0, 20)], random_state=0)[0]
    moons = make_moons(400, noise=0.04, random_state=0)[0]

    assert measure_modes(blobs, 2.0)["modes"] == 3.0
    assert measure_modes(moons, 1.2)["mode_second"] > 3.0


def test_unit_and_place_of_the_rows_do_not_matter():
    data = make_blobs(200, centers=2, random_state=1)[0]

    moved = measure_modes(data * 1e6 + 3.0, 2.0)

    assert moved == pytest.approx(measure_modes(data, 2.0), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("data", [np.zeros((1, 2)), np.zeros((2, 2)), np.zeros((30, 1))])
def test_equal_or_few_rows_are_one_peak(data):
    found = measure_modes(data, 1.0)

    assert found["modes"] == 1.0
    assert all(np.isfinite(value) for value in found.values())
