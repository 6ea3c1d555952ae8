"""Treatments of missing cells: one contract for all, and what each fills."""

import numpy as np
import polars as pl
import pytest
from sklearn.impute import KNNImputer

from kwise.preparation import FILLINGS, Preparation
from kwise.preparation.imputers import REFERENCE_ROWS

RNG = np.random.default_rng(4)
WHOLE = RNG.normal(size=(300, 1)) * [1.0, 100.0, 5.0] + RNG.normal(size=(300, 3)) * [0.1, 10, 0.5]
GAPS = RNG.random(WHOLE.shape) < 0.15
HOLED = np.where(GAPS, np.nan, WHOLE)
FRAME = pl.DataFrame(HOLED, schema=["a", "b", "c"]).fill_nan(None)
FILLING = [name for name, row in FILLINGS.items() if row.fills]


@pytest.mark.parametrize("name", FILLING)
def test_whatever_fills_keeps_every_row_and_every_cell_that_is_there(name):
    preparation = Preparation(missing=name, scale="none")

    filled = preparation.fit_transform(FRAME)

    assert np.isfinite(filled).all()
    np.testing.assert_array_equal(filled[~GAPS], HOLED[~GAPS])
    assert preparation.summary_.n_rows_used == 300
    said = next(step for step in preparation.summary_.steps if "missing cells were filled" in step)
    assert FILLINGS[name].words in said
    assert f"missing='{name}'" in said


@pytest.mark.parametrize("name", FILLING)
def test_new_rows_are_filled_as_the_first_were(name):
    preparation = Preparation(missing=name).fit(FRAME)

    some = preparation.transform(FRAME[50:90])

    np.testing.assert_allclose(some, preparation.transform(FRAME)[50:90], rtol=1e-12)
    np.testing.assert_array_equal(some, preparation.transform(FRAME[50:90]))


@pytest.mark.parametrize("name", ["knn", "iterative"])
def test_cells_are_guessed_from_the_other_cells_of_their_row(name):
    filled = Preparation(missing=name, scale="none").fit_transform(FRAME)
    by_median = Preparation(missing="median", scale="none").fit_transform(FRAME)

    error, plain = (np.abs(each - WHOLE)[GAPS].mean() for each in (filled, by_median))
    assert error < 0.5 * plain


def test_neighbors_are_those_of_scikit_learn_in_standard_deviations():
    filled = Preparation(missing="knn", scale="none").fit_transform(FRAME)

    mean, std = np.nanmean(HOLED, axis=0), np.nanstd(HOLED, axis=0)
    expected = KNNImputer(n_neighbors=5).fit_transform((HOLED - mean) / std) * std + mean
    np.testing.assert_allclose(filled, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["knn", "iterative"])
def test_of_many_rows_some_are_learned_from(name):
    X = RNG.normal(size=(3 * REFERENCE_ROWS, 3))
    X[::50, 1] = np.nan
    preparation = Preparation(missing=name).fit(X)

    assert preparation.state_.reference.shape == (REFERENCE_ROWS, 3)
    assert np.isfinite(preparation.transform(X)).all()


@pytest.mark.parametrize("name", FILLING)
def test_a_row_without_any_cell_is_filled_too(name):
    frame = pl.concat([FRAME, pl.DataFrame([[None] * 3], schema=FRAME.schema, orient="row")])

    assert np.isfinite(Preparation(missing=name).fit_transform(frame)).all()
