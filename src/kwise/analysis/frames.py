"""Tables in several files, as frames of some rows at a time: cells as they are, words included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from kwise._core.threads import in_turn
from kwise._optional import require
from kwise.exceptions import DataFileError
from kwise.init.hashing import uniforms_of
from kwise.row_sources.arrays import open_npy
from kwise.row_sources.paths import expanded
from kwise.row_sources.tables import scan_tables
from kwise.row_sources.united import said_of

if TYPE_CHECKING:
    from kwise.io.table import Table

__all__ = ["Frames", "HeldFrames"]

T = TypeVar("T")

_BATCH_ROWS = 2**17
_MOST_CELLS = 2**24  # of blocks that are worked on at once, copies aside


class Frames:
    """The rows of files, a folder or a pattern, as polars frames in order.

    ``at_once`` says how many of them may be worked on at once.
    """

    at_once = 1  # memory need not hold more

    def __init__(self, given: str) -> None:
        self.name = given
        self.files = expanded(given)
        self._arrays = all(path.suffix.lower() == ".npy" for path in self.files)
        polars = require("polars", extra="report")
        if self._arrays:
            self.n_rows = sum(len(open_npy(path)) for path in self.files)
            return
        with said_of(given):
            self._lazy = scan_tables(self.files, given)
            self.n_rows = self._lazy.select(polars.len()).collect().item()

    def __iter__(self) -> Iterator[Any]:
        if not self._arrays:
            with said_of(self.name):
                yield from self._lazy.collect_batches(chunk_size=_BATCH_ROWS, maintain_order=True)
            return
        from kwise._frames import array_frame

        for path in self.files:
            array = open_npy(path)
            for first in range(0, len(array), _BATCH_ROWS):
                yield array_frame(array[first : first + _BATCH_ROWS], name=str(path))[0]

    def each(self, work: Callable[[int, Any], T]) -> Iterator[T]:
        """Yield what ``work`` makes of each frame; it is told the number of its first row."""

        def tasks() -> Iterator[Callable[[], T]]:
            first = 0
            for frame in self:
                yield partial(work, first, frame)
                first += frame.height

        return in_turn(tasks(), self.at_once)

    def lazy(self) -> Any:
        """Return all rows as one polars LazyFrame, which reads them when they are asked for."""
        if not self._arrays:
            return self._lazy
        return require("polars", extra="report").concat([each.lazy() for each in self])

    def check_rows(self) -> None:
        """Refuse files that have no rows."""
        if not self.n_rows:
            raise DataFileError(f"{self.name}: there are no rows")

    def sample(self, n_rows: int, seed: int) -> Any:
        """Return about so many rows as one frame, chosen by hashes of their numbers."""
        self.check_rows()
        polars = require("polars", extra="report")
        share = n_rows / self.n_rows

        def drawn(first: int, frame: Any) -> Any:
            return frame.filter(polars.Series(uniforms_of(seed, 0, first, frame.height) < share))

        return polars.concat(self.each(drawn))

    def sampled_row(self, n_rows: int, seed: int, number: int) -> int:
        """Return which of all rows is this one of the sample; both count from 0."""
        drawn = uniforms_of(seed, 0, 0, self.n_rows) < n_rows / self.n_rows
        return int(np.flatnonzero(drawn)[number])


class HeldFrames(Frames):
    """The rows of a table in memory, as such frames."""

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self.files, self.n_rows = [], table.frame.height
        self._arrays, self._lazy = False, table.frame.lazy()
        self._frame = table.frame
        self.at_once = max(1, _MOST_CELLS // (_BATCH_ROWS * max(1, table.frame.width)))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._frame.iter_slices(_BATCH_ROWS))
