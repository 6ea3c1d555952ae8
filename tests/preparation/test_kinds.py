"""What a column is, by its cells and its name together: small columns, each with its kind."""

import numpy as np
import polars as pl
import pytest

from kwise.preparation import Preparation
from kwise.preparation.kinds import KINDS
from kwise.preparation.number_kinds import COUNT

RNG = np.random.default_rng(5)
N = 60
ROWS = np.arange(N)
HEIGHT, WEIGHT = RNG.normal(170, 10, N).round(1), RNG.normal(70, 9, N).round(2)


def some(*cells):
    """Return the cells in a random order, each about as often as the others."""
    return [cells[i] for i in RNG.permutation(np.arange(N) % len(cells))]


def whole(low, high):
    return RNG.integers(low, high + 1, N).tolist()


DISTINCT = RNG.permutation(N).tolist()

# name, cells, kind
COLUMNS = [
    # measurements, and what only looks like something else
    ("height", HEIGHT.tolist(), "number"),
    ("v", RNG.normal(size=N).tolist(), "number"),
    ("income", (1000 * RNG.integers(20, 90, N)).tolist(), "number"),
    ("population", RNG.integers(10**6, 2 * 10**9, N).tolist(), "number"),
    ("id", RNG.normal(size=N).tolist(), "number"),  # floats identify nobody
    ("humid", DISTINCT, "number"),
    ("grid", DISTINCT, "number"),
    ("paid", whole(100, 900), "number"),
    ("liquid", whole(100, 900), "number"),
    ("price index", whole(80, 130), "number"),
    ("year", list(range(1960, 2020)), "number"),
    ("model year", whole(70, 92), "number"),
    ("target", RNG.normal(size=N).tolist(), "number"),
    ("quality of sleep", RNG.normal(5, 1, N).tolist(), "number"),
    ("default rate", RNG.random(N).tolist(), "number"),
    ("platelets", RNG.normal(250, 20, N).tolist(), "number"),
    ("longevity", whole(60, 99), "number"),
    ("dose", some(0.5, 1.0, 2.0), "number"),
    ("zipper length", RNG.normal(20, 2, N).tolist(), "number"),
    ("phone calls minutes", whole(100, 999), "number"),
    ("temperature", whole(-20, 35), "number"),
    ("date weight", RNG.normal(8, 1, N).tolist(), "number"),
    # counts
    ("children", whole(0, 5), "count"),
    ("n_orders", whole(1, 4), "count"),
    ("number of rooms", whole(1, 9), "count"),
    ("cylinders", some(3, 4, 6, 8), "count"),
    ("v", RNG.poisson(1.0, N).tolist(), "count"),
    ("visits", whole(0, 40), "count"),
    # scales
    ("rating", whole(1, 5), "ordinal"),
    ("satisfaction", whole(0, 10), "ordinal"),
    ("q7", whole(1, 7), "ordinal"),
    ("v", some(-2, -1, 0, 1, 2), "ordinal"),
    ("risk", some("Low", "Medium", "High"), "ordinal"),
    ("size", some("S", "M", "XL", "L"), "ordinal"),
    ("answer to q1", some("strongly disagree", "disagree", "neutral", "agree"), "ordinal"),
    ("smokes", some("never", "sometimes", "often"), "ordinal"),
    ("age band", some("<18", "18-25", "26-35", "36+"), "ordinal"),
    ("cut", some("Fair", "Good", "Very Good", "Premium", "Ideal"), "ordinal"),
    ("grade", some("1st", "2nd", "3rd"), "ordinal"),
    # yes and no
    ("member", some(0, 1), "yes/no"),
    ("member", some("yes", "no"), "yes/no"),
    ("member", some("Y", "N"), "yes/no"),
    ("member", some("ja", "nein"), "yes/no"),
    ("member", [True, False] * 30, "yes/no"),
    ("member", some("true", "False"), "yes/no"),
    ("smoker", some(1, 2), "yes/no"),
    # categories
    ("region", some(1, 2, 3, 4), "category"),
    ("sex", some(1, 2), "category"),
    ("payment type", some(1, 4, 9), "category"),
    ("color", some("red", "green", "blue"), "category"),
    ("sex", some("male", "female"), "category"),
    ("low", some("low", "red", "blue"), "category"),
    ("town", some("No", "Yes", "Rome"), "category"),
    # dates and times
    ("when", some("2024-01-01", "2024-02-01"), "date"),
    ("when", some("01.02.2024", "1.3.2024"), "date"),
    ("when", some("3 January 2021", "14 Feb 2021", "1 March 2021"), "date"),
    ("when", some("Jan 5, 2020", "March 17, 2021"), "date"),
    ("when", some("5. März 2020", "17. Dezember 2021"), "date"),
    ("when", some("Monday", "Tuesday", "Sunday"), "date"),
    ("when", some("Jan", "Feb", "May"), "date"),
    ("when", some("10:30 pm", "9:05 am"), "date"),
    ("when", some("2023-04-05T10:00:00Z", "2023-04-06T11:30:00Z"), "date"),
    ("when", some("2020 Q1", "2020 Q2", "2020 Q3"), "date"),
    ("when", pl.Series(ROWS.tolist()).cast(pl.Date), "date"),
    ("year", some(2007, 2008, 2009), "date"),
    ("month", whole(1, 12), "date"),
    ("hour", whole(0, 23), "date"),
    # ids
    ("v", list(range(N)), "id"),  # counts the rows
    ("v", list(range(100, 100 + N)), "id"),
    ("v", [float(i) for i in range(N)], "id"),
    ("customer_id", DISTINCT, "id"),
    ("customerId", whole(1, 30), "id"),  # many rows a customer
    ("ID#", [i + (i > 30) for i in range(N)], "id"),
    ("custid", DISTINCT, "id"),
    ("Id", whole(1, 20), "id"),
    ("No.", DISTINCT, "id"),
    ("Nr.", [1 + i // 3 for i in range(N)], "id"),  # without a gap
    ("no", whole(0, 5), "ordinal"),
    ("InvoiceNo", whole(536000, 536020), "id"),
    ("order number", whole(1, 50), "id"),
    ("Unnamed: 0", whole(1, 50), "id"),
    ("v", [f"name {i}" for i in range(N)], "id"),
    ("customer id", [f"C{i % 30:04}" for i in range(N)], "id"),
    # codes
    ("zip", whole(1001, 99950), "code"),
    ("postal code", whole(1001, 99950), "code"),
    ("v", [f"{i:05}" for i in whole(501, 99950)], "code"),  # zeros in front
    ("phone", RNG.integers(5550000000, 5559999999, N).tolist(), "code"),
    ("area code", some(408, 415, 510), "code"),
    ("phone", RNG.integers(2120000000, 2129999999, N).tolist(), "code"),
    ("fips", whole(1001, 56045), "code"),
    ("timestamp", [1700000000 + 60 * i for i in range(N)], "code"),
    ("v", [1700000000 + 61 * i for i in range(N)], "code"),
    ("v", [1700000000000 + i * 1000 for i in whole(1, 10**6)], "code"),
    ("v", [20230101 + i % 28 for i in range(N)], "code"),
    ("month", [202301 + i % 12 for i in range(N)], "code"),
    # places
    ("latitude", RNG.uniform(-80, 80, N).tolist(), "coordinate"),
    # answers
    ("target", some(0, 1), "label"),
    ("Outcome", some(0, 1), "label"),
    ("churn", some(0, 1), "label"),
    ("Churn", some("Yes", "No"), "label"),
    ("survived", some(0, 1), "label"),
    ("default payment next month", some(0, 1), "label"),
    ("quality", whole(3, 8), "label"),
    ("species", some("setosa", "virginica"), "label"),
    ("class", whole(1, 7), "label"),
    ("y", some(0, 1), "label"),
    # the rest
    ("v", [3.5] * N, "constant"),
    ("v", ["x"] * N, "constant"),
    ("v", [f"word {i % 45}" for i in range(N)], "text"),
    ("v", [[1, 2]] * N, "text"),
]


def table(name, cells):
    return pl.DataFrame({"a": HEIGHT[::-1], "b": WEIGHT, name: cells}, strict=False)


def described(frame, **parameters):
    columns = Preparation(**parameters).fit(frame).summary_.columns
    return {each.name: each for each in columns}


@pytest.mark.parametrize(
    ("name", "cells", "kind"), COLUMNS, ids=[f"{c[0]}-{c[2]}-{i}" for i, c in enumerate(COLUMNS)]
)
def test_a_column_is_recognized_and_used_as_its_kind_says(name, cells, kind):
    column = described(table(name, cells))[name]

    told = "count" if column.reason == COUNT else column.kind
    assert told == kind, column.reason
    assert column.used == (KINDS[column.kind] == "used")
    assert column.used or column.reason


@pytest.mark.parametrize(
    ("name", "cells", "kind"), [each for each in COLUMNS if each[2] != "text"],
    ids=[f"{c[0]}-{c[2]}-{i}" for i, c in enumerate(COLUMNS) if c[2] != "text"]
)  # fmt: skip
def test_a_column_of_numbers_or_of_a_scale_is_used_if_it_is_named(name, cells, kind):
    frame = table(name, cells)
    column = described(frame)[name]
    usable = frame[name].dtype.is_numeric() or (kind in ("ordinal", "yes/no"))
    if not usable or kind == "constant":
        return

    preparation = Preparation(columns=["a", name], scale="none")
    prepared = preparation.fit_transform(frame)

    assert preparation.summary_.used == ("a", name)
    assert len(np.unique(prepared[:, 1])) == column.n_distinct


def test_every_kind_has_a_column_here():
    elsewhere = {"duplicate", "one-hot"}
    assert {kind for _, _, kind in COLUMNS} - {"count"} | elsewhere == set(KINDS)


def test_words_in_an_order_become_steps_and_new_tables_are_read_alike():
    frame = table("risk", some("Low", "Medium", "High"))
    preparation = Preparation(columns=["a", "risk"], scale="none").fit(frame)
    new = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "risk": ["medium ", "LOW", "High", None]})

    steps = preparation.transform(new)[:, 1]

    np.testing.assert_array_equal(steps, [1, 0, 2, np.nan])
    with pytest.raises(ValueError, match=r"row 1, column 'risk': 'huge' is none of .*Low, Med"):
        preparation.transform(pl.DataFrame({"a": [1.0], "risk": ["huge"]}))


