"""Rows cut into parts for workers elsewhere, and what a worker remembers of its parts."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from kwise._core.parts import CHUNK_ROWS
from kwise.engines.shard import Shard, Sums
from kwise.results import Floats

__all__ = ["Cut", "Shards", "aligned", "checked", "cuts", "even", "sizes_for", "total"]

# A message of rows is no larger.
_PART_BYTES = 2**26


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
    """One part of the rows, as it goes to a worker: ``read`` returns them there."""

    read: Callable[[], Floats]
    weights: Floats | None
    first_row: int

    def shard(self, n_threads: int) -> Shard:
        """Read the rows and hold them."""
        X = np.ascontiguousarray(self.read())
        return Shard(X, self.weights, self.first_row, n_threads=n_threads)


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
    """The shards that one worker remembers of a fit, by their numbers."""

    n_threads: int
    _held: dict[int, Shard] = field(default_factory=dict)

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

    def forget_all_but(self, numbers: Container[int]) -> None:
        """Keep some parts' shards alone."""
        self._held = {i: shard for i, shard in self._held.items() if i in numbers}
