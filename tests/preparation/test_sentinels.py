"""Numbers that stand for "no value": told by their spike and distance, named, taken out."""

import numpy as np
import polars as pl
import pytest

from kwise.preparation import Preparation

RNG = np.random.default_rng(3)
N = 300
OTHER = RNG.normal(50, 10, N).round(1)


def with_value(cells, value, share, seed=0):
    """Put a value into a share of the cells."""
    cells = np.array(cells, dtype=float)
    cells[np.random.default_rng(seed).random(len(cells)) < share] = value
    return cells


def poisson(mean):
    return RNG.poisson(mean, N).astype(float)


TEMPERATURE = RNG.normal(20, 3, N).round(1)
AGE = RNG.integers(18, 91, N).astype(float)
SCORE = RNG.integers(1, 6, N).astype(float)
MONEY = RNG.lognormal(7, 1, N).round(2)

# cells, the value, whether it is surely none
SENTINELS = [
    (with_value(TEMPERATURE, -999, 0.3), -999, True),
    (with_value(TEMPERATURE, -999, 0.01), -999, True),
    (with_value(TEMPERATURE, -999.9, 0.1), -999.9, True),
    (with_value(TEMPERATURE, 9999, 0.1), 9999, True),
    (with_value(TEMPERATURE, 99.9, 0.1), 99.9, True),
    (with_value(TEMPERATURE, -200, 0.1), -200, True),
    (with_value(TEMPERATURE, 1e20, 0.1), 1e20, True),
    (with_value(TEMPERATURE, -(2.0**31), 0.1), -(2.0**31), True),
    (with_value(AGE, -1, 0.1), -1, True),
    (with_value(AGE, -9, 0.1), -9, True),
    (with_value(AGE, 999, 0.1), 999, True),
    (with_value(AGE, 99, 0.15), 99, False),
    (with_value(SCORE, 9, 0.1), 9, True),
    (with_value(SCORE, 99, 0.1), 99, True),
    (with_value(SCORE, -9, 0.1), -9, True),
    (with_value(MONEY, -1, 0.1), -1, True),
    (with_value(np.minimum(MONEY, 40000), 99999, 0.05), 99999, True),
    (with_value(RNG.normal(70, 10, N).round(), 0, 0.05), 0, False),
]
# nothing to see
NONE = [
    TEMPERATURE,
    TEMPERATURE - 20,
    AGE,
    SCORE,
    MONEY,
    poisson(1.0),
    poisson(6.0),
    RNG.integers(0, 101, N).astype(float),
    np.minimum(RNG.normal(90, 8, N).round(), 99.0),  # a scale that ends at 99
    with_value(MONEY, 0, 0.6),  # spent nothing
    RNG.choice([-1.0, 0.0, 1.0], N),
    RNG.choice([0.0, 1.0], N),
    with_value(RNG.normal(0, 30, N), -999 + 900, 0.0),
    RNG.normal(-999, 5, N).round(),  # the whole column is there
    np.r_[TEMPERATURE[:-1], 61.0],  # one far cell
    RNG.integers(1, 1000, N).astype(float),
    RNG.standard_cauchy(N),
]


def fitted(cells, **parameters):
    return Preparation(**parameters).fit(pl.DataFrame({"other": OTHER, "v": cells}))


@pytest.mark.parametrize(("cells", "value", "sure"), SENTINELS)
def test_what_stands_for_no_value_is_named_and_if_it_surely_does_missing(cells, value, sure):
    summary = fitted(cells).summary_
    n = int((cells == value).sum())

    told = [each for each in summary.warnings if f"{value:g}" in each or f"{value:.0f}" in each]
    assert f"{n} " in told[0]
    assert summary.columns[1].n_missing == (n if sure else 0)
    assert summary.n_rows_used == N - (n if sure else 0)
    assert ("sentinels='keep'" in told[0]) == sure
    assert ("sentinels=['v=" in told[0]) != sure


@pytest.mark.parametrize("cells", NONE)
def test_far_and_frequent_cells_that_mean_something_are_kept(cells):
    summary = fitted(cells, columns=["other", "v"]).summary_

    assert summary.n_rows_used == N
    assert not any("no value" in each for each in summary.warnings)


def test_they_can_be_kept_refused_or_named():
    cells, n = SENTINELS[0][0], int((SENTINELS[0][0] == -999).sum())

    kept = fitted(cells, sentinels="keep").summary_
    assert kept.n_rows_used == N
    assert any("-999" in each and "was kept" in each for each in kept.warnings)
    with pytest.raises(ValueError, match=rf"column 'v': -999 stands in {n} of 300 rows"):
        fitted(cells, sentinels="error")
    assert fitted(AGE, sentinels=[50.01]).summary_.n_rows_used == N
    both = int(((AGE != 50) & (OTHER != 50)).sum())
    assert fitted(AGE, sentinels=[50]).summary_.n_rows_used == both
    named = fitted(AGE, sentinels=["v=50", "v=51"]).summary_
    assert named.n_rows_used == int(((AGE != 50) & (AGE != 51)).sum())


@pytest.mark.parametrize("asked", ["keeep", ["w=3"], ["v=x"]])
def test_what_is_none_of_these_is_refused(asked):
    with pytest.raises(ValueError, match=r"sentinels|column of numbers"):
        fitted(AGE, sentinels=asked)


