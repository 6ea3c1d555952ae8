"""Readers of NumPy's array files."""

from __future__ import annotations

import io
import warnings

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._damages import ARRAY_DAMAGES
from kwise._frames import array_frame
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.options import ReadOptions
from kwise.io.sources import Source
from kwise.io.table import RawTable


def read_npy(source: Source, _options: ReadOptions) -> RawTable:
    """Read one array."""
    (array,) = _load(source).values()
    return RawTable(*array_frame(array, name=source.name))


def read_npz(source: Source, options: ReadOptions) -> RawTable:
    """Read one matrix of an archive, with the label arrays of the same length beside it.

    Without ``key`` the matrix is the only two-dimensional array. One-dimensional arrays of
    whole numbers or text as long as the matrix become columns of text, so that they can
    serve as labels and never as features.
    """
    arrays = _load(source)
    key = _chosen({name: each.shape for name, each in arrays.items()}, options.key, source.name)
    array = arrays.pop(key)
    labels = {
        name: each
        for name, each in arrays.items()
        if each.shape == array.shape[:1] and each.dtype.kind in "iubUS"
    }
    frame, notes = array_frame(array, name=source.name)
    notes = (f"the array {key!r} was read", *notes)
    text: list[pl.Series] = []
    if labels:
        text = [pl.Series(_free(name, frame), each.astype(str)) for name, each in labels.items()]
        frame = frame.with_columns(text)
        notes += (f"arrays of labels became columns of text: {', '.join(labels)}",)
    others = [name for name in arrays if name not in labels]
    if others:
        notes += (f"other arrays were left out: {', '.join(others)}",)
    return RawTable(frame, notes, as_text=frozenset(each.name for each in text))


def _load(source: Source) -> dict[str, NDArray[np.generic]]:
    """Load every array of a file; arrays of Python objects are refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # headers that Python 2 wrote
            loaded = np.load(io.BytesIO(source.data[:]), allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"array": loaded}
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except ARRAY_DAMAGES as error:
        raise _damaged(source, error) from error
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):  # NumPy hands over what does not begin like one
            raise DataFileError(f"{source.name}: the member {name!r} is no array of NumPy")
    return arrays


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
    reason = str(error).partition("\n")[0][:200]
    return DataFileError(f"{source.name}: the array file is damaged or cut off ({reason})")
