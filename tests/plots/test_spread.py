"""Numbers at centers never hide each other."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.plots.spread import spread_apart


@pytest.mark.parametrize("n", [2, 14, 40])
def test_disks_are_moved_until_none_hides_another(n: int) -> None:
    places = np.random.default_rng(0).normal(scale=20.0, size=(n, 2))
    places[-1] = places[0]  # two on one spot
    radii = np.full(n, 9.0)

    moved = spread_apart(places, radii)

    apart = np.hypot(*(moved[:, None] - moved[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 17.0


def test_disks_with_room_stay_where_they_are() -> None:
    places = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 70.0]])

    np.testing.assert_allclose(spread_apart(places, np.full(3, 9.0)), places, atol=0.01)
