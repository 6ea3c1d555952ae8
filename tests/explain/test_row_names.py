"""Rows have the names that the table gives them."""

from __future__ import annotations

import numpy as np
import polars as pl

import kwise


def _frame(**columns: object) -> pl.DataFrame:
    X = np.random.default_rng(0).normal(size=(30, 2))
    return pl.DataFrame({"x": X[:, 0], "y": X[:, 1], **columns})


def test_a_column_of_different_texts_names_the_rows() -> None:
    names = [f"town {i}" for i in range(30)]
    frame = _frame(place=names).with_columns(
        x=pl.when(pl.arange(30) == 3).then(None).otherwise("x")
    )

    found = kwise.analyze(frame, k=2).report_data.row_names

    assert found == [name for i, name in enumerate(names) if i != 3]  # row 4 is left out


def test_a_number_that_counts_the_rows_is_no_name() -> None:
    assert kwise.analyze(_frame(rowid=np.arange(1, 31)), k=2).report_data.row_names is None
    assert kwise.analyze(_frame(), k=2).report_data.row_names is None
