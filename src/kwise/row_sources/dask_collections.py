"""Dask arrays and frames: rows stay in their chunks, on the workers where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kwise.results import Floats
from kwise.row_sources.base import Rows, as_floats, float_type
from kwise.row_sources.pandas_frames import cells_of, chosen_of, shared_type

__all__ = ["DaskRows", "is_dask"]


def is_dask(thing: object) -> bool:
    """Tell whether this is a collection of Dask; nothing is imported for it."""
    return type(thing).__module__.partition(".")[0].startswith("dask") and hasattr(
        thing, "__dask_graph__"
    )


class DaskRows(Rows):
    """The rows of a Dask array or frame; how many they are is counted when it is asked for."""

    def __init__(self, collection: Any, columns: Sequence[Any] | None) -> None:
        self.name = f"dask {type(collection).__name__.lower()}"
        self.engine = "dask"
        kind = type(collection)  # a Delayed has every attribute
        if not hasattr(kind, "to_dask_array") and not hasattr(kind, "rechunk"):
            raise TypeError(f"A {self.name} is no rows; pass a Dask array or frame.")
        if collection.ndim != 2:
            raise ValueError(
                f"Expected 2D array, got a {self.name} of {collection.ndim} dimension."
            )
        if hasattr(kind, "to_dask_array"):
            chosen = chosen_of(collection, columns, "dask frame")
            names = tuple(chosen.columns)
            self.columns = names if all(isinstance(name, str) for name in names) else None
            self.dtype = shared_type(chosen, "dask frame")
            array = chosen.map_partitions(
                cells_of, self.dtype, meta=np.empty((0, len(names)), self.dtype)
            )
        else:
            array = collection if columns is None else collection[:, list(columns)]
            self.dtype = float_type([array.dtype])
            array = _numbers(array, self.dtype)
        self.array = array.rechunk({1: -1}) if array.numblocks[1] > 1 else array

    @property
    def shape(self) -> tuple[int, int]:  # type: ignore[override] # others know it from the first
        """Rows and columns; chunks whose sizes nobody knows are made once to be counted."""
        if any(np.isnan(size) for size in self.array.chunks[0]):
            self.array = self.array.compute_chunk_sizes()
        return (int(self.array.shape[0]), self.n_columns)

    @property
    def n_columns(self) -> int:
        """Columns."""
        return int(self.array.shape[1])

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order, a chunk at a time."""
        for i in range(self.array.numblocks[0]):
            yield as_floats(self.array.blocks[i].compute(), self.dtype)

    def parts(self) -> Any:
        """Return the array."""
        return self.array


def _numbers(array: Any, dtype: np.dtype) -> Any:
    """Return an array of numbers of that type; refuse what holds none, or none that are dense."""
    if array.dtype.kind not in "fiubO":
        raise ValueError(f"A dask array of {array.dtype} holds no numbers.")
    chunk = array._meta
    if isinstance(chunk, np.ma.MaskedArray):  # what is masked is missing
        return array.astype(dtype).map_blocks(np.ma.filled, np.nan, meta=np.empty((0, 0), dtype))
    if not isinstance(chunk, np.ndarray):
        raise TypeError(
            f"The chunks of this dask array are of type {type(chunk).__name__}; kwise takes dense "
            "ones of NumPy there. Turn them into such (sparse ones: X.map_blocks(lambda chunk: "
            "chunk.toarray())), or pass a sparse matrix that is in memory."
        )
    return array.astype(dtype)
