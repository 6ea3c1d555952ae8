"""Dask arrays and frames: rows stay in their chunks, on the workers where there are any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows, as_floats, float_type

__all__ = ["DaskRows", "is_dask"]


def is_dask(thing: object) -> bool:
    """Tell whether this is a collection of Dask; nothing is imported for it."""
    return type(thing).__module__.partition(".")[0].startswith("dask") and hasattr(
        thing, "__dask_graph__"
    )


class DaskRows(Rows):
    """The rows of a Dask array or frame."""

    def __init__(self, collection: Any, columns: Sequence[Any] | None) -> None:
        if hasattr(collection, "to_dask_array"):
            chosen = collection if columns is None else collection[list(columns)]
            self.columns = tuple(str(name) for name in chosen.columns)
            for name, kind in chosen.dtypes.items():
                if getattr(kind, "kind", "O") not in "fiub":
                    raise DataFileError(
                        f"dask frame: column {name!r} holds {kind}, no numbers. Name the columns "
                        "to cluster by: columns=[...]"
                    )
            self.dtype = float_type([np.dtype(kind) for kind in chosen.dtypes])
            array = chosen.to_dask_array(lengths=True)
        else:
            array = collection if columns is None else collection[:, list(columns)]
            self.dtype = float_type([array.dtype])
        if array.ndim != 2:
            raise ValueError(f"Expected 2D array, got a dask array of {array.ndim} dimensions.")
        if array.dtype.kind not in "fiubO":
            raise ValueError(f"A dask array of {array.dtype} holds no numbers.")
        if any(np.isnan(size) for size in array.chunks[0]):
            array = array.compute_chunk_sizes()
        if array.numblocks[1] > 1:
            array = array.rechunk({1: -1})
        self.array = array.astype(self.dtype)
        self.name = f"dask {type(collection).__name__.lower()}"
        self.shape = (int(array.shape[0]), int(array.shape[1]))
        self.engine = "dask"

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order, a chunk at a time."""
        for i in range(self.array.numblocks[0]):
            yield as_floats(self.array.blocks[i].compute(), self.dtype)

    def parts(self) -> Any:
        """Return the array."""
        return self.array

    def _versions(self) -> list[object]:
        """Return the name of the array, which Dask makes of its graph."""
        return [self.array.name]
