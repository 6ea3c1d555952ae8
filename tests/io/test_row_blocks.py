"""Long tables are prepared and labeled in blocks of rows: the answers are those of the whole."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwise import KMeans
from kwise.io import as_model
from kwise.io.model import Model
from kwise.preparation import Preparation, row_blocks

ROWS = 103


def table(seed: int, *, gaps: float = 0.0) -> pl.DataFrame:
    """Return numbers of several types, words and dates."""
    draw = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "x": draw.normal(size=ROWS) * 10.0 ** draw.integers(-3, 4, ROWS),
            "count": draw.integers(0, 50, ROWS),
            "y": draw.normal(size=ROWS).astype(np.float32),
            "yes": draw.random(ROWS) < 0.5,
            "written": [f"{each:.2f} kg" for each in draw.normal(size=ROWS)],
            "kind": draw.choice(["a", "b", "c"], ROWS),
        }
    )
    missing = [pl.Series(draw.random(ROWS) < gaps) for _ in frame.columns]
    return frame.with_columns(
        pl.when(~gone).then(pl.col(name)).alias(name) for name, gone in zip(frame.columns, missing)
    )


def fitted(frame: pl.DataFrame, **options: object) -> Model:
    """Return a model that knows the rows of its fit."""
    preparation = Preparation(**options)
    X = preparation.fit_transform(frame)
    X = X[~np.isnan(X).any(axis=1)]
    kmeans = KMeans(3, random_state=0).fit(X)
    return as_model(kmeans, preparation).calibrated(frame)


def all_of(model: Model, frame: pl.DataFrame) -> list[np.ndarray]:
    """Return all that a model says of rows."""
    places = model.place(frame)
    return [
        model.predict(frame),
        model.distances(frame),
        *(getattr(places, each.name) for each in fields(places)),
    ]


WAYS = [
    {"columns": ["x", "count", "y", "yes"]},
    {"columns": ["x", "count", "y"], "missing": "median"},
    {"columns": ["x", "count", "y"], "missing": "knn"},
    {"columns": ["x", "count", "y"], "missing": "iterative"},
    {"columns": ["x", "count", "y"], "components": 2},
    {"columns": ["x", "count", "y"], "scale": "normalize-rows"},
    {"columns": ["x", "count", "y"], "transform_skew": True},
    {"columns": ["x", "count"], "sentinels": ["count=7"]},
    {"columns": ["x", "written"]},
    {"columns": ["x", "kind"], "categories": "one-hot"},
    {"columns": ["x", "kind"], "categories": "mixed"},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_every_way_of_preparing(
    monkeypatch: pytest.MonkeyPatch, way: dict[str, object], gaps: float
) -> None:
    """Whatever is done about columns and missing cells, every bit is the same."""
    model = fitted(table(0, gaps=gaps), **way)
    new = table(1, gaps=gaps)
    whole = all_of(model, new)
    monkeypatch.setattr(row_blocks, "_ROWS", 10)
    for one, other in zip(whole, all_of(model, new), strict=True):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


@settings(deadline=None)
@given(seed=st.integers(0, 1000), size=st.integers(1, ROWS + 2), gaps=st.sampled_from([0, 0.05, 1]))
def test_every_size_of_blocks(seed: int, size: int, gaps: float) -> None:
    """Blocks of one row, of all but one and of more than all."""
    model = fitted(table(0), columns=["x", "count", "y", "yes"])
    new = table(seed, gaps=gaps)
    whole = all_of(model, new)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_blocks, "_ROWS", size)
        parts = all_of(model, new)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(whole, parts, strict=True))


@pytest.mark.parametrize("cell", [np.inf, -np.inf, 1e200, 1e140])
@pytest.mark.parametrize("row", [0, 57, ROWS - 1])
def test_rows_in_messages(monkeypatch: pytest.MonkeyPatch, cell: float, row: int) -> None:
    """A cell that cannot be used is told by its row in the table."""
    model = fitted(table(0), columns=["x", "count"])
    new = table(1)
    new = new.with_columns(
        pl.Series("x", [cell if i == row else x for i, x in enumerate(new["x"])])
    )
    with pytest.raises(ValueError, match=f"^row {row + 1}[,:]") as whole:
        model.predict(new)
    monkeypatch.setattr(row_blocks, "_ROWS", 10)
    with pytest.raises(ValueError, match=f"^row {row + 1}[,:]") as parts:
        model.predict(new)
    assert str(parts.value) == str(whole.value)


def test_missing_cells_that_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many rows have missing cells is told of the whole table."""
    model = fitted(table(0), columns=["x", "count"], missing="error")
    gaps = [None if i in (33, 71) else float(i) for i in range(ROWS)]
    new = table(1).with_columns(pl.Series("x", gaps))
    monkeypatch.setattr(row_blocks, "_ROWS", 10)
    with pytest.raises(
        ValueError, match=f"2 of {ROWS} rows have missing cells, the first in row 34"
    ):
        model.predict(new)


def test_columns_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that is missing is named."""
    model = fitted(table(0), columns=["x", "count"])
    monkeypatch.setattr(row_blocks, "_ROWS", 10)
    with pytest.raises(ValueError, match="the table has no column 'count'"):
        model.predict(table(1).drop("count"))


def test_no_row() -> None:
    """An empty table has no labels, as before."""
    model = fitted(table(0), columns=["x", "count"])
    assert model.distances(table(1).head(0)).shape == (0, 3)