def test_words_in_an_order_are_offered():
    column = described(table("risk", some("Low", "Medium", "High")))["risk"]

    assert "columns=[..., 'risk'] uses it as 0 (Low) to 2 (High)" in column.reason


def test_an_ordered_enumeration_keeps_its_order():
    steps = pl.Enum(["tall", "grande", "venti"])
    frame = table("cup", pl.Series(some("venti", "tall", "grande"), dtype=steps))

    prepared = Preparation(columns=["cup"], scale="none").fit_transform(frame)

    assert described(frame)["cup"].kind == "ordinal"
    np.testing.assert_array_equal(prepared[:, 0], frame["cup"].to_physical())


def test_places_are_told_by_both_of_their_names():
    frame = pl.DataFrame(
        {"lat": RNG.uniform(30, 50, N), "long": RNG.uniform(-120, -70, N), "w": WEIGHT}
    )

    assert described(frame)["long"].kind == described(frame)["lat"].kind == "coordinate"
    assert described(frame.drop("lat"))["long"].kind == "number"


@pytest.mark.parametrize("end", [0, -1])
def test_an_answer_without_a_name_is_told_at_the_end_of_a_table_without_names(end):
    cells = [RNG.normal(size=N) for _ in range(4)]
    cells.insert(end % 5, np.sort(np.arange(N) % 3) + 1)
    columns = described(np.column_stack(cells))
    named = pl.DataFrame(dict(zip("abcde", cells)))

    assert [each.kind for each in columns.values()].index("label") == end % 5
    assert [each.kind for each in columns.values()].count("label") == 1
    assert "label" not in {each.kind for each in described(named).values()}


