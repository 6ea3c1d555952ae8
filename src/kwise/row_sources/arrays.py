"""Arrays: in memory, mapped, or ``.npy`` files, one or several that follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from mmap import mmap
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kwise._core.mapped_files import survive_cuts
from kwise._damages import ARRAY_DAMAGES
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows, as_floats, float_type
from kwise.row_sources.versions import Version, check_still, size_and_time, unchanged, version_of

__all__ = ["ArrayRows", "open_npy"]

_BLOCK_BYTES = 2**25


class ArrayRows(Rows):
    """The rows of arrays, one after the other."""

    def __init__(
        self, arrays: Sequence[NDArray[np.generic]], columns: list[int] | None, name: str
    ) -> None:
        for each in arrays:
            if isinstance(each, np.ma.MaskedArray) and np.ma.is_masked(each):
                raise ValueError(
                    f"{name}: {int(np.ma.getmaskarray(each).sum())} values are masked: these would "
                    "be read as numbers. Leave their rows out, or fill them: .filled(...)."
                )
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
        self.carried = not all(isinstance(each, np.memmap) for each in arrays)
        self.dtype = float_type([each.dtype for each in arrays])
        n_columns = width if columns is None else len(columns)
        self.shape = (sum(len(each) for each in arrays), n_columns)
        self._described = self._still()
        self._missed = [survive_cuts(each, self) for each in arrays]

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order."""
        self.check_unchanged()
        for array in self._arrays:
            size = max(1, _BLOCK_BYTES // max(1, array.shape[1] * self.dtype.itemsize))
            for first in range(0, len(array), size):
                block = array[first : first + size]
                yield as_floats(
                    block if self._chosen is None else block[:, self._chosen], self.dtype
                )
        self.check_unchanged()

    def mapped(self) -> Floats | None:
        """Return the array, if there is one, of the right type."""
        self.check_unchanged()
        array = self._arrays[0]
        if len(self._arrays) > 1 or self._chosen is not None or array.dtype != self.dtype:
            return None
        floats: Floats = array  # type: ignore[assignment]
        return floats if array.dtype.isnative else None

    def pieces(self, edges: Sequence[int]) -> Iterator[Callable[[], Floats]]:
        """Yield what returns the rows between edges: of mapped files, wherever they are seen."""
        starts = np.concatenate([[0], np.cumsum([len(each) for each in self._arrays])]).tolist()
        for first, end in pairwise(edges):
            parts: list[_Mapped | NDArray[np.generic]] = []
            for array, start in zip(self._arrays, starts):
                low, high = max(first - start, 0), min(end - start, len(array))
                if low < high:
                    parts.append(_Mapped.of(array, low, high))
            yield partial(_window, parts, self._chosen, self.dtype)

    def where(self, row: int) -> str:
        """Say in which file a row is."""
        told, first = super().where(row), 0
        for array in self._arrays if len(self._arrays) > 1 else ():
            if row < first + len(array):
                file = getattr(array, "filename", "an array")
                return f"row {row - first + 1} of {file} ({told} of all)"
            first += len(array)
        return told

    def check_unchanged(self) -> None:
        """Refuse mapped files of another size or time: what is mapped changes with them."""
        names = [str(getattr(each, "filename", None) or self.name) for each in self._arrays]
        check_still(names[0] if len(names) == 1 else self.name, self._still, self._described)
        for name, missed in zip(names, self._missed):
            if missed():
                raise DataFileError(
                    f"{name}: the file could not be read to its end: it has changed, or its disk "
                    "fails. Begin anew with rows that stay as they are."
                )

    def _still(self) -> list[object]:
        """Return sizes and times of files that nobody writes to by way of these arrays."""
        files = [each for each in self._arrays if getattr(each, "mode", "") == "r"]
        return [size_and_time(Path(getattr(each, "filename", ""))) for each in files]

    def _versions(self) -> list[object]:
        """Return times, sizes and digests of the mapped files."""
        named = [getattr(each, "filename", None) for each in self._arrays]
        files = [Path(each) for each in named if each is not None]
        return [*map(size_and_time, files), *map(version_of, files)]


def open_npy(path: Path) -> NDArray[np.generic]:
    """Map a ``.npy`` file."""
    try:
        mapped: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ARRAY_DAMAGES as error:
        raise DataFileError(f"{path}: {error}") from None
    return mapped


@dataclass(frozen=True)
class _Mapped:
    """Rows of a file that another process maps for itself."""

    path: str
    version: Version
    dtype: np.dtype
    offset: int
    shape: tuple[int, ...]
    order: Literal["C", "F"]
    low: int
    high: int

    @classmethod
    def of(cls, array: NDArray[np.generic], low: int, high: int) -> _Mapped | NDArray[np.generic]:
        """Return where the rows lie in a file, or the rows, where that is not known."""
        if (
            not isinstance(array, np.memmap)
            or not isinstance(array.base, mmap)
            or not array.filename
        ):
            return array[low:high]
        path = str(Path(array.filename).resolve())
        order: Literal["C", "F"] = "C" if array.flags.c_contiguous else "F"
        version = version_of(Path(path))
        return cls(path, version, array.dtype, array.offset, array.shape, order, low, high)

    def rows(self) -> NDArray[np.generic]:
        """Map the file."""
        unchanged(Path(self.path), self.version)
        mapped: NDArray[np.generic] = np.memmap(
            self.path, self.dtype, "r", self.offset, self.shape, self.order
        )
        return mapped[self.low : self.high]


def _window(
    parts: Sequence[_Mapped | NDArray[np.generic]], columns: list[int] | None, dtype: np.dtype
) -> Floats:
    """Return chosen columns of parts that follow each other."""
    found = [each.rows() if isinstance(each, _Mapped) else each for each in parts]
    chosen = [each if columns is None else each[:, columns] for each in found]
    return as_floats(chosen[0] if len(chosen) == 1 else np.concatenate(chosen), dtype)
