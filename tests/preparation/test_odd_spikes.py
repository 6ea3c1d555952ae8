"""Spikes that nobody writes for "no value" are pointed out, and steps of a measurement are not."""

import numpy as np
import polars as pl
import pytest

from kwise.preparation import Preparation

RNG = np.random.default_rng(11)
N = 400
OTHER = RNG.normal(5, 1, N).round(2)
AGE = 18 + np.abs(RNG.normal(0, 18, N)).astype(int)
STEPS = RNG.integers(1, 6, N)


def warnings_of(cells):
    return Preparation().fit(pl.DataFrame({"other": OTHER, "v": cells})).summary_.warnings


@pytest.mark.parametrize(
    ("cells", "value"), [(AGE, -8), (AGE, 150), (STEPS, -1), (STEPS, -2), (AGE, 400), (OTHER, -77)]
)
def test_a_spike_far_from_all_other_cells_is_pointed_out(cells, value):
    odd = np.where(np.arange(N) % 16 == 0, value, cells).astype(float)

    assert any(said.startswith(f"v: {value} stands") for said in warnings_of(odd))


@pytest.mark.parametrize(
    "cells",
    [
        RNG.integers(-1, 2, N),  # worse, same, better
        RNG.integers(-2, 3, N),
        np.maximum(RNG.integers(-20, 17, N), 0),  # pixels: mostly ink of no strength
        np.where(RNG.random(N) < 0.6, 0, RNG.integers(1, 17, N)),
        np.minimum(RNG.normal(50, 10, N).round(1), 60.0),  # a gauge that ends at 60
        np.r_[AGE[:-2], 150, 150],
    ],
)
def test_steps_ends_and_single_cells_are_not(cells):
    assert not any("stand" in said for said in warnings_of(cells.astype(float)))
