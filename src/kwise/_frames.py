"""Tables in memory: a data frame of any library, or an array, as a polars frame."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from kwise._column_names import distinct_names
from kwise._optional import require
from kwise.exceptions import DataFileError

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from kwise._cells.columns import Typed


# Cells of rows that become columns at once: the cache holds them.
_BLOCK_CELLS = 1 << 16


class FramedTable(Protocol):
    """A record that carries a frame, such as the table that was read from a file."""

    @property
    def frame(self) -> pl.DataFrame:
        """The cells."""


def to_frame(table: object) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the table as a polars frame, and the sentences that say what was changed.

    Raises
    ------
    TypeError
        If the object is neither a data frame nor an array.
    """
    require("polars", extra="report")
    table = _gathered(table)
    if isinstance(table, np.ndarray):
        return array_frame(table, name="array")
    # A Table carries its frame.
    return _from_library(getattr(table, "frame", table))


def read_frame(table: object) -> Typed:
    """Return the table as a frame whose columns of text are read as numbers where they are.

    A ``Table`` has been read already.
    """
    from kwise._cells.columns import Typed, typed_frame

    formats = getattr(table, "formats", None)
    frame, notes = to_frame(table)
    if formats is not None:
        return Typed(frame, (), getattr(table, "warnings", ()), dict(formats))
    typed = typed_frame(frame)
    typed.notes = (*notes, *typed.notes)
    return typed


def _gathered(table: object) -> object:
    """Make a table of what is nearly one: a series, a list of rows, columns by name."""
    if isinstance(table, (list, tuple, dict)) and not hasattr(table, "frame"):
        return _of_lists(table)
    if type(table).__name__ == "Series" and hasattr(table, "to_frame"):
        named = getattr(table, "name", None) not in (None, "")
        return table.to_frame() if named else table.to_frame("column 1")
    return table


def _of_lists(table: list[object] | tuple[object, ...] | dict[str, object]) -> object:
    """Make a frame of columns by name or of records, and an array of rows of cells."""
    import polars as pl

    try:
        if isinstance(table, dict):
            return pl.DataFrame(table, strict=False)
        if table and all(isinstance(row, dict) for row in table):
            return pl.DataFrame(table, strict=False, infer_schema_length=None)
        return np.asarray(table)
    except (ValueError, TypeError, pl.exceptions.PolarsError) as problem:
        what = "columns of equal length" if isinstance(table, dict) else "rows of equal length"
        raise TypeError(
            f"the {type(table).__name__} is no table ({problem}); pass {what}"
        ) from None


