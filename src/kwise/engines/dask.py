"""Rows on a Dask cluster: they stay where they are, and each worker adds up its parts in one task.

A part is a block of a Dask array. What a ``Shard`` remembers lives beside it, in the worker's
process; when that is lost, Dask makes its blocks again elsewhere, and the answers are the same.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np

from kwise._optional import require
from kwise.engines.base import Engine
from kwise.engines.cutting import Cut, Shards, aligned, cuts, sizes_for, total
from kwise.engines.opening import open_local
from kwise.engines.shard import Step, Sums
from kwise.results import Floats

__all__ = ["DaskEngine", "blocks_of", "client_at", "open_dask"]


def open_dask(rows: Any, weights: Floats | None, n_clusters: int, address: str = "") -> Engine:
    """Open rows on the cluster at an address, or the current client's, or else on this machine."""
    client = client_at(address)
    if client is None:
        return open_local(rows, weights, n_clusters)
    return DaskEngine(rows, weights, client)


def client_at(address: str) -> Any:
    """Return the client of the cluster at an address, or the current one, or None."""
    distributed = require("distributed", extra="dask")
    try:
        return distributed.get_client(address) if address else distributed.get_client()
    except ValueError:
        return None


class DaskEngine:
    """The rows of a Dask array, on the workers of a client's cluster."""

    in_memory = True

    def __init__(self, rows: Any, weights: Floats | None, client: Any) -> None:
        self.client, self.key = client, f"kwise-{uuid.uuid4().hex}"
        self.n_rows, self.n_features = rows.shape
        array = rows.parts()
        if array is None:
            array = _described(rows, len(client.scheduler_info(n_workers=-1)["workers"]))
        self.dtype, self.weighted, self.chunks = rows.dtype, weights is not None, array.chunks[0]
        sizes = aligned(self.chunks)
        self._blocks = blocks_of(client, client.persist(array.rechunk((sizes, -1))))
        self._first = np.concatenate([[0], np.cumsum(sizes)]).astype(int).tolist()
        self._weights: list[Any] = [None] * len(sizes)
        if weights is not None:  # not scattered: what is scattered is gone with its worker
            cut = require("dask.array", extra="dask").from_array(weights, chunks=(sizes,))
            self._weights = blocks_of(client, client.persist(cut))
        require("distributed", extra="dask").wait(self._blocks)

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows; one task a worker."""
        found = {i: each for answers in self._ask(task, args) for i, each in answers.items()}
        return [found[i] for i in range(len(self._blocks))]

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' answers; each worker adds its own first."""
        return total(self._ask(task, args, adds=True))

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand what is found from part to part: worker to worker, this process waits."""
        for i in range(len(self._blocks)):
            before = self._submit([i], task, args, before)
        return self.client.gather(before)

    def labels(self, step: Step) -> Any:
        """Return the labels as a Dask array, in the chunks of the rows."""
        da, sizes = require("dask.array", extra="dask"), np.diff(self._first).tolist()
        futures = [self._submit([i], "labels", (), step) for i in range(len(sizes))]
        require("distributed", extra="dask").wait(futures)
        parts = [da.from_delayed(f, (n,), dtype=np.int32) for f, n in zip(futures, sizes)]
        return da.concatenate(parts).rechunk((self.chunks,))

    def close(self) -> None:
        """Let the workers forget what they remember."""
        self._blocks, self._weights, me = [], [], self.key
        self.client.run(
            lambda dask_worker: dask_worker.__dict__.pop(me, 0) and 0, on_error="ignore"
        )

    def _ask(self, task: str, args: tuple[object, ...], **how: bool) -> Any:
        """Run one task on each worker that holds parts, over all of them."""
        places = self._places().items()
        tasks = [self._submit(parts, task, args, at=worker, **how) for worker, parts in places]
        try:
            return self.client.gather(tasks)
        except BaseException:
            self.client.cancel(tasks, reason="stopped", msg="kwise was stopped")
            raise

    def _submit(self, parts: list[int], task: str, *given: Any, at: str = "", **how: Any) -> Any:
        """Begin a task over some parts; it has a name of its own on the dashboard."""
        held = [[i, self._first[i], self._blocks[i], self._weights[i]] for i in parts]
        how |= {"workers": [at], "allow_other_workers": True} if at else {}
        how |= {"key": f"kwise-{task}-{uuid.uuid4().hex}", "retries": 5}  # workers are lost
        return self.client.submit(_answers, self.key, held, task, *given, **how)

    def _places(self) -> dict[str, list[int]]:
        """Return which parts lie on which worker; those that are being made again, on none."""
        where = self.client.who_has(self._blocks)
        places: dict[str, list[int]] = defaultdict(list)
        for i, block in enumerate(self._blocks):
            holders = sorted(where.get(block.key, ()))
            places[holders[i % len(holders)] if holders else ""].append(i)
        return places


def _described(rows: Any, n_workers: int) -> Any:
    """Return described rows as a Dask array, which the workers read."""
    da, delayed = require("dask.array", extra="dask"), require("dask", extra="dask").delayed
    sizes, d = sizes_for(rows, n_workers), rows.shape[1]
    made = zip(cuts(rows, None, sizes), sizes)
    blocks = [da.from_delayed(delayed(cut.read)(), (n, d), rows.dtype) for cut, n in made]
    return da.concatenate(blocks)


def blocks_of(client: Any, array: Any) -> list[Any]:
    """Return the futures of an array's blocks, in order; None for those that are none."""
    futures = {future.key: future for future in client.futures_of(array)}
    keys = [key[0] if isinstance(key, list) else key for key in array.__dask_keys__()]
    return [futures.get(key) for key in keys]


def _answers(
    key: str, held: Any, task: str, args: tuple[object, ...], *before: Any, adds: bool = False
) -> Any:
    """Return the answers of parts that a worker holds, by its shards of this fit.

    With ``adds`` that is their sum; with what was found before, one part's answer to it.
    """
    worker = require("distributed", extra="dask").get_worker()
    shards: Shards = worker.__dict__.setdefault(key, Shards(max(1, worker.state.nthreads)))
    parts = [(i, Cut(partial(np.asarray, X), weights, first)) for i, first, X, weights in held]
    found = shards.answers(parts, task, (*before, *args))
    if before:
        return next(iter(found.values()))
    return total(found.values()) if adds else found
