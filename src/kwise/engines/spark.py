"""Rows on a Spark cluster: its tasks answer for the parts, and Spark keeps and remakes the rows.

A part is a row of a cached frame: its number, and what reads it. A task hands its rows to Python by
``mapInArrow``; a Python worker remembers the shards of its last task. What is lost is made anew.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise.engines.base import Engine
from kwise.engines.cutting import Cut, Shards, checked, cuts, sizes_for, total
from kwise.engines.shard import Shard, Step, Sums
from kwise.results import Floats

__all__ = ["PART", "SparkEngine", "open_spark", "packed", "session_at"]

PART, _ANSWER = "part long, held binary", "part long, answer binary"
# Of one Python worker: the key of the fit in hand, and the shards of the last task.
_remembered: dict[str, Shards] = {}


def open_spark(rows: Any, weights: Floats | None, n_clusters: int, address: str = "") -> Engine:  # noqa: ARG001
    """Open rows in the session that is active, or in a new one: at a master, or on this machine."""
    return SparkEngine(rows, weights, session_at(address))


def session_at(address: str) -> Any:
    """Return the session that is active, or a new one."""
    sql = require("pyspark.sql", extra="spark")
    session = sql.SparkSession.getActiveSession()
    if session is None:
        master = f"spark://{address}" if address else "local[*,4]"  # a task is tried so often
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else it is any python3
        session = sql.SparkSession.builder.master(master).appName("kwise").getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    return session


class SparkEngine:
    """The rows in a cached frame of Spark; labels come back as an array."""

    in_memory = True

    def __init__(self, rows: Any, weights: Floats | None, session: Any) -> None:
        self.key = uuid.uuid4().hex
        self.n_rows, self.n_features = rows.shape
        self.dtype, self.weighted = rows.dtype, weights is not None
        sizes = sizes_for(rows, max(1, session.sparkContext.defaultParallelism))
        self.n_parts = len(sizes)
        held = rows.held(sizes, weights) if hasattr(rows, "held") else None
        if held is None:
            made = [(i, packed(cut)) for i, cut in enumerate(cuts(rows, weights, sizes))]
            held = session.createDataFrame(made, PART)
        self._held = held.repartitionByRange(self.n_parts, "part").persist()

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows: one job."""
        found = dict(self._ask(self._held, task, args, adds=False))
        return [found[i] for i in range(self.n_parts)]

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' answers; each task adds its own first."""
        return total(answer for _, answer in self._ask(self._held, task, args, adds=True))

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand what is found from part to part: a job each."""
        for i in range(self.n_parts):
            part = self._held.filter(f"part = {i}")
            ((_, before),) = self._ask(part, task, (before, *args), adds=False)
        return before

    def labels(self, step: Step) -> NDArray[np.int32]:
        """Return the labels of all rows."""
        return np.concatenate(self.each("labels", step))

    def close(self) -> None:
        """Let Spark drop the rows."""
        self._held.unpersist()

    def _ask(
        self, frame: Any, task: str, args: tuple[object, ...], *, adds: bool
    ) -> list[tuple[int, Any]]:
        """Run a task over the parts of a frame."""
        key = self.key
        asked = frame.mapInArrow(lambda parts: _answered(parts, key, task, args, adds), _ANSWER)
        return [(part, checked(_unpacked(answer))) for part, answer in asked.collect()]


def _answered(
    batches: Iterator[Any], key: str, task: str, args: tuple[object, ...], adds: bool
) -> Iterator[Any]:
    """Answer for the parts that a task of Spark is given; the shards stay with this process."""
    import pyarrow as pa

    shards = _remembered.get(key, Shards(1))
    _remembered.clear()
    _remembered[key] = shards
    found = _answers(shards, batches, task, args, adds)
    parts = pa.array(list(found), pa.int64())
    answers = pa.array([packed(answer) for answer in found.values()], pa.binary())
    yield pa.record_batch([parts, answers], ["part", "answer"])


def _answers(
    shards: Shards, batches: Iterator[Any], task: str, args: tuple[object, ...], adds: bool
) -> dict[int, Any]:
    """Return the answers of a task's parts, or their sum, or what is wrong with their rows."""
    found: dict[int, Any] = {}
    part = -1
    try:
        for batch in batches:
            for part, held in zip(batch.column(0).to_pylist(), batch.column(1)):
                found |= shards.answers([(part, _Later(held))], task, args)
    except (ValueError, OSError, MemoryError) as error:
        return {part: error}
    shards.forget_all_but(found)
    return {part: total(found.values())} if adds and found else found


class _Later(NamedTuple):
    """A part that is unpacked where its shard is not remembered."""

    held: Any

    def shard(self, n_threads: int) -> Shard:
        """Read the rows and hold them."""
        cut: Cut = _unpacked(self.held.as_py())
        return cut.shard(n_threads)


def packed(thing: object) -> bytes:
    """Return a thing as Spark sends it."""
    pack: bytes = require("pyspark.serializers", extra="spark").CloudPickleSerializer().dumps(thing)
    return pack


def _unpacked(pack: bytes) -> Any:
    """Return what Spark sent."""
    return require("pyspark.serializers", extra="spark").CloudPickleSerializer().loads(bytes(pack))