def test_a_column_that_repeats_another_is_used_once():
    frame = table("rooms", whole(1, 9)).with_columns(again=pl.col("rooms").cast(pl.Float64))
    twice = frame.with_columns(c=pl.Series(some("x", "y", "z"))).with_columns(d="c")
    columns = described(twice, categories="one-hot")

    assert columns["again"].kind == columns["d"].kind == "duplicate"
    assert "it says the same as rooms" in columns["again"].reason
    assert columns["rooms"].used
    assert not columns["again"].used
    assert described(frame.rename({"again": "n"}), drop=["rooms"])["n"].reason == COUNT


@pytest.mark.parametrize("name", ["aa", "zz"])
def test_names_of_few_rows_repeat_no_measurement(name):
    frame = pl.DataFrame({"m": HEIGHT[:30], name: [f"{i:03}x" for i in range(30)]})
    columns = described(frame.select(sorted(frame.columns)))

    assert columns[name].kind == "id"
    assert columns["m"].used


def test_categories_in_other_words_count_once():
    sex = some("male", "female")
    frame = table("sex", sex).with_columns(
        sex_code=pl.Series([1 if each == "male" else 2 for each in sex])
    )
    preparation = Preparation(categories="one-hot").fit(frame)

    assert preparation.summary_.used == ("a", "b", "sex")
    assert any("count double: sex_code (as sex)" in each for each in preparation.summary_.warnings)


