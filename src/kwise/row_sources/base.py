"""What rows that lie elsewhere promise: a shape, a float type, and blocks in order."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise.engines import reckon
from kwise.engines.memory import Estimate
from kwise.engines.reckoning import Spread
from kwise.exceptions import DataFileError
from kwise.results import Floats

__all__ = ["Rows"]


class Rows(ABC):
    """Rows that lie elsewhere: described, not read. Made by ``kwise.rows``.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns.
    dtype : numpy.dtype
        float32 where that holds all columns, else float64.
    columns : tuple of str or None
        Names of the columns, where they have any.
    max_memory : int, str or None
        What a fit on this machine may take; None is half of what is free then.
    engine : str
        Where work is done: "local", or a row of ``kwise.engines.ENGINES`` with its address.
    """

    shape: tuple[int, int]
    dtype: np.dtype
    columns: tuple[str, ...] | None = None
    max_memory: int | str | None = None
    engine: str = "local"
    name: str = "rows"
    carried: bool = True  # whether they go along with what is sent to workers, who read files

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        n, d = self.shape
        return f"<kwise rows: {self.name}, {n:,} x {d}, {self.dtype}>"

    @property
    def n_columns(self) -> int:
        """Columns, which are known where rows are not counted yet."""
        return self.shape[1]

    @abstractmethod
    def batches(self) -> Iterator[Floats]:
        """Yield all rows in order, as arrays of any length, in ``dtype``."""

    def blocks(self, n_rows: int) -> Iterator[Floats]:
        """Yield all rows in order, ``n_rows`` at a time; the last are fewer."""
        return self._cut(repeat(n_rows))

    def pieces(self, edges: Sequence[int]) -> Iterator[Callable[[], Floats]]:
        """Yield, for each two edges that follow each other, what returns the rows between them.

        It goes to other machines. Files are read there; other rows are read here and go along.
        """
        for block in self._cut(end - first for first, end in pairwise(edges)):
            yield partial(_carried, block)

    def where(self, row: int) -> str:
        """Say where a row is, whose number counts from 0: of several files, in which."""
        return f"row {row + 1}"

    def check_unchanged(self) -> None:
        """Refuse rows that have changed since they were described, if they are read in place."""
        return

    def _cut(self, sizes: Iterable[int]) -> Iterator[Floats]:
        """Yield all rows in order, in blocks of these sizes; the last may be fewer."""
        waiting: list[Floats] = []
        have, wanted, count = 0, iter(sizes), 0
        size = next(wanted, None)
        for batch in self.batches():
            rest = batch
            count += len(batch)
            if count > len(self):
                break
            while size is not None and have + len(rest) >= size:
                take = size - have
                yield np.concatenate([*waiting, rest[:take]]) if waiting else rest[:take]
                rest, waiting, have = rest[take:], [], 0
                size = next(wanted, None)
            if len(rest):
                waiting.append(rest)
                have += len(rest)
        if count != len(self):
            came = f"more than {len(self):,}" if count > len(self) else f"{count:,}"
            raise DataFileError(
                f"{self.name}: {came} rows came where {len(self):,} were counted before. The "
                "source has changed since; begin anew with rows that stay as they are."
            )
        if waiting:
            yield np.concatenate(waiting)

    def mapped(self) -> Floats | None:
        """Return the rows as an array, mapped or in memory; None if they are none."""
        return None

    def parts(self) -> Any:
        """Return the rows as a Dask array, where they are one; None else."""
        return None

    def fingerprint(self) -> str:
        """Return a digest of what the rows are read from; it changes when that does."""
        words = [self.name, repr(self.shape), str(self.dtype), repr(self.columns)]
        words += [repr(each) for each in self._versions()]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def _versions(self) -> list[object]:
        """Return what tells one version of the source from another."""
        return []

    def estimate(self, n_clusters: int) -> Estimate | Spread:
        """Reckon what a fit takes, without reading a row: on this machine, or on the workers.

        Parameters
        ----------
        n_clusters : int
            Number of clusters.

        Returns
        -------
        estimate : Estimate or Spread
            Bytes that it takes and that are free; ``fits`` tells whether these suffice, and
            ``print`` says it in sentences.
        """
        return reckon(self, n_clusters)


def _carried(rows: Floats) -> Floats:
    """Return rows that came along."""
    return rows


def float_type(dtypes: list[np.dtype]) -> np.dtype:
    """Return float32 if that is NumPy's type for all columns together, else float64."""
    together = dtypes and np.result_type(*dtypes) == np.float32
    return np.dtype(np.float32 if together else np.float64)


def as_floats(block: NDArray[Any], dtype: np.dtype) -> Floats:
    """Return a block in C order and in that type."""
    rows: Floats = np.ascontiguousarray(block, dtype)
    return rows
