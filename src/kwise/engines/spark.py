"""Rows on a Spark cluster: its tasks answer for the parts, and Spark keeps and remakes the rows.

A part is one or several rows of a cached frame: its number, and what reads it, or blocks of it. A
task hands them to Python by ``mapInArrow``; a Python worker remembers the shards of its last two
tasks. What is lost is made anew.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise.engines.base import Engine
from kwise.engines.cutting import Blocks, Shards, checked, cuts, sizes_for, small_packs, total
from kwise.engines.reckoning import check_heap
from kwise.engines.shard import Step, Sums
from kwise.results import Floats

__all__ = ["HELD", "SparkEngine", "open_spark", "packed", "session_at"]

HELD, _ANSWER = "part long, first long, held binary", "part long, answer binary"
# Of one Python worker: the key of the fit in hand, and the shards of its last tasks.
_remembered: dict[str, Shards] = {}


def open_spark(rows: Any, weights: Floats | None, n_clusters: int, address: str = "") -> Engine:  # noqa: ARG001
    """Open rows in the session that is active, or in a new one: at a master, or on this machine."""
    session = session_at(address)
    is_here = session.sparkContext.master.startswith("local")
    if rows.carried and not is_here:
        check_heap(session, rows)
    return SparkEngine(rows, weights, session, sees_files=is_here)


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
    """The rows in a cached frame of Spark; labels come back as an array.

    Rows of this process go by its files where executors see these, else by the JVM, in blocks.
    """

    in_memory = True

    def __init__(
        self, rows: Any, weights: Floats | None, session: Any, *, sees_files: bool
    ) -> None:
        self.key = uuid.uuid4().hex
        self.n_rows, self.n_features = rows.shape
        self.dtype, self.weighted = rows.dtype, weights is not None
        sizes = sizes_for(rows, max(1, session.sparkContext.defaultParallelism))
        self.n_parts = len(sizes)
        self._folder = TemporaryDirectory(prefix="kwise-rows-") if sees_files else None
        held = rows.held(sizes, weights) if hasattr(rows, "held") else None
        if held is None:
            sent = small_packs(cuts(rows, weights, sizes), packed, self._folder)
            held = session.createDataFrame(list(sent), HELD)
        held = held.repartitionByRange(self.n_parts, "part")
        self._held = held.sortWithinPartitions("part", "first").persist()

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
        if self._folder is not None:
            self._folder.cleanup()

    def _ask(
        self, frame: Any, task: str, args: tuple[object, ...], *, adds: bool
    ) -> list[tuple[int, Any]]:
        """Run a task over the parts of a frame."""
        key = self.key
        asked = frame.mapInArrow(lambda held: _answered(held, key, task, args, adds), _ANSWER)
        return [(part, checked(_unpacked(answer))) for part, answer in asked.collect()]


def _answered(
    batches: Iterator[Any], key: str, task: str, args: tuple[object, ...], adds: bool
) -> Iterator[Any]:
    """Answer for the parts that a task of Spark is given; the shards stay with this process."""
    import pyarrow as pa

    shards = _remembered.get(key, Shards(1))
    _remembered.clear()
    _remembered[key] = shards
    packs = (row for batch in batches for row in zip(batch[0].to_pylist(), batch[2]))
    each = groupby(packs, itemgetter(0))
    blocks = ((i, Blocks(_unpacked(pack.as_py()) for _, pack in own)) for i, own in each)
    found = shards.told(blocks, task, args, adds=adds)
    parts = pa.array(list(found), pa.int64())
    answers = pa.array([packed(answer) for answer in found.values()], pa.binary())
    yield pa.record_batch([parts, answers], ["part", "answer"])


def packed(thing: object) -> bytes:
    """Return a thing as Spark sends it."""
    pack: bytes = require("pyspark.serializers", extra="spark").CloudPickleSerializer().dumps(thing)
    return pack


def _unpacked(pack: bytes) -> Any:
    """Return what Spark sent, or what is in the file that it names."""
    found = require("pyspark.serializers", extra="spark").CloudPickleSerializer().loads(pack)
    return _unpacked(found.read_bytes()) if isinstance(found, Path) else found
