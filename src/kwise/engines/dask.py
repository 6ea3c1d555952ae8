"""Rows on a Dask cluster: they stay where they are, and each worker adds up its parts in one task.

A part is a block of a Dask array, held by a worker. What a ``Shard`` remembers lives beside it, in
the worker's process; when a worker is lost, Dask makes its blocks again elsewhere, and the shards
answer with the same bits.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

import numpy as np

from kwise._core.parts import CHUNK_ROWS
from kwise._optional import require
from kwise.engines.base import Engine
from kwise.engines.opening import open_local
from kwise.engines.shard import Shard, Step, Sums
from kwise.results import Floats

__all__ = ["DaskEngine", "aligned", "open_dask"]

# A task that fails since a worker is lost is begun again so often.
_TRIES = 5


def open_dask(rows: Any, weights: Floats | None, n_clusters: int, address: str = "") -> Engine:
    """Open rows on the cluster at an address, or on that of the current client.

    Without either, Dask's collections are read in parts on this machine.
    """
    distributed = require("distributed", extra="dask")
    try:
        client = distributed.get_client(address) if address else distributed.get_client()
    except ValueError:
        return open_local(rows, weights, n_clusters)
    return DaskEngine(rows, weights, client)


def aligned(sizes: tuple[int, ...], chunk: int = CHUNK_ROWS) -> tuple[int, ...]:
    """Return sizes of parts near these, all but the last a multiple of ``chunk``."""
    total = sum(sizes)
    ends = {round(int(end) / chunk) * chunk for end in np.cumsum(sizes)[:-1]}
    edges = [0, *sorted(end for end in ends if 0 < end < total), total]
    return tuple(np.diff(edges).tolist())


class DaskEngine:
    """The rows of a Dask array, on the workers of a client's cluster."""

    in_memory = True

    def __init__(self, rows: Any, weights: Floats | None, client: Any) -> None:
        array = rows.parts()
        if array is None:
            array = _described(rows)
        self.client, self.key = client, f"kwise-{uuid.uuid4().hex}"
        self.n_rows, self.n_features = rows.shape
        self.dtype, self.weighted = rows.dtype, weights is not None
        self.chunks = array.chunks[0]
        sizes = aligned(self.chunks)
        held = client.persist(array.rechunk((sizes, -1)))
        self._blocks = _futures(client, held)
        self._first = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
        self._weights: list[Any] = [None] * len(sizes)
        if weights is not None:
            # Not scattered: what is scattered is gone with its worker.
            cut = require("dask.array", extra="dask").from_array(weights, chunks=(sizes,))
            self._weights = _futures(client, client.persist(cut))
        require("distributed", extra="dask").wait(self._blocks)

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows; one task a worker."""
        found: dict[int, Any] = {}
        for answers in self._ask(_answers, task, args):
            found.update(answers)
        return [found[i] for i in range(len(self._blocks))]

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' answers; each worker adds its own first."""
        total: Sums | None = None
        for found in self._ask(_added, task, args):
            total = found if total is None else total.plus(found)
        assert total is not None
        return total

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand what is found from part to part: worker to worker, this process waits."""
        for i, block in enumerate(self._blocks):
            before = self.client.submit(
                _chained, self.key, i, self._first[i], block, self._weights[i], task, before, args,
                key=f"kwise-{task}-{uuid.uuid4().hex}", retries=_TRIES,
            )  # fmt: skip
        return self.client.gather(before)

    def labels(self, step: Step) -> Any:
        """Return the labels as a Dask array, in the chunks of the rows."""
        da = require("dask.array", extra="dask")
        futures = [
            self.client.submit(
                _answer, self.key, i, self._first[i], block, self._weights[i], "labels", (step,),
                key=f"kwise-labels-{uuid.uuid4().hex}", retries=_TRIES,
            )
            for i, block in enumerate(self._blocks)
        ]  # fmt: skip
        require("distributed", extra="dask").wait(futures)
        sizes = np.diff(self._first).tolist()
        parts = [da.from_delayed(f, (n,), dtype=np.int32) for f, n in zip(futures, sizes)]
        return da.concatenate(parts).rechunk((self.chunks,))

    def close(self) -> None:
        """Let the workers forget what they remember."""
        self._blocks, self._weights = [], []
        self.client.run(_forget, self.key, on_error="ignore")

    def _ask(self, function: Any, task: str, args: tuple[object, ...]) -> list[Any]:
        """Run one task on each worker that holds parts, over all of them."""
        tasks = []
        for worker, parts in self._places().items():
            blocks = [self._blocks[i] for i in parts]
            weights = [self._weights[i] for i in parts]
            first = [self._first[i] for i in parts]
            tasks.append(
                self.client.submit(
                    function, self.key, parts, first, blocks, weights, task, args,
                    key=f"kwise-{task}-{uuid.uuid4().hex}", retries=_TRIES,
                    workers=[worker] if worker else None, allow_other_workers=True,
                )
            )  # fmt: skip
        try:
            found: list[Any] = self.client.gather(tasks)
        except BaseException:
            self.client.cancel(tasks, reason="stopped", msg="kwise was stopped")
            raise
        return found

    def _places(self) -> dict[str, list[int]]:
        """Return which parts lie on which worker; those that are being made again, on none."""
        where = self.client.who_has(self._blocks)
        places: dict[str, list[int]] = defaultdict(list)
        for i, block in enumerate(self._blocks):
            holders = sorted(where.get(block.key, ()))
            places[holders[i % len(holders)] if holders else ""].append(i)
        return places


def _described(rows: Any) -> Any:
    """Return described rows as a Dask array, if what they are read from is mapped."""
    da = require("dask.array", extra="dask")
    mapped = rows.mapped()
    if mapped is None:
        raise ValueError(
            f"{rows!r}: workers read .npy files and Dask's own collections; pass "
            "dask.dataframe.read_parquet(...) or read_csv(...), or engine='local'."
        )
    return da.from_array(mapped, chunks=(max(1, 2**26 // max(1, mapped[:1].nbytes)), -1))


def _futures(client: Any, array: Any) -> list[Any]:
    """Return the futures of an array's blocks, in order."""
    futures = {future.key: future for future in client.futures_of(array)}
    keys = (key[0] if isinstance(key, list) else key for key in array.__dask_keys__())
    return [futures[key] for key in keys]


