"""Frames of Spark: rows stay with its executors, in the order in which ``collect`` gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise._registry import unknown_name
from kwise.engines.cutting import Cut
from kwise.engines.spark import PART, packed
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows

__all__ = ["SparkRows"]

_NUMBERS = ("double", "float", "int", "bigint", "smallint", "tinyint", "decimal", "boolean")
_ROWS = "part long, first long, held binary"


class SparkRows(Rows):
    """The rows of a frame, whose columns are numbers; it is cached, so that their order stays."""

    name = "spark frame"

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
        edges, starts = (0, len(self)), self._starts()
        for part in self._split(edges, starts).toLocalIterator():
            rows = np.frombuffer(part.held, self.dtype).reshape(-1, self.shape[1])
            _check_complete(rows, part.first, self._names)
            yield rows

    def held(self, sizes: tuple[int, ...], weights: Floats | None) -> Any:
        """Return the rows as a frame of parts of these sizes, as the engine has them."""
        edges = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
        pieces = self._split(edges, self._starts()).repartitionByRange(len(sizes), "part")
        dtype, columns = self.dtype, self._names
        return pieces.sortWithinPartitions("part", "first").mapInArrow(
            lambda batches: _joined(batches, edges, weights, dtype, columns), PART
        )

    def _starts(self) -> list[int]:
        """Return the number of each partition's first row."""
        starts: list[int] = np.concatenate([[0], np.cumsum(self._counts)]).astype(int).tolist()
        return starts

    def _split(self, edges: Sequence[int], starts: list[int]) -> Any:
        """Return blocks of rows, with the numbers of their part and of their first row."""
        dtype = self.dtype
        return self._frame.mapInArrow(lambda batches: _blocks(batches, edges, starts, dtype), _ROWS)


def _partition() -> int:
    """Return the number of the partition that a task is about."""
    return int(require("pyspark", extra="spark").TaskContext.get().partitionId())


def _counted(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield a partition's number, and how many rows it has."""
    import pyarrow as pa

    count = sum(batch.num_rows for batch in batches)
    yield pa.record_batch([[_partition()], [count]], ["part", "n"])


def _blocks(
    batches: Iterator[Any], edges: Sequence[int], starts: list[int], dtype: np.dtype
) -> Iterator[Any]:
    """Yield a partition's rows as bytes, cut at the edges of parts; a missing value is NaN."""
    import pyarrow as pa

    at = starts[_partition()]
    for batch in batches:
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        rows = np.column_stack(columns).astype(dtype, copy=False)
        for part, (first, end) in enumerate(pairwise(edges)):
            here = rows[max(first - at, 0) : max(end - at, 0)]
            if len(here):
                told = [[part], [max(first, at)], [np.ascontiguousarray(here).tobytes()]]
                yield pa.record_batch(told, ["part", "first", "held"])
        at += len(rows)


def _joined(
    batches: Iterator[Any], edges: Sequence[int], weights: Floats | None, dtype: np.dtype,
    columns: tuple[str, ...],
) -> Iterator[Any]:  # fmt: skip
    """Yield parts, whose blocks come in order."""
    import pyarrow as pa

    held: dict[int, list[bytes]] = {}
    for batch in batches:
        for part, block in zip(batch.column(0).to_pylist(), batch.column(2).to_pylist()):
            held.setdefault(part, []).append(block)
    for part, blocks in held.items():
        first, end = edges[part], edges[part + 1]
        rows = np.frombuffer(b"".join(blocks), dtype).reshape(end - first, len(columns))
        own = None if weights is None else weights[first:end]
        cut = Cut(partial(_complete, rows, first, columns), own, first)
        yield pa.record_batch([[part], [packed(cut)]], ["part", "held"])


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
