"""Rows on a Dask cluster: they stay where they are, and each worker adds up its parts in one task.

A part is a block of a Dask array. What a worker remembers of its parts is a task's result, too, and
goes when the client goes. What is lost with a worker is made again, and the answers are the same.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from functools import partial
from operator import getitem
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
    here = client is None
    return open_local(rows, weights, n_clusters) if here else DaskEngine(rows, weights, client)


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
        self.client, self._shards = client, dict[str, Any]()
        workers = client.scheduler_info(n_workers=-1)["workers"].items()
        self._threads = {address: worker["nthreads"] for address, worker in workers}
        self.n_rows, self.n_features = rows.shape
        found = rows.parts()
        array = _described(rows, len(workers)) if found is None else found
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
        places = {i: worker for worker, parts in self._places().items() for i in parts}
        for i in range(len(places)):
            before = self._submit([i], task, args, before, at=places[i])
        return self.client.gather(before)

    def labels(self, step: Step) -> Any:
        """Return the labels as a Dask array, in the chunks of the rows."""
        da, sizes = require("dask.array", extra="dask"), np.diff(self._first).tolist()
        each: dict[int, Any] = {}
        for worker, parts in self._places().items():  # other workers would begin anew
            found = self._submit(parts, "labels", (step,), at=worker)
            each |= {i: self.client.submit(getitem, found, i, pure=False) for i in parts}
        require("distributed", extra="dask").wait([*each.values()])
        parts = [da.from_delayed(each[i], (n,), dtype=np.int32) for i, n in enumerate(sizes)]
        return da.concatenate(parts).rechunk((self.chunks,))

    def close(self) -> None:
        """Let the workers forget the rows, and what they remember of them."""
        self._blocks, self._weights, self._shards = [], [], {}

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
        # Workers are lost.
        where = {"workers": [at] if at else None, "allow_other_workers": bool(at), "retries": 5}
        if at not in self._shards:
            count = self._threads.get(at, 1)
            self._shards[at] = self.client.submit(Shards, count, pure=False, **where)
        how |= {"key": f"kwise-{task}-{uuid.uuid4().hex}", **where}
        return self.client.submit(_answers, self._shards[at], held, task, *given, **how)

    def _places(self) -> dict[str, list[int]]:
        """Return which parts lie on which worker; those that are being made again, on none."""
        where, places = self.client.who_has(self._blocks), defaultdict[str, list[int]](list)
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
    shards: Shards, held: Any, task: str, args: tuple[object, ...], *before: Any, adds: bool = False
) -> Any:
    """Return a worker's parts' answers, or their sum, or, to what was found before, the one's."""
    parts = [(i, Cut(partial(np.asarray, X), weights, first)) for i, first, X, weights in held]
    found = shards.answers(parts, task, (*before, *args))
    if before:
        return next(iter(found.values()))
    return total(found.values()) if adds else found
