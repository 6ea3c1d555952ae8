"""Rows that engines cluster in tests, and what "one machine's bits" means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.typing import DTypeLike

import kwise
from kwise.engines import reckoning

# Name -> a table in memory, of columns.
TABLES = {
    "polars": pl.DataFrame,
    "polars, lazy": lambda columns: pl.DataFrame(columns).lazy().with_columns(pl.col("a") + 0),
    "arrow": pa.table,
    "pandas": pd.DataFrame,
}


def blobs(dtype: DTypeLike, n: int = 14_000, d: int = 4) -> np.ndarray:
    """Return rows around seven places."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, d)) + 4 * rng.integers(0, 7, size=(n, 1))).astype(dtype)


def check_same(found: kwise.KMeans, one: kwise.KMeans) -> None:
    """Assert that a fit found what one machine finds, bit for bit."""
    assert np.array_equal(np.asarray(found.labels_), one.labels_)
    assert np.array_equal(found.cluster_centers_, one.cluster_centers_)
    assert found.inertia_ == one.inertia_
    assert found.n_iter_ == one.n_iter_


def check_told_before_work(rows, whose, monkeypatch):
    """Assert that what workers have is told, and that a fit that is larger begins no work."""
    needs = rows.estimate(3)
    assert needs.fits
    assert 10**7 < needs.room.free < 10**13
    assert f"{whose} have" in str(needs)
    monkeypatch.setattr(reckoning, "room_on", lambda told, whose: reckoning.Room(10**6, whose))
    monkeypatch.setattr("kwise.engines.ENGINES", {rows.engine: "kwise.engines:opens_nothing"})
    with pytest.raises(MemoryError, match=rf"{whose} have 1 MB free\. Add workers, or read"):
        kwise.KMeans(3).fit(rows)


def check_table(kind, engine):
    """Assert that a table in memory, which has names, is clustered as its numbers are."""
    X = blobs(np.float64, 9000)
    table = TABLES[kind]({name: X[:, j] for j, name in enumerate("abcd")})
    settings = {"n_clusters": 5, "init": X[:5], "n_init": 1, "max_iter": 4}
    rows = kwise.rows(table, engine=engine)

    found = kwise.KMeans(**settings).fit(rows)
    check_same(found, kwise.KMeans(**settings).fit(X))
    assert found.feature_names_in_.tolist() == list("abcd")