def _shard(key: str, i: int, first: int, block: Floats, weights: Floats | None) -> Shard:
    """Return what this worker remembers of a part, made anew where it remembers nothing."""
    worker = require("distributed", extra="dask").get_worker()
    kept: dict[str, dict[int, Shard]] = worker.__dict__.setdefault("kwise_shards", {})
    shards = kept.setdefault(key, {})
    if i not in shards:
        n_threads = max(1, worker.state.nthreads)
        shards[i] = Shard(np.ascontiguousarray(block), weights, first, n_threads=n_threads)
    return shards[i]


def _answer(
    key: str, i: int, first: int, block: Floats, weights: Any, task: str, args: tuple[object, ...]
) -> Any:
    """Return one part's answer."""
    return getattr(_shard(key, i, first, block, weights), task)(*args)


def _answers(
    key: str, parts: Any, first: Any, blocks: Any, weights: Any, task: str, args: Any
) -> dict[int, Any]:
    """Return the answers of a worker's parts."""
    return {
        i: _answer(key, i, start, block, own, task, args)
        for i, start, block, own in zip(parts, first, blocks, weights)
    }


def _added(
    key: str, parts: Any, first: Any, blocks: Any, weights: Any, task: str, args: Any
) -> Sums:
    """Return the sum of the answers of a worker's parts."""
    total: Sums | None = None
    for answer in _answers(key, parts, first, blocks, weights, task, args).values():
        total = answer if total is None else total.plus(answer)
    assert total is not None
    return total


def _chained(
    key: str, i: int, first: int, block: Floats, weights: Any, task: str, before: Any, args: Any
) -> Any:
    """Return one part's answer to what was found before."""
    return _answer(key, i, first, block, weights, task, (before, *args))


def _forget(key: str, dask_worker: Any) -> None:
    """Drop what a worker remembers of a fit."""
    dask_worker.__dict__.get("kwise_shards", {}).pop(key, None)