def test_indicators_of_one_category_are_told():
    city = np.array(some(0, 1, 2))
    flags = {f"city_{name}": (city == j).astype(int) for j, name in enumerate(["x", "y", "z"])}
    frame = table("member", some(0, 1)).with_columns(**{k: pl.Series(v) for k, v in flags.items()})
    columns = described(frame)

    assert {columns[name].kind for name in flags} == {"one-hot"}
    assert "one of 3 indicators of one category (city_x to city_z)" in columns["city_y"].reason
    assert columns["member"].kind == "yes/no"


def test_numbered_columns_are_judged_together():
    pixels = {f"pixel{j}": RNG.integers(0, 255, N) for j in range(6)}
    frame = pl.DataFrame({**pixels, "pixel6": RNG.integers(0, 2, N)})

    assert {each.kind for each in described(frame).values()} == {"number"}


def test_a_survey_is_clustered_by_its_scales():
    frame = pl.DataFrame({"age": whole(18, 80), **{f"item {w}": whole(1, 5) for w in "abcde"}})

    assert all(each.used for each in described(frame).values())


def test_a_table_of_yes_and_no_is_clustered_by_them():
    frame = pl.DataFrame({word: some(0, 1) for word in "abcdef"})
    columns = described(frame)

    assert all(each.used for each in columns.values())
    assert columns["a"].reason == "the table has too few measurements to go by"


@pytest.mark.parametrize("name", ["Id", "zip", "class"])
def test_a_column_that_is_alone_is_used(name):
    assert described(pl.DataFrame({name: whole(1, 9), "t": ["x"] * N}))[name].used


def test_yes_and_no_have_neither_outliers_nor_skew():
    flag = pl.Series((np.arange(N) % 20 == 0).astype(int))
    frame = pl.DataFrame({"a": HEIGHT, "b": WEIGHT, "flag": flag})
    summary = Preparation(columns=["a", "b", "flag"]).fit(frame).summary_

    assert summary.columns[2].n_outliers == 0
    assert not any("flag" in each for each in [*summary.warnings, *summary.steps[1:]])


def test_y_beside_x_is_no_answer_unless_it_counts_from_0():
    place = {"x": HEIGHT, "y": whole(5, 24)}
    answer = {"x": HEIGHT, "y": some(0, 1, 2)}

    assert described(pl.DataFrame(place))["y"].used
    assert described(pl.DataFrame(answer))["y"].kind == "label"
