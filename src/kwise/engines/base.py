"""What an engine is: it holds the rows in parts, and asks each for what a ``Shard`` can tell."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from kwise.engines.shard import Step, Sums

__all__ = ["Engine"]


class Engine(Protocol):
    """Rows in parts, on this machine or many.

    Parts are in the order of their rows and begin at multiples of ``CHUNK_ROWS``. The tasks are
    the methods of ``Shard``; answers may be asked for again after a part was lost.
    """

    n_rows: int
    n_features: int
    dtype: np.dtype
    weighted: bool
    in_memory: bool  # whether a pass over the rows reads no disk

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows."""

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' ``Sums``; each machine adds its own first."""

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand ``before`` to the first part, its answer to the next, and return the last one's."""

    def labels(self, step: Step) -> Any:
        """Return the labels of all rows, as this engine's users hold rows."""

    def close(self) -> None:
        """Give back what the engine holds."""