def test_several_at_one_end_are_found_together():
    cells = SCORE.copy()
    cells[:20], cells[20:40], cells[40:60] = 97, 98, 99

    assert fitted(cells).summary_.columns[1].n_missing == 60


def test_new_rows_are_read_alike():
    preparation = fitted(SENTINELS[0][0], missing="median", scale="none")
    new = pl.DataFrame({"other": [50.0, 50.0], "v": [-999.0, 18.0]})

    np.testing.assert_array_equal(
        preparation.transform(new)[:, 1], [preparation.state_.fillings[1], 18.0]
    )
    assert np.isnan(preparation.originals(new)[0, 1])


def test_many_columns_with_the_same_are_one_warning():
    frame = pl.DataFrame({f"t{j}": with_value(TEMPERATURE, -999, 0.1, j) for j in range(6)})
    warnings = [each for each in Preparation().fit(frame).summary_.warnings if "-999" in each]

    assert len(warnings) == 1
    assert "in 6 columns" in warnings[0]


def test_a_number_for_nothing_in_one_column_is_one_where_it_is_rare():
    rare = np.where(np.arange(N) == 7, -999, RNG.integers(0, 3000, N)).astype(float)
    many = with_value(TEMPERATURE, -999, 0.1)

    alone = Preparation().fit(pl.DataFrame({"visits": rare, "x": OTHER}))
    both = Preparation().fit(pl.DataFrame({"visits": rare, "t": many, "x": OTHER}))

    assert "visits" not in alone.state_.sentinels
    assert both.state_.sentinels == {"t": (-999.0,), "visits": (-999.0,)}


def test_zeros_that_nothing_comes_near_are_pointed_out_and_taken_as_asked():
    glucose = np.clip(RNG.normal(121, 30, N).round(), 60, 199)
    glucose[:4] = 0
    skin = np.clip(RNG.normal(29, 6, N).round(), 10, 60)
    skin[50:150] = 0
    rain = np.where(np.arange(N) % 2, 0, RNG.exponential(5, N).round(1))
    odd = np.where(np.arange(N) < 9, -999, OTHER)
    frame = pl.DataFrame({"glucose": glucose, "skin": skin, "rain": rain, "x": odd})
    asked = ["missing", "glucose=0", "skin=0"]

    pointed = Preparation().fit(frame)
    taken = Preparation(sentinels=asked).fit(frame)

    assert pointed.state_.sentinels == {"x": (-999.0,)}
    warning = next(each for each in pointed.summary_.warnings if "if it stands for" in each)
    assert "(glucose, skin)" in warning
    assert f"sentinels={asked!r} takes it for that" in warning
    assert taken.state_.sentinels == {"glucose": (0.0,), "skin": (0.0,), "x": (-999.0,)}
    assert taken.summary_.n_rows_used == N - 4 - 100 - 9 + 4  # the first rows lack two cells


FEW_ROWS = [
    [1, 1, 2, 9, 9, 8],
    [1, 2, 1, 2, 9, 9, 9],
    [1, 2, 3, 4, 5, 9, 9, 9, 9],
    [1, 2, 1, 99, 98, 99],
    [1, 2, 3, 2, 1, 99],
    [1, 2, 1, 2, 99, 99, 99, 99],
    [1, 2, 1, 998, 999, 999],
    [0.1, 0.2, 0.3, 9.9, 9.9, 9.9],
    [5, 20, 30, -1, -1, -1],
    [5, 20, 30, -9, -9, -9],
    [100, 110, 120, -200, -200, -200],
    [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 97, 98, 99],
]


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("cells", FEW_ROWS)
def test_small_tables_lose_no_rows_to_numbers_that_are_a_group_of_theirs(cells, times):
    cells = np.array(cells * times, dtype=float)
    frame = pl.DataFrame({"a": cells, "b": np.roll(cells, 1)})
    summary = Preparation(columns=["a", "b"]).fit(frame).summary_

    assert summary.n_rows_used == len(cells)
    assert not any("taken for 'no value'" in each for each in summary.warnings)


@pytest.mark.parametrize("low", [[1, 2], [1, 2, 3], [4, 5, 6]])
@pytest.mark.parametrize("high", [[9], [8, 9], [99], [98, 99], [97, 98, 99], [998, 999]])
def test_half_of_a_large_table_is_a_group_too(low, high):
    cells = np.r_[RNG.choice(low, N // 2), RNG.choice(high, N // 2)].astype(float)

    assert fitted(cells, columns=["other", "v"]).summary_.n_rows_used == N


def test_one_cell_is_no_spike():
    cells = np.r_[RNG.integers(1, 6, N - 1), 99].astype(float)

    assert fitted(cells, columns=["other", "v"]).summary_.n_rows_used == N


@pytest.mark.parametrize("value", [-99, -999, 999, 9999, 1e20])
def test_what_nobody_measures_is_no_value_in_small_tables_too(value):
    cells = [1, 3, 4, 7, 9, 12, 14, 3, 5, value, value, value]
    summary = Preparation(columns=["a"]).fit(pl.DataFrame({"a": np.array(cells, float)})).summary_

    assert summary.n_rows_used == 9