def array_frame(array: NDArray[np.generic], *, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Make a frame of an array; the columns are numbered from 1, or are a record's fields."""
    import polars as pl

    if array.dtype.names:
        columns = {
            field: np.asarray(array[field])  # type: ignore[call-overload]
            for field in array.dtype.names
        }
        return pl.DataFrame(columns), ()
    if array.ndim not in (1, 2):
        raise DataFileError(
            f"{name}: the array has {array.ndim} dimensions {array.shape}; a table has 2. "
            "Reshape it to one row per case: array.reshape(len(array), -1)"
        )
    if array.size == 0:
        raise DataFileError(f"{name}: the array is empty, its shape is {array.shape}")
    if array.dtype.kind not in "iufbUSO":
        raise DataFileError(f"{name}: cells of type {array.dtype} are neither numbers nor text")
    series = _columns(array.reshape(len(array), -1))
    names = [f"column {j + 1}" for j in range(len(series))]
    frame = pl.DataFrame([each.alias(title) for title, each in zip(names, series)])
    return frame, (f"an array has no names: its columns are {names[0]} to {names[-1]}",)


def _columns(matrix: NDArray[np.generic]) -> list[pl.Series]:
    """Return the columns of a matrix in types that polars knows."""
    import polars as pl

    if matrix.dtype.kind == "O":
        return [pl.Series(list(column), strict=False) for column in matrix.T]
    if matrix.dtype.kind == "S":
        matrix = matrix.astype(str)
    if matrix.dtype in (np.float16, np.longdouble):
        matrix = matrix.astype(np.float64)
    matrix = np.asarray(matrix, dtype=matrix.dtype.newbyteorder("="))
    columns = np.empty(matrix.shape[::-1], dtype=matrix.dtype)
    step = max(1, _BLOCK_CELLS // matrix.shape[1])
    for first in range(0, len(matrix), step):
        columns[:, first : first + step] = matrix[first : first + step].T
    return [pl.Series(column) for column in columns]


def _from_library(native: object) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take over a frame of polars, pandas, Arrow or another library that narwhals knows."""
    import polars as pl

    if isinstance(native, pl.LazyFrame):
        native = native.collect()
    if isinstance(native, pl.DataFrame):
        return _of_plain_types(native), ()
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
    converted: pl.DataFrame = _without_wide_decimals(frame).to_polars()
    return _of_plain_types(converted), ()


def _without_wide_decimals(frame: Any) -> Any:
    """Return a narwhals frame whose Arrow decimals of 256 bits are float64: polars has none."""
    native = frame.to_native()
    if type(native).__module__.partition(".")[0] != "pyarrow":
        return frame
    import pyarrow as pa

    for j, each in enumerate(native.schema):
        if pa.types.is_decimal256(each.type):
            native = native.set_column(j, each.name, native.column(j).cast(pa.float64()))
    return require("narwhals", extra="report").from_native(native)


def _of_plain_types(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without columns of rare types."""
    changed = [new for old in frame if (new := _of_plain_type(old)) is not old]
    return frame.with_columns(changed) if changed else frame


class _Series(Protocol):
    """What is asked of a narwhals series."""

    def to_polars(self) -> pl.Series:
        """Return the series of polars."""

    def to_list(self) -> list[object]:
        """Return the cells."""


class _PandasFrame(Protocol):
    """What is asked of a pandas frame."""

    columns: object
    index: object
    iloc: dict[tuple[slice, int], object]


def _from_pandas(native: object) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Copy a pandas frame column by column: its names need not be text, nor distinct."""
    import polars as pl

    narwhals = require("narwhals", extra="report")
    if not hasattr(native, "iloc") or getattr(native, "ndim", 0) != 2:
        raise TypeError(f"a pandas {type(native).__name__} is no table; pass a DataFrame")
    frame = cast("_PandasFrame", native)
    names, notes = distinct_names(list(cast("list[object]", frame.columns)))
    columns = [
        _series(narwhals.from_native(frame.iloc[:, j], series_only=True)).alias(name)
        for j, name in enumerate(names)
    ]
    if type(frame.index).__name__ != "RangeIndex":
        notes += ("the index of the data frame was left out; reset_index() makes it a column",)
    return pl.DataFrame(columns), notes


def _series(series: _Series) -> pl.Series:
    """Convert one column; columns of mixed Python objects become text."""
    import polars as pl

    try:
        found = _of_plain_type(series.to_polars())
    except Exception:  # each frame library raises its own errors here
        found = None
    if found is not None and not str(found.dtype).startswith("Extension"):
        return found
    text = [None if _is_missing(cell) else str(cell) for cell in series.to_list()]
    return pl.Series(text, dtype=pl.String)


def _of_plain_type(column: pl.Series) -> pl.Series:
    """Return categories as text or numbers, and numbers of rare types as float64."""
    import polars as pl

    if column.dtype == pl.Categorical:
        return column.cast(pl.String)
    if column.dtype == pl.Object:
        cells = [None if _is_missing(cell) else cell for cell in column]
        if all(cell is None or isinstance(cell, Real | Decimal) for cell in cells):
            return pl.Series(column.name, [None if x is None else float(x) for x in cells])
        return pl.Series(column.name, [None if x is None else str(x) for x in cells])
    # By name: older versions of polars do not have all of them.
    if column.dtype.is_decimal() or str(column.dtype) in ("Float16", "Int128", "UInt128"):
        return column.cast(pl.Float64)
    return column


def _is_missing(cell: object) -> bool:
    """Say whether a cell of any library holds no value: None, nan, NA or NaT."""
    if cell is None:
        return True
    try:
        return bool(cell != cell)  # noqa: PLR0124 - true for nan alone
    except (TypeError, ValueError):  # pandas.NA is neither equal nor unequal
        return type(cell).__name__ in ("NAType", "NaTType")
