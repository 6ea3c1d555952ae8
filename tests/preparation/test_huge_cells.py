"""Cells whose squares would overflow are refused with their place, and trouble nobody unused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kwise.preparation import Preparation

FRAME = pl.DataFrame({"x": [1.0, 2.0, 4.0], "big": [1.0, -3e200, 2.0]})


def test_a_cell_too_large_to_be_squared_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"row 2, column 'big': -3e\+200 is too large"):
        Preparation().fit(FRAME)


def test_it_is_refused_in_new_rows_too() -> None:
    fitted = Preparation().fit(FRAME.with_columns(big=pl.Series([1.0, 3.0, 2.0])))

    with pytest.raises(ValueError, match="row 2, column 'big'"):
        fitted.transform(FRAME)


def test_a_column_left_out_may_hold_anything() -> None:
    prepared = Preparation(drop=["big"]).fit_transform(FRAME)

    assert prepared.std() == pytest.approx(1.0)


def test_large_cells_that_can_be_squared_are_prepared() -> None:
    frame = pl.DataFrame({"x": np.array([1.0, 2.0, 3.0]) * 1e99})

    assert Preparation().fit_transform(frame).ravel() == pytest.approx([-1.2247449, 0, 1.2247449])
