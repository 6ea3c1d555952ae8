"""Rows cut into parts for workers elsewhere, and what a worker remembers of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Protocol

import numpy as np

from kwise._atomic import written_whole
from kwise._core.parts import CHUNK_ROWS
from kwise.engines.shard import Shard, Sums
from kwise.results import Floats

__all__ = [
    "Blocks",
    "Cut",
    "Shards",
    "aligned",
    "checked",
    "cuts",
    "even",
    "sizes_for",
    "small_packs",
    "total",
]

# A message of rows is no larger.
_PART_BYTES = 2**26
# Nor is one for an engine that makes several copies of each.
_PACK_BYTES = 2**20


def aligned(sizes: tuple[int, ...], chunk: int = CHUNK_ROWS) -> tuple[int, ...]:
    """Return sizes of parts near these, all but the last a multiple of ``chunk``."""
    count = sum(sizes)
    ends = {round(int(end) / chunk) * chunk for end in np.cumsum(sizes)[:-1]}
    edges = [0, *sorted(end for end in ends if 0 < end < count), count]
    return tuple(np.diff(edges).tolist())


def even(n_rows: int, n_parts: int) -> tuple[int, ...]:
    """Return sizes of at most so many parts, as even as whole chunks allow."""
    ends = [round(n_rows * i / n_parts) for i in range(1, n_parts + 1)]
    return aligned(tuple(np.diff([0, *ends]).tolist()))


def sizes_for(rows: Any, n_workers: int) -> tuple[int, ...]:
    """Return sizes of parts for so many workers: one each, or more where they would be large."""
    n_bytes = len(rows) * rows.shape[1] * rows.dtype.itemsize
    return even(len(rows), max(n_workers, -(-n_bytes // _PART_BYTES)))


class Readable(Protocol):
    """A part that can be read."""

    def shard(self, n_threads: int) -> Shard:
        """Read the rows and hold them."""


@dataclass(frozen=True)
class Cut:
    """One part of the rows, or a block of it, as it goes to a worker: ``read`` returns it there."""

    read: Callable[[], Floats]
    weights: Floats | None
    first_row: int

    def shard(self, n_threads: int) -> Shard:
        """Read the rows and hold them."""
        X = np.ascontiguousarray(self.read())
        return Shard(X, self.weights, self.first_row, n_threads=n_threads)

    def blocks(self, n_rows: int) -> Iterator[Cut]:
        """Read the rows here, and yield them in blocks of so many."""
        X, weights = self.read(), self.weights
        for low in range(0, len(X), n_rows):
            here = slice(low, low + n_rows)
            own = None if weights is None else weights[here]
            yield Cut(partial(np.asarray, X[here]), own, self.first_row + low)


class Blocks(NamedTuple):
    """One part of the rows that comes in blocks, in order."""

    cuts: Iterable[Cut]

    def shard(self, n_threads: int) -> Shard:
        """Read the rows and hold them."""
        held = list(self.cuts)
        if len(held) == 1:
            return held[0].shard(n_threads)
        weights = [each.weights for each in held if each.weights is not None]
        read = partial(np.concatenate, [each.read() for each in held])
        together = np.concatenate(weights) if weights else None
        return Cut(read, together, held[0].first_row).shard(n_threads)


def small_packs(
    parts: Iterable[Cut], pack: Callable[[object], bytes], folder: TemporaryDirectory[str] | None
) -> Iterator[tuple[int, int, bytes]]:
    """Yield parts as small packs, with the numbers of the part and of the first row.

    A pack is what reads a part; where that is large, since rows come along, it goes into a file in
    the folder and the pack is its path; without a folder rows go in blocks.
    """
    for i, cut in enumerate(parts):
        packed = pack(cut)
        if len(packed) <= _PACK_BYTES:
            yield i, cut.first_row, packed
        elif folder is not None:
            path = Path(folder.name) / str(i)
            with written_whole(path) as file:
                file.write(packed)
            yield i, cut.first_row, pack(path)
        else:
            count = -(-len(packed) // _PACK_BYTES)
            for block in cut.blocks(-(-len(cut.read()) // count)):
                yield i, block.first_row, pack(block)


def cuts(rows: Any, weights: Floats | None, sizes: tuple[int, ...]) -> Iterator[Cut]:
    """Yield the parts of described rows, one after the other."""
    edges = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
    for (first, end), read in zip(pairwise(edges), rows.pieces(edges)):
        yield Cut(read, None if weights is None else weights[first:end], first)


def total(answers: Iterable[Sums]) -> Sums:
    """Return the sum of what parts add, in any order."""
    found: Sums | None = None
    for each in answers:
        found = each if found is None else found.plus(each)
    assert found is not None
    return found


def checked(answer: Any) -> Any:
    """Return an answer, or raise it where a worker gave what is wrong as its answer."""
    if isinstance(answer, Exception):
        raise answer
    return answer


@dataclass
class Shards:
    """The shards that one worker remembers of a fit, by their numbers.

    A copy, which another worker is sent, remembers none.
    """

    n_threads: int
    _held: dict[int, Shard] = field(default_factory=dict)
    _last: frozenset[int] = frozenset()

    def __reduce__(self) -> tuple[type[Shards], tuple[int]]:
        return Shards, (self.n_threads,)

    def answers(
        self, parts: Iterable[tuple[int, Readable]], task: str, args: tuple[object, ...]
    ) -> dict[int, Any]:
        """Return the answers of numbered parts; those not remembered are read anew."""
        found = {}
        for i, cut in parts:
            if i not in self._held:
                self._held[i] = cut.shard(self.n_threads)
            found[i] = getattr(self._held[i], task)(*args)
        return found

    def told(
        self, parts: Iterable[tuple[int, Readable]], task: str, args: tuple[object, ...], *,
        adds: bool,
    ) -> dict[int, Any]:  # fmt: skip
        """Return the answers of parts, or their sum, or what is wrong with the rows of one.

        Older parts are forgotten: those asked for now, and the time before, are often asked again.
        """
        found: dict[int, Any] = {}
        try:
            for i, cut in parts:
                found |= self.answers([(i, cut)], task, args)
        except (ValueError, OSError, MemoryError) as error:
            return {-1: error}
        if found:
            self._forget_older(found)
        return {-1: total(found.values())} if adds and found else found

    def _forget_older(self, numbers: Iterable[int]) -> None:
        """Keep these parts' shards, and those that were kept before."""
        now = frozenset(numbers)
        self._held = {i: shard for i, shard in self._held.items() if i in now | self._last}
        self._last = now
