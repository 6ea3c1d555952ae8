"""Categories that distances leave out are set beside the groups unasked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs

import kwise


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    X, y = make_blobs(90, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    return pl.DataFrame(
        {
            "x": X[:, 0],
            "y": X[:, 1],
            "species": np.array(["cat", "dog", "owl"])[y],
            "region": np.array(["north", "south"])[np.arange(90) % 2],
            "note": [f"number {i}" for i in range(90)],
        }
    )


def test_categories_are_set_beside_the_groups(frame: pl.DataFrame) -> None:
    made = kwise.analyze(frame, k=3)

    assert set(made.outside) == {"species", "region"}
    told = {each.column: each for each in made.explain().outside}
    assert told["species"].explained == pytest.approx(1.0)
    assert "species" not in made.options
    assert "cat 100 % (33 %)" in made.to_html().replace("\u00a0", " ")


def test_what_is_asked_for_is_obeyed(frame: pl.DataFrame) -> None:
    assert kwise.analyze(frame, k=3, outside=[]).outside == ()
    assert kwise.analyze(frame, k=3, outside="region").outside == ("region",)
    assert kwise.analyze(frame, k=3, drop="region").outside == ("species",)
    assert kwise.analyze(frame, k=3, truth="species").outside == ("region",)
    assert set(kwise.analyze(frame, k=3, columns=["x", "y"]).outside) == {"species", "region"}
