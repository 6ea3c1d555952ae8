"""Data frames in memory, of any library that narwhals knows."""

from __future__ import annotations

import polars as pl

from kwise._optional import require
from kwise.io.names import distinct_names


def from_frame(native: object) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Copy a data frame of pandas, polars, Arrow or another library into polars.

    Raises
    ------
    TypeError
        If the object is no data frame.
    """
    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    if isinstance(native, pl.DataFrame):
        return native, ()
    if type(native).__module__.partition(".")[0] == "pandas":
        return _from_pandas(native)
    narwhals = require("narwhals", extra="report")
    try:
        frame = narwhals.from_native(native)
    except TypeError:
        raise TypeError(
            f"{type(native).__name__} is no table; pass a path, '-', a binary stream, "
            "a data frame (pandas, polars, Arrow) or a NumPy array"
        ) from None
    if hasattr(frame, "collect"):
        frame = frame.collect()
    polars_frame: pl.DataFrame = frame.to_polars()
    return polars_frame, ()


def _from_pandas(native: object) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Copy a pandas frame column by column: its names need not be text, nor distinct."""
    narwhals = require("narwhals", extra="report")
    if not hasattr(native, "iloc") or getattr(native, "ndim", 0) != 2:
        raise TypeError(f"a pandas {type(native).__name__} is no table; pass a DataFrame")
    names, notes = distinct_names(list(native.columns))  # type: ignore[attr-defined]
    columns = []
    for j, name in enumerate(names):
        series = narwhals.from_native(native.iloc[:, j], series_only=True)
        columns.append(_series(series).alias(name))
    index = native.index  # type: ignore[attr-defined]
    if type(index).__name__ != "RangeIndex":
        notes += ("the index of the data frame was left out; reset_index() makes it a column",)
    return pl.DataFrame(columns), notes


def _series(series: object) -> pl.Series:
    """Convert one column; columns of mixed Python objects become text."""
    try:
        converted = series.to_polars()  # type: ignore[attr-defined]
    except Exception:  # each frame library raises its own errors here
        cells = series.to_list()  # type: ignore[attr-defined]
        text = [None if cell is None or cell != cell else str(cell) for cell in cells]  # noqa: PLR0124
        return pl.Series(text, dtype=pl.String)
    assert isinstance(converted, pl.Series)
    return converted
