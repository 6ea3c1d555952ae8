"""Frames of pandas: whole, or as partitions of Dask's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kwise._optional import require
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.arrays import ArrayRows
from kwise.row_sources.base import float_type

__all__ = ["cells_of", "chosen_of", "pandas_rows", "shared_type"]


def pandas_rows(frame: Any, columns: Sequence[Any] | None) -> ArrayRows:
    """Take a frame of pandas; a missing cell is NaN."""
    name = "pandas frame"
    chosen = chosen_of(frame, columns, name)
    rows = ArrayRows([cells_of(chosen, shared_type(chosen, name))], None, name)
    names = tuple(chosen.columns)
    rows.columns = names if all(isinstance(each, str) for each in names) else None
    return rows


def chosen_of(frame: Any, columns: Sequence[Any] | None, whose: str) -> Any:
    """Return a frame of chosen columns; refuse a name that it does not have."""
    names = list(frame.columns)
    for column in () if columns is None else columns:
        if column not in names:
            words = unknown_name(str(column), list(map(str, names)), what="column")
            raise ValueError(f"{whose}: {words}")
    return frame if columns is None else frame[list(columns)]


def shared_type(frame: Any, whose: str) -> np.dtype:
    """Return the float type of a frame's columns together; refuse a column of no numbers."""
    return float_type([_kind(name, kind, whose) for name, kind in frame.dtypes.items()])


def _kind(name: object, kind: Any, whose: str) -> np.dtype:
    """Return the type of a column as NumPy's."""
    types = require("pandas.api.types", extra="dask")
    if not types.is_numeric_dtype(kind) or types.is_complex_dtype(kind):
        raise DataFileError(
            f"{whose}: column {name!r} holds {kind}, no numbers. Name the columns to cluster "
            "by: columns=[...]"
        )
    return kind if isinstance(kind, np.dtype) else np.dtype(np.float64)


def cells_of(frame: Any, dtype: np.dtype) -> Floats:
    """Return the cells of a frame; a missing one is NaN."""
    cells: Floats = frame.to_numpy(dtype, na_value=np.nan)
    return cells
