"""Frames of Spark: rows stay with its executors, in the order in which ``collect`` gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise._registry import unknown_name
from kwise.engines.cutting import Cut
from kwise.engines.spark import HELD, packed
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows

__all__ = ["SparkRows"]

_NUMBERS = ("double", "float", "int", "bigint", "smallint", "tinyint", "decimal", "boolean")


class SparkRows(Rows):
    """The rows of a frame, whose columns are numbers; it is cached, so that their order stays."""

    name, carried = "spark frame", False

    def __init__(self, frame: Any, columns: Sequence[str] | None) -> None:
        kinds = dict(frame.dtypes)
        self._names = self.columns = tuple(kinds if columns is None else columns)
        for column in self._names:
            if column not in kinds:
                words = unknown_name(str(column), list(kinds), what="column")
                raise ValueError(f"{self.name}: {words}")
            if not kinds[column].startswith(_NUMBERS):
                raise DataFileError(
                    f"{self.name}: column {column!r} holds {kinds[column]}, no numbers. Name the "
                    "columns to cluster by: columns=[...]"
                )
        is_single = all(kinds[column] == "float" for column in self._names)
        self.dtype = np.dtype(np.float32 if is_single else np.float64)
        kind = "float" if is_single else "double"
        chosen = [frame[f"`{column}`"].cast(kind).alias(column) for column in self._names]
        self._frame = frame.select(*chosen).persist()
        counts = dict(self._frame.mapInArrow(_counted, "part long, n long").collect())
        self._counts = [counts.get(i, 0) for i in range(max(counts, default=-1) + 1)]
        if not sum(self._counts):
            raise DataFileError(f"{self.name}: there are no rows")
        self.shape = (sum(self._counts), len(self._names))
        self.engine = "spark"

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order."""
        for part in self._split((0, len(self)), lambda rows, _: rows.tobytes()).toLocalIterator():
            rows = np.frombuffer(part.held, self.dtype).reshape(-1, self.shape[1])
            _check_complete(rows, part.first, self._names)
            yield rows

    def held(self, sizes: tuple[int, ...], weights: Floats | None) -> Any:
        """Return blocks of parts of these sizes, as the engine has them."""
        edges = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
        columns = self._names

        def pack(rows: Floats, first: int) -> bytes:
            own = None if weights is None else weights[first : first + len(rows)]
            return packed(Cut(partial(_complete, rows, first, columns), own, first))

        return self._split(edges, pack)

    def _starts(self) -> list[int]:
        """Return the number of each partition's first row."""
        starts: list[int] = np.concatenate([[0], np.cumsum(self._counts)]).astype(int).tolist()
        return starts

    def _split(self, edges: Sequence[int], pack: Callable[[Floats, int], bytes]) -> Any:
        """Return packs of blocks of rows, with the numbers of their part and of their first row."""
        dtype, starts = self.dtype, self._starts()
        return self._frame.mapInArrow(
            lambda batches: _blocks(batches, edges, starts, dtype, pack), HELD
        )


def _partition() -> int:
    """Return the number of the partition that a task is about."""
    return int(require("pyspark", extra="spark").TaskContext.get().partitionId())


def _counted(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield a partition's number, and how many rows it has."""
    import pyarrow as pa

    count = sum(batch.num_rows for batch in batches)
    yield pa.record_batch([[_partition()], [count]], ["part", "n"])


def _blocks(
    batches: Iterator[Any],
    edges: Sequence[int],
    starts: list[int],
    dtype: np.dtype,
    pack: Callable[[Floats, int], bytes],
) -> Iterator[Any]:
    """Yield a partition's rows in packs, cut at the edges of parts; a missing value is NaN."""
    import pyarrow as pa

    at = starts[_partition()]
    for batch in batches:
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        rows = np.column_stack(columns).astype(dtype, copy=False)
        for part, (first, end) in enumerate(pairwise(edges)):
            here = rows[max(first - at, 0) : max(end - at, 0)]
            if len(here):
                block = pack(np.ascontiguousarray(here), max(first, at))
                told = [[part], [max(first, at)], [block]]
                yield pa.record_batch(told, ["part", "first", "held"])
        at += len(rows)


def _complete(rows: Floats, first: int, columns: tuple[str, ...]) -> Floats:
    """Return rows that came along, if they are complete."""
    _check_complete(rows, first, columns)
    return rows


def _check_complete(rows: NDArray[Any], first: int, columns: tuple[str, ...]) -> None:
    """Refuse a missing value."""
    missing = np.isnan(rows)
    if missing.any():
        row, column = np.argwhere(missing)[0].tolist()
        raise DataFileError(
            f"spark frame: column {columns[column]!r} has no value in row {first + row + 1}. Leave "
            "such rows out (.dropna()), or the column (columns=[...])."
        )
