"""Analyses that the page is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_blobs

import kwise

if TYPE_CHECKING:
    from kwise.analysis import Analysis

HOSTILE = "<script>alert('x')</script>\"' onload=\"alert(1) $x_{$ & </style> {{ 7*7 }}"


@pytest.fixture(scope="session")
def flowers() -> pl.DataFrame:
    """Return 150 rows in three groups of different sizes, with text and missing cells beside."""
    X, made_by = make_blobs([70, 50, 30], centers=[(0, 0), (9, 1), (2, 9)], random_state=0)
    rng = np.random.default_rng(0)
    price = 100.0 * made_by + rng.normal(size=150)
    price[:4] = np.nan
    return pl.DataFrame(
        {
            "width": X[:, 0],
            "height": X[:, 1],
            "price": price,
            "site": np.array(["north", "south"])[rng.integers(0, 2, 150)],
            "kind": np.array(["a", "b", "c"])[made_by],
        }
    )


@pytest.fixture(scope="session")
def analysis(flowers: pl.DataFrame) -> Analysis:
    """Return an analysis with outside variables and true labels."""
    return kwise.analyze(
        flowers,
        columns=["width", "height"],
        outside=["price", "site"],
        truth="kind",
        ks=range(1, 5),
    )


@pytest.fixture(scope="session")
def hostile() -> Analysis:
    """Return an analysis of a table whose names and cells would do harm if they could."""
    X, made_by = make_blobs(60, centers=[(0, 0), (9, 9)], random_state=0)
    names = np.array([f"{HOSTILE} 1", f"{HOSTILE} 2"])
    frame = pl.DataFrame({HOSTILE: X[:, 0], "a$b": X[:, 1], "</title>": names[made_by]})
    return kwise.analyze(frame, outside="</title>", truth="</title>", ks=range(1, 4))
