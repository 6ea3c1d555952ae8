"""What would bring rows back is counted, and what brings none is not advised."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwise.preparation import Preparation
from kwise.preparation.advice import columns_to_leave_out

RNG = np.random.default_rng(15)


def survey(n_columns, first, step, n=400):
    """Return answers from 1 to 5, each column emptier than the one before."""
    answers = RNG.integers(1, 6, (n, n_columns)).astype(float)
    answers[RNG.random((n, n_columns)) < first + step * np.arange(n_columns)] = np.nan
    return pl.DataFrame(answers, schema=[f"q{j}" for j in range(n_columns)]).fill_nan(None)


def warning_of(frame, word):
    return next(each for each in Preparation().fit(frame).summary_.warnings if word in each)


def test_the_rows_that_come_back_are_counted():
    frame = survey(14, 0.02, 0.04)
    said = warning_of(frame, "left out for missing cells")

    dropped = re.findall(r"'(q\d+)'", said.partition("drop=")[2])
    lost, back = re.search(r"brings (\d+) of the (\d+) back", said).group(2, 1)
    whole = frame.drop_nulls().height

    assert frame.drop(dropped).drop_nulls().height - whole == int(back)
    assert frame.height - whole == int(lost)
    assert said.startswith(f"{lost} of 400 rows (")
    assert said.endswith("missing='median' fills the cells and keeps all 400.")


def test_a_column_that_brings_next_to_nothing_back_is_not_named():
    said = warning_of(survey(14, 0.18, 0.003), "left out for missing cells")

    columns = re.findall(r"'(q\d+)'", said)
    assert len(columns) != 1
    assert "fills the cells" in said


def test_advice_for_a_table_without_a_whole_row_is_enough_to_follow_once():
    frame = survey(40, 0.07, 0.006)
    with pytest.raises(ValueError, match="every row has a missing cell") as caught:
        Preparation().fit(frame)

    n, fewest, kept = re.search(
        r"leaving out the (\d+) columns with (\d+) missing cells or more keeps (\d+);",
        str(caught.value),
    ).groups()
    left = frame.select(each for each in frame if each.null_count() < int(fewest))
    assert left.width == 40 - int(n)
    assert Preparation().fit(left).summary_.n_rows_used == int(kept)


def test_few_rows_left_out_are_no_warning():
    frame = pl.DataFrame({"x": [1.0, None, *RNG.normal(size=98)], "y": RNG.normal(size=100)})

    assert not any("left out" in each for each in Preparation().fit(frame).summary_.warnings)


@given(st.integers(1, 6), st.integers(2, 30), st.floats(0.05, 0.9), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_the_count_of_any_advice_is_exact(n_columns, n_rows, share, seed):
    gaps = np.random.default_rng(seed).random((n_rows, n_columns)) < share
    found = columns_to_leave_out(gaps, [str(j) for j in range(n_columns)])
    if found is None:
        return
    left = np.delete(gaps, [int(name) for name in found.columns], axis=1)

    assert left.shape[1] > 0
    assert int((~left.any(axis=1)).sum()) == found.n_rows > int((~gaps.any(axis=1)).sum())
