"""The account of a preparation: kinds, statistics, steps and warnings."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import skew

from kwise.preparation import Preparation

RNG = np.random.default_rng(1)


def summary_of(frame, **parameters):
    return Preparation(**parameters).fit(frame).summary_


def test_numbers_with_a_few_wrong_cells_are_pointed_out():
    cells = [str(i * 1.5) for i in range(99)] + ["broken"]
    frame = pl.DataFrame({"v": cells, "w": np.arange(100) % 7})

    summary = summary_of(frame)

    assert "1 cell is no number, the first in row 100, 'broken'" in summary.columns[0].reason
    assert any("'v' was left out" in each for each in summary.warnings)


def test_the_only_column_of_numbers_is_used_even_if_it_counts():
    assert summary_of(pl.DataFrame({"v": range(30)})).used == ("v",)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 101])
def test_statistics_are_those_of_numpy(n):
    cells = RNG.gamma(1.0, 2.0, size=n) + 1e6
    frame = pl.DataFrame({"v": [*cells, None], "w": range(n + 1)})
    column = summary_of(frame, columns=["v"]).columns[0]

    expected = [cells.mean(), cells.std(), *np.percentile(cells, [0, 25, 50, 75, 100])]
    got = [column.mean, column.std, column.min, column.q1, column.median, column.q3, column.max]
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    assert column.n_missing == 1
    assert column.n_distinct == n
    if n > 2:
        np.testing.assert_allclose(column.skewness, skew(cells), rtol=1e-6)


def test_outliers_are_counted_and_kept():
    frame = pl.DataFrame({"v": [*np.linspace(0, 1, 50), 100.0, -90.0]})

    summary = summary_of(frame)

    assert summary.columns[0].n_outliers == 2
    assert any("2 cells lie more than three" in step for step in summary.steps)
    assert summary.n_rows_used == 52


def test_steps_tell_what_was_left_out_filled_and_scaled():
    frame = pl.DataFrame(
        {"x": [1.0, None, 2.0, 4.0], "y": [1.0, 2.0, 4.0, 3.0], "s": ["a", "b", "a", "b"]}
    )

    steps = " ".join(summary_of(frame).steps)

    assert "2 of 3 columns are used: x, y." in steps
    assert "Left out: s (it holds text in 2 categories" in steps
    assert "1 of 4 rows were left out, as cells are missing there: x (1)" in steps
    assert "scale='standard'" in steps


@pytest.mark.parametrize(
    ("frame", "parameters", "words"),
    [
        (pl.DataFrame(RNG.normal(size=(9, 3))), {"scale": "normalize-rows"}, "rows, not columns"),
        (
            pl.DataFrame({"a": RNG.normal(size=9), "b": 100 * RNG.normal(size=9)}),
            {"scale": "none"},
            "'b' holds 9",
        ),
        (pl.DataFrame(RNG.normal(size=(5, 9))), {}, "more columns"),
        (pl.DataFrame({"v": np.exp(RNG.normal(0, 2, size=900))}), {}, "Strongly skewed: v"),
        (
            pl.DataFrame({"lat": RNG.uniform(-60, 60, 99), "lon": np.linspace(-179, 179, 99)}),
            {},
            "goes round the globe",
        ),
        (pl.DataFrame({"v": RNG.normal(size=30), "class": [1, 2, 3] * 10}), {}, "like labels (3 d"),
        (
            pl.DataFrame({"m": np.arange(9.0) ** 2, "x": [3, 1, 2] * 3, "km": np.arange(9.0) ** 2}),
            {},
            "count double: m and km.",
        ),
        (pl.DataFrame({"v": [1.0, None, 3.0, 5.0], "w": [1.0, 2, 3, 5]}), {}, r"1 of 4 rows (25%)"),
    ],
)
def test_what_may_mislead_is_warned_of(frame, parameters, words):
    assert any(words in each for each in summary_of(frame, **parameters).warnings)


def test_an_even_table_gives_no_warning():
    frame = pl.DataFrame(RNG.normal(size=(50, 3)))

    assert summary_of(frame).warnings == ()


def test_real_tables_are_prepared_as_expected(data_dir):
    from kwise.io import read_table

    penguins = summary_of(read_table(data_dir / "penguins.csv").frame, drop=["year"])
    housing = summary_of(read_table(data_dir / "california_housing" / "housing.csv").frame)

    assert (penguins.n_rows_used, len(penguins.used)) == (342, 4)
    assert (housing.n_rows_used, len(housing.used)) == (20_433, 9)
