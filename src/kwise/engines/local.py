"""Rows in parts on this machine: packed in memory as far as that reaches, read again beyond."""

from __future__ import annotations

import mmap
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise import _core
from kwise._core.parts import CHUNK_ROWS, Whole
from kwise._core.threads import effective_n_threads
from kwise._core.units import in_unit
from kwise.engines.memory import kept_bytes_a_row, seeding_bytes_a_row
from kwise.engines.shard import Shard, Step, Sums
from kwise.results import Floats

__all__ = ["LocalEngine"]

# Parts are as large as keeps threads busy, and small enough for progress to be heard of.
_PART_ROWS = 2**22


class LocalEngine:
    """The rows of an array, which may be mapped from a file.

    ``budget`` bounds the bytes of packed rows; the rows beyond are read and packed again in every
    pass. Labels and the bounds of kept rows come on top, at 8 bytes a row.
    """

    def __init__(self, X: Floats, weights: Floats | None, *, budget: int, n_clusters: int) -> None:
        self.X, self.weights = X, weights
        self.n_rows, self.n_features = X.shape
        self.dtype, self.weighted = X.dtype, weights is not None
        self._n_threads = effective_n_threads()
        self._budget = budget
        n_kept = budget // kept_bytes_a_row(self.n_features, X.dtype, n_clusters)
        n_kept = self.n_rows if n_kept >= self.n_rows else n_kept // CHUNK_ROWS * CHUNK_ROWS
        self.n_kept = n_kept
        self.in_memory = n_kept == self.n_rows
        self._shards = list(self._cut(n_kept))

    def _cut(self, n_kept: int) -> Iterator[Shard]:
        """Cut the rows into parts, all of them kept or none."""
        edges = {0, n_kept, self.n_rows, *range(0, self.n_rows, _PART_ROWS)}
        ordered = sorted(edges)
        for first, end in pairwise(ordered):
            weights = None if self.weights is None else self.weights[first:end]
            yield Shard(
                self.X[first:end],
                weights,
                first,
                kept=first < n_kept,
                n_threads=self._n_threads,
            )

    def _ask(self, task: str, *args: object) -> Iterator[Any]:
        """Yield every part's answer; the system reads the next part's rows meanwhile."""
        for shard, after in zip(self._shards, [*self._shards[1:], None]):
            if after is not None and not after.kept:
                _read_ahead(after.X)
            yield getattr(shard, task)(*args)

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows."""
        return list(self._ask(task, *args))

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' answers."""
        answers = self._ask(task, *args)
        total: Sums = next(answers)
        for answer in answers:
            total = total.plus(answer)
        return total

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand what is found from part to part."""
        for shard in self._shards:
            before = getattr(shard, task)(before, *args)
        return before

    def labels(self, step: Step) -> NDArray[np.int32]:
        """Return the labels of all rows, with no copy of them beside those of the parts."""
        labels = np.empty(self.n_rows, np.int32)
        for shard in self._shards:
            labels[shard.first_row : shard.first_row + len(shard.X)] = shard.labels(step)
        return labels

    def kmeans_plusplus(
        self, whole: Whole, n_clusters: int, uniforms: NDArray[np.float64], n_trials: int
    ) -> NDArray[np.int64] | None:
        """Choose rows as the engine does in one piece, where memory is there for it; else None."""
        row = seeding_bytes_a_row(self.n_features, self.dtype)
        if self.n_rows >= 2**31 or self.n_rows * row > self._budget:
            return None
        points = _core.pack(
            in_unit(self.X, whole.exponent), whole.shift, self.weights, self._n_threads, 1
        )
        return _core.kmeans_plusplus(points, n_clusters, uniforms, n_trials, self._n_threads)

    def close(self) -> None:
        """Give back the packed rows."""
        self._shards = []


def _read_ahead(X: Floats) -> None:
    """Ask the system to read mapped rows, while others are computed with."""
    held: Any = X
    while held is not None and not isinstance(held, np.memmap):
        held = getattr(held, "base", None)
    base: Any = held
    if sys.platform == "win32" or base is None or base._mmap is None:
        return
    start = X.__array_interface__["data"][0] - np.asarray(base).__array_interface__["data"][0]
    mapped = base._mmap
    at = (base.offset % mmap.PAGESIZE + start) // mmap.PAGESIZE * mmap.PAGESIZE
    length = min(X.nbytes, len(mapped) - at)
    if length > 0:
        mapped.madvise(mmap.MADV_WILLNEED, at, length)
