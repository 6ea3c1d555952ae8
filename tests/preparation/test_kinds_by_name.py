"""Columns whose name and numbers together say that they measure nothing, and some that do."""

import io
import json
from datetime import timedelta

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from kwise.io import read_table
from kwise.preparation import Preparation

N = 120
RNG = np.random.default_rng(1)
OTHER = {"height": RNG.normal(50, 9, N).round(1), "weight": RNG.normal(20, 3, N).round(1)}
MIXED = RNG.permutation(N)

NOT_USED = {
    "account": (12_345_000 + 13 * np.arange(N), "id"),
    "customer": (1000 + 3 * MIXED, "id"),
    "Kundennummer": (1000 + 3 * MIXED, "id"),
    "store_nbr": (1 + MIXED % 44, "id"),
    "store": (1 + MIXED % 44, "category"),
    "region": (MIXED % 30, "category"),
    "period": (202_301 + MIXED % 12, "code"),
    "yearmonth": (202_301 + MIXED % 12, "code"),
    "when": (np.array([202_000 + 100 * (i % 4) + 1 + i % 12 for i in range(N)]), "code"),
}
USED = {
    "store_size": 1 + MIXED,
    "sales": 1000 + 3 * MIXED,
    "orders": RNG.integers(0, 90, N),
    "payment": 1000 + 7 * MIXED,
    "income": 202_300 + MIXED,
    "region_area": 1 + MIXED % 44,
}


def found_in(frame):
    return Preparation().fit(frame).summary_


@pytest.mark.parametrize("name", NOT_USED)
def test_what_measures_nothing_is_left_out(name):
    cells, kind = NOT_USED[name]

    found = found_in(pl.DataFrame({**OTHER, name: cells}))

    assert next(each.kind for each in found.columns if each.name == name) == kind
    assert found.used == ("height", "weight")


@pytest.mark.parametrize("name", USED)
def test_what_measures_is_used(name):
    assert name in found_in(pl.DataFrame({**OTHER, name: USED[name]})).used


VALUES = [20.25 + i % 7 + 40 * (i % 2) for i in range(N)]


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": pl.Series(VALUES, dtype=pl.Object)}),
        pa.table({"x": pa.array(VALUES).cast(pa.decimal256(12, 3))}),
        pd.DataFrame({"x": pd.array(VALUES, dtype="double[pyarrow]")}),
    ],
    ids=["objects", "wide decimals", "Arrow in pandas"],
)
def test_numbers_of_rare_types_are_numbers(frame):
    preparation = Preparation(scale="none")

    np.testing.assert_allclose(preparation.fit_transform(frame)[:, 0], VALUES)


def test_durations_and_intervals_are_left_out_with_a_word():
    spans = [timedelta(minutes=i) for i in range(N)]
    frame = pd.DataFrame({**OTHER, "span": spans, "part": pd.cut(np.arange(N), 5)})

    found = found_in(frame)

    assert found.used == ("height", "weight")
    assert any("'span'" in said and "total_seconds" in said for said in found.warnings)


@pytest.mark.parametrize("lines", [False, True])
def test_records_without_a_name_are_known_by_their_first_letters(lines):
    records = [{"name": f"n{i}", "x": str(value)} for i, value in enumerate(VALUES)]
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records, indent=1)

    assert read_table(io.BytesIO(text.encode())).frame["x"].to_list() == VALUES
