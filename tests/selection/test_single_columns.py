"""A column that alone decides the answer is named, with the answer without it."""

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs
from sklearn.preprocessing import StandardScaler

import kwise
from kwise.selection import select_k

RNG = np.random.default_rng(0)
BLOBS = make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)[0]
YEARS = RNG.integers(2019, 2022, 300)


def test_a_column_that_alone_decides_is_named_in_every_answer():
    frame = pl.DataFrame({"x": BLOBS[:, 0], "y": BLOBS[:, 1], "season": YEARS * 1.0})

    analysis = kwise.analyze(frame, columns=["x", "y", "season"])

    found = analysis.selection
    if found.k != 3:
        assert [(each.column, each.k) for each in found.columns] == [("season", 3)]
        assert any("Column season alone changes the answer" in each for each in found.reasons)
        assert analysis.summary.to_dict()["answer"]["columns"][0]["k"] == 3


def test_places_stand_for_names_that_are_not_known():
    X = StandardScaler().fit_transform(np.column_stack([BLOBS, 4 * YEARS]))

    found = select_k(X, n_init=4, random_state=0)

    assert found.k in (3, 9)
    assert {each.column for each in found.columns} == ({"2"} if found.k == 9 else set())


def test_columns_that_agree_are_not_accused():
    rows = make_blobs(200, 3, centers=3, random_state=1)[0]

    assert select_k(rows, n_init=4, random_state=0).columns == ()


def test_names_must_fit():
    with pytest.raises(ValueError, match="feature_names has 1 names for 2 columns"):
        select_k(BLOBS, feature_names=["x"])
