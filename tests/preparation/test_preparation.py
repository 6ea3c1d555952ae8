"""The preparation as a transformer: what it makes of a table."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler, normalize
from sklearn.utils.estimator_checks import parametrize_with_checks

from kwise.io import Table
from kwise.preparation import SCALINGS, Preparation

RNG = np.random.default_rng(0)
X = RNG.gamma(2.0, 3.0, size=(60, 4))
FRAME = pl.DataFrame(X, schema=["a", "b", "c", "d"])
MIXED = pl.DataFrame(
    {
        "id": range(1, 13),
        "x": [float(i % 5) for i in range(12)],
        "color": ["red", "green", "blue"] * 4,
        "flag": [True, False, True] * 4,
        "same": [7] * 12,
        "day": ["2024-01-02"] * 6 + ["2024-02-03"] * 6,
        "y": [float(i * i) for i in range(12)],
    }
)


@pytest.mark.parametrize(
    ("scale", "reference"),
    [("standard", StandardScaler()), ("minmax", MinMaxScaler()), ("robust", RobustScaler())],
)
def test_scalings_are_those_of_scikit_learn(scale, reference):
    prepared = Preparation(scale=scale).fit_transform(FRAME)

    np.testing.assert_allclose(prepared, reference.fit_transform(X), rtol=0, atol=1e-14)


def test_rows_are_normalized_as_in_scikit_learn():
    prepared = Preparation(scale="normalize-rows").fit_transform(FRAME)

    np.testing.assert_allclose(prepared, normalize(X), rtol=1e-15)


def test_no_scaling_keeps_the_cells():
    np.testing.assert_array_equal(Preparation(scale="none").fit_transform(FRAME), X)


@pytest.mark.parametrize("scale", SCALINGS)
@pytest.mark.parametrize("components", [None, 2, 0.8])
def test_transform_repeats_fit_transform(scale, components):
    preparation = Preparation(scale=scale, components=components, transform_skew=True)

    fitted = preparation.fit_transform(FRAME)

    np.testing.assert_allclose(preparation.transform(FRAME), fitted, rtol=0, atol=1e-12)
    assert fitted.dtype == np.float64
    assert len(preparation.get_feature_names_out()) == fitted.shape[1]


@pytest.mark.parametrize("shape", [(60, 4), (30, 200), (300, 20)])
@pytest.mark.parametrize("components", [3, 0.7])
def test_components_are_those_of_scikit_learn(shape, components):
    data = RNG.normal(size=shape) * np.linspace(1, 5, shape[1])
    reference = PCA(components, svd_solver="full").fit(data)

    preparation = Preparation(scale="none", components=components)
    prepared = preparation.fit_transform(data)

    np.testing.assert_allclose(prepared, reference.transform(data), rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        preparation.state_.variance_shares, reference.explained_variance_ratio_, atol=1e-12
    )


def test_columns_of_text_dates_constants_and_ids_are_left_out():
    preparation = Preparation().fit(MIXED)
    kinds = {each.name: each.kind for each in preparation.summary_.columns}

    assert preparation.summary_.used == ("x", "y")
    assert kinds == {"id": "id", "x": "number", "color": "category", "flag": "yes/no",
                     "same": "constant", "day": "date", "y": "number"}  # fmt: skip


def test_columns_that_are_named_are_used_exactly():
    preparation = Preparation(columns=["y", "id"]).fit(MIXED)

    assert list(preparation.get_feature_names_out()) == ["y", "id"]
    np.testing.assert_array_equal(preparation.originals(MIXED)[:, 1], np.arange(1, 13))


def test_columns_can_be_dropped():
    assert Preparation(drop=["x"]).fit(MIXED).summary_.used == ("y",)


def test_categories_become_indicators():
    preparation = Preparation(categories="one-hot").fit(MIXED)
    prepared = preparation.transform(MIXED)

    names = list(preparation.get_feature_names_out())
    assert names == ["x", "y", "color=blue", "color=green", "color=red", "flag=false", "flag=true"]
    np.testing.assert_array_equal(prepared[:3, 2:5], [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    new = MIXED.with_columns(color=pl.lit("pink"))
    np.testing.assert_array_equal(preparation.transform(new)[:, 2:5], 0)


def test_incomplete_rows_take_no_part():
    frame = FRAME.with_columns(a=pl.when(pl.int_range(60) < 5).then(None).otherwise(pl.col("a")))
    preparation = Preparation()

    prepared = preparation.fit_transform(frame)

    assert np.isnan(prepared[:5]).all()
    np.testing.assert_allclose(prepared[5:], StandardScaler().fit_transform(X[5:]), atol=1e-14)
    np.testing.assert_array_equal(preparation.complete_rows(frame), np.arange(60) >= 5)
    assert preparation.summary_.n_rows_used == 55


@pytest.mark.parametrize(("policy", "value"), [("median", np.nanmedian), ("mean", np.nanmean)])
def test_missing_cells_can_be_filled(policy, value):
    holed = X.copy()
    holed[:5, 0] = np.nan
    preparation = Preparation(missing=policy, scale="none")

    prepared = preparation.fit_transform(holed)

    np.testing.assert_allclose(prepared[:5, 0], value(holed[:, 0]))
    assert preparation.complete_rows(holed).all()
    assert np.isnan(preparation.originals(holed)[:5, 0]).all()


def test_missing_categories_are_filled_or_take_the_row_out():
    frame = pl.DataFrame({"x": [1.0, 2.0, 4.0, 8.0], "c": ["a", None, "b", "a"]})

    dropped = Preparation(categories="one-hot", columns=["x", "c"]).fit_transform(frame)
    filled = Preparation(categories="one-hot", columns=["x", "c"], missing="median")

    assert np.isnan(dropped).all(axis=1).tolist() == [False, True, False, False]
    np.testing.assert_array_equal(filled.fit_transform(frame)[1, 1:], [1, 0])


def test_skewed_columns_are_evened_out_when_asked():
    preparation = Preparation(transform_skew=True, scale="none")

    prepared = preparation.fit_transform(pl.DataFrame({"s": np.exp(X[:, 0] / 2), "n": X[:, 1]}))

    centered = prepared[:, 0] - prepared[:, 0].mean()
    assert abs((centered**3).mean() / (centered**2).mean() ** 1.5) < 0.3
    assert any("evened out" in step for step in preparation.summary_.steps)


def test_tables_may_have_their_columns_in_any_order_among_others():
    preparation = Preparation().fit(FRAME)
    shuffled = FRAME.select("d", "b", "a", "c").with_columns(extra=pl.lit("x"))

    np.testing.assert_array_equal(preparation.transform(shuffled), preparation.transform(FRAME))


@pytest.mark.parametrize("convert", [pl.DataFrame.to_pandas, pl.DataFrame.to_arrow, np.asarray])
def test_any_frame_or_array_will_do(convert):
    preparation = Preparation().fit(FRAME)

    np.testing.assert_array_equal(
        preparation.transform(convert(FRAME)), preparation.transform(FRAME)
    )


def test_it_is_a_transformer_of_scikit_learn():
    preparation = Preparation(["a", "b"], scale="robust", components=1)

    copy = clone(preparation)
    framed = make_pipeline(copy).set_output(transform="pandas").fit_transform(FRAME)

    assert copy.get_params() == preparation.get_params()
    assert isinstance(framed, pd.DataFrame)
    assert list(framed.columns) == ["component 1"]
    assert copy.n_features_in_ == 4
    assert list(copy.feature_names_in_) == ["a", "b", "c", "d"]
    with pytest.raises(NotFittedError):
        preparation.transform(FRAME)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"columns": ["x", "colr"]}, "unknown column 'colr'; did you mean 'color'"),
        ({"columns": ["color"]}, "column 'color' cannot be used as numbers: .*one-hot"),
        ({"columns": []}, "columns is empty"),
        ({"columns": ["x"], "drop": ["x"]}, "named in both columns and drop"),
        ({"drop": ["z"]}, "unknown column 'z'"),
        ({"drop": ["x", "y", "id"]}, "no column can be used"),
        ({"scale": "standad"}, "unknown scale 'standad'; did you mean 'standard'"),
        ({"missing": "zero"}, "unknown treatment of missing cells"),
        ({"categories": "ordinal"}, "unknown treatment of categories"),
        ({"components": 0}, "out of range"),
        ({"components": 1.5}, "out of range"),
        ({"components": 3}, "components=3 is more than the 2"),
    ],
)
def test_mistakes_are_refused_with_what_is_allowed(parameters, message):
    with pytest.raises(ValueError, match=message):
        Preparation(**parameters).fit(MIXED)


@pytest.mark.parametrize(
    ("cell", "parameters", "message"),
    [
        (math.inf, {}, r"row 3, column 'b': the cell is infinite"),
        (None, {"missing": "error"}, r"1 of 60 rows have missing cells, the first in row 3, col"),
    ],
)
def test_cells_that_cannot_be_used_are_named(cell, parameters, message):
    frame = FRAME.with_columns(
        b=pl.when(pl.int_range(60) == 2).then(pl.lit(cell, pl.Float64)).otherwise(pl.col("b"))
    )

    with pytest.raises(ValueError, match=message):
        Preparation(**parameters).fit(frame)


def test_a_table_without_a_complete_row_is_refused():
    frame = pl.DataFrame(
        {"x": [1.0, 2.0, None, None], "y": [None, None, 3.0, 4.0], "z": [1, 2, 3, 5]}
    )

    with pytest.raises(
        ValueError, match=r"every row has .*leaving out column 'x' .*keeps 2; missing='median'"
    ):
        Preparation().fit(frame)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (FRAME.rename({"c": "C"}), "no column 'c'"),
        (FRAME.rename({"c": "cc"}), "no column 'c'; did you rename it to 'cc'"),
        (FRAME.with_columns(c=pl.lit("x")), "row 1, column 'c': 'x' is no number"),
        (X[:, :3], "X has 3 features, but Preparation is expecting 4 features"),
    ],
)
def test_new_tables_that_do_not_fit_are_refused(table, message):
    preparation = Preparation().fit(FRAME)

    with pytest.raises(ValueError, match=message):
        preparation.transform(table)


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=3, max_size=3),
                min_size=4, max_size=30))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_prepared_row_is_finite_or_wholly_missing(rows):
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Float64), orient="row")
    try:
        prepared = Preparation().fit_transform(frame)
    except ValueError:
        return  # nothing to use: no complete row, or constants alone

    missing = np.isnan(prepared)
    np.testing.assert_array_equal(missing.any(axis=1), missing.all(axis=1))
    assert np.isfinite(prepared[~missing.any(axis=1)]).all()


@parametrize_with_checks([Preparation(), Preparation(missing="median", scale="robust")])
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)


def test_a_table_with_its_notes_will_do():
    assert Preparation().fit(Table(FRAME, "mine")).summary_.n_rows == 60


def with_empty_columns(n):
    """Return a table of one good column and ``n`` without a value, of two types."""
    empty = {f"e{i}": pl.Series([None] * 3, dtype=[pl.Float64, pl.String][i % 2]) for i in range(n)}
    return pl.DataFrame({"x": [1.0, 2.0, 4.0], **empty})


@pytest.mark.parametrize(
    ("n", "named"), [(1, "column 'e0': no cell"), (2, "columns 'e0', 'e1': no"), (9, "and 4 more")]
)
def test_columns_without_a_value_are_refused_by_name(n, named):
    with pytest.raises(ValueError, match=f"{named}.*drop=") as caught:
        Preparation().fit(with_empty_columns(n))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("parameters", [{"drop": ["e0", "e1"]}, {"columns": ["x"]}])
def test_columns_without_a_value_may_be_left_out_as_asked(parameters):
    assert Preparation(**parameters).fit_transform(with_empty_columns(2)).shape == (3, 1)
