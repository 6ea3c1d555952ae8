"""Arrays: in memory, mapped, or ``.npy`` files, one or several that follow each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows, as_floats, float_type

__all__ = ["ArrayRows", "open_npy"]

_BLOCK_BYTES = 2**25


class ArrayRows(Rows):
    """The rows of arrays, one after the other."""

    def __init__(
        self, arrays: Sequence[NDArray[np.generic]], columns: list[int] | None, name: str
    ) -> None:
        for each in arrays:
            if each.ndim != 2 or each.dtype.kind not in "fiub":
                raise DataFileError(
                    f"{name}: found an array of shape {each.shape} and type {each.dtype}; rows are "
                    "a matrix of numbers"
                )
        widths = {each.shape[1] for each in arrays}
        if len(widths) != 1:
            raise DataFileError(f"{name}: the arrays have {sorted(widths)} columns; pass one kind")
        width = widths.pop()
        self._chosen = columns
        if columns is not None and not all(-width <= j < width for j in columns):
            raise ValueError(f"columns={columns}: {name} has the columns 0 to {width - 1}.")
        self._arrays, self.name = arrays, name
        self.dtype = float_type([each.dtype for each in arrays])
        n_columns = width if columns is None else len(columns)
        self.shape = (sum(len(each) for each in arrays), n_columns)

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order."""
        for array in self._arrays:
            size = max(1, _BLOCK_BYTES // max(1, array.shape[1] * self.dtype.itemsize))
            for first in range(0, len(array), size):
                block = array[first : first + size]
                yield as_floats(
                    block if self._chosen is None else block[:, self._chosen], self.dtype
                )

    def mapped(self) -> Floats | None:
        """Return the array, if there is one, of the right type."""
        array = self._arrays[0]
        if len(self._arrays) > 1 or self._chosen is not None or array.dtype != self.dtype:
            return None
        floats: Floats = array  # type: ignore[assignment]
        return floats if array.dtype.isnative else None

    def _versions(self) -> list[object]:
        """Return sizes and times of the mapped files."""
        files = [getattr(each, "filename", None) for each in self._arrays]
        return [_version(Path(each)) for each in files if each is not None]


def open_npy(path: Path) -> NDArray[np.generic]:
    """Map a ``.npy`` file."""
    try:
        mapped: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError) as error:
        raise DataFileError(f"{path}: {error}") from None
    return mapped


def _version(path: Path) -> tuple[str, int, int]:
    """Return name, size and time of a file."""
    told = path.stat()
    return (path.name, told.st_size, told.st_mtime_ns)
