"""Readers of NumPy's array files, and of arrays in memory."""

from __future__ import annotations

import io
import zipfile
import zlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._tables import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.options import ReadOptions
from kwise.io.sources import Source


def read_npy(source: Source, _options: ReadOptions) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read one array."""
    try:
        array = np.load(io.BytesIO(source.data[:]), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _damaged(source, error) from error
    return array_frame(array, name=source.name)


def read_npz(source: Source, options: ReadOptions) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read one matrix of an archive, with the label arrays of the same length beside it.

    Without ``key`` the matrix is the only two-dimensional array. One-dimensional arrays of
    whole numbers or text as long as the matrix become columns of text, so that they can
    serve as labels and never as features.
    """
    try:
        with np.load(io.BytesIO(source.data[:]), allow_pickle=False) as archive:
            shapes = {name: archive[name].shape for name in archive.files}
            key = _chosen(shapes, options.key, source.name)
            array = archive[key]
            labels = {
                name: archive[name]
                for name in archive.files
                if shapes[name] == array.shape[:1] and archive[name].dtype.kind in "iubUS"
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise _damaged(source, error) from error
    except ValueError as error:
        if "pickle" not in str(error):
            raise
        raise _damaged(source, error) from error
    labels.pop(key, None)
    frame, notes = array_frame(array, name=source.name)
    notes = (f"the array {key!r} was read", *notes)
    others = [name for name in shapes if name != key and name not in labels]
    if labels:
        text = [
            pl.Series(_free(name, frame), values.astype(str)) for name, values in labels.items()
        ]
        frame = frame.with_columns(text)
        notes += (f"arrays of labels became columns of text: {', '.join(labels)}",)
    if others:
        notes += (f"other arrays were left out: {', '.join(others)}",)
    return frame, notes


def array_frame(array: NDArray[np.generic], *, name: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Make a data frame of an array; the columns are numbered from 1, or a record's fields."""
    if array.dtype.names:
        fields = {field: np.asarray(array[field]) for field in array.dtype.names}  # type: ignore[call-overload]
        return pl.DataFrame(fields), ()
    if array.ndim not in (1, 2):
        raise DataFileError(
            f"{name}: the array has {array.ndim} dimensions {array.shape}; a table has 2. "
            "Reshape it to one row per case: array.reshape(len(array), -1)"
        )
    matrix = array.reshape(len(array), -1) if array.ndim == 1 else array
    if matrix.size == 0:
        raise DataFileError(f"{name}: the array is empty, its shape is {array.shape}")
    if matrix.dtype.kind not in "iufbUSO":
        raise DataFileError(f"{name}: cells of type {matrix.dtype} are neither numbers nor text")
    if matrix.dtype in (np.float16, np.longdouble):  # polars knows neither
        matrix = matrix.astype(np.float64)
    if matrix.dtype.kind == "O":
        columns = [pl.Series(list(column), strict=False) for column in matrix.T]
    else:
        matrix = matrix.astype(str) if matrix.dtype.kind == "S" else matrix
        matrix = np.asarray(matrix, dtype=matrix.dtype.newbyteorder("="))
        columns = [pl.Series(np.ascontiguousarray(column)) for column in matrix.T]
    names = [f"column {j + 1}" for j in range(len(columns))]
    frame = pl.DataFrame([column.alias(each) for each, column in zip(names, columns)])
    return frame, (f"an array has no names: its columns are {names[0]} to {names[-1]}",)


def _chosen(shapes: dict[str, tuple[int, ...]], key: str | None, name: str) -> str:
    """Return the name of the array to read."""
    if key is not None:
        if key not in shapes:
            raise ValueError(f"{name}: " + unknown_name(key, list(shapes), what="array"))
        return key
    matrices = [each for each, shape in shapes.items() if len(shape) == 2]
    candidates = matrices or [each for each, shape in shapes.items() if len(shape) == 1]
    if len(candidates) != 1:
        listed = ", ".join(f"{each} {shape}" for each, shape in shapes.items()) or "none"
        raise DataFileError(
            f"{name}: {len(candidates)} arrays could be the table; pass key=... (arrays: {listed})"
        )
    return candidates[0]


def _free(name: str, frame: pl.DataFrame) -> str:
    """Return a name that the frame does not use."""
    return f"{name} (labels)" if name in frame.columns else name


def _damaged(source: Source, error: Exception) -> DataFileError:
    """Say that an array file cannot be read; arrays of Python objects are refused."""
    if "pickle" in str(error) or "Object arrays" in str(error):
        return DataFileError(
            f"{source.name}: the file holds Python objects, which could run code when loaded; "
            "save plain numbers or text instead"
        )
    return DataFileError(f"{source.name}: the array file is damaged or cut off ({error})")
