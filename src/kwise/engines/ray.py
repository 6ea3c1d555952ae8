"""Rows on a Ray cluster: one actor a machine holds a part of them, in its memory.

Files are read where the actor is; other rows go there once. An actor that is lost is made again
anywhere, from its part, and answers with the same bits.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise.engines.base import Engine
from kwise.engines.cutting import Cut, checked, cuts, even, total
from kwise.engines.shard import Shard, Step, Sums
from kwise.results import Floats

__all__ = ["RayEngine", "cluster_at", "on_machine", "open_ray", "places"]

# An actor that is lost is made again so often for one answer.
_TRIES = 5


def open_ray(rows: Any, weights: Floats | None, n_clusters: int, address: str = "") -> Engine:  # noqa: ARG001
    """Open rows on the cluster at an address, on the one this process is part of, or on a new one.

    Without an address Ray finds its cluster on this machine, or begins one that ends with the
    process.
    """
    return RayEngine(rows, weights, cluster_at(address))


def cluster_at(address: str) -> Any:
    """Return Ray, at work on its cluster."""
    ray = require("ray", extra="ray")
    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anyone
        where = f"ray://{address}" if address else None
        try:
            ray.init(where, log_to_driver=False, logging_level="ERROR", include_dashboard=None)
        except (ConnectionError, TimeoutError) as error:
            raise ValueError(f"engine='ray://{address}': no cluster answers ({error})") from None
    return ray


def on_machine(ray: Any, node: str, thing: Any) -> Any:
    """Return a function or class that runs on a machine, if that is still there."""
    strategies = require("ray.util.scheduling_strategies", extra="ray")
    where = strategies.NodeAffinitySchedulingStrategy(node, soft=True)
    return ray.remote(num_cpus=1, scheduling_strategy=where)(thing)


def places(ray: Any) -> list[tuple[str, int]]:
    """Return the machines that work is sent to, and their cores: an actor each."""
    alive = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0)]
    return [(node["NodeID"], int(node["Resources"]["CPU"])) for node in alive]


class _Holder:
    """An actor: one part of the rows, read when it is asked for the first time."""

    def __init__(self, cut: Cut, n_threads: int) -> None:
        self.cut, self.n_threads = cut, n_threads
        self.shard: Shard | None = None

    def answer(self, task: str, args: tuple[object, ...]) -> Any:
        """Answer by the shard's method of that name, or with what is wrong with the rows."""
        try:
            if self.shard is None:
                self.shard = self.cut.shard(self.n_threads)
            return getattr(self.shard, task)(*args)
        except (ValueError, OSError, MemoryError) as error:
            return error


class RayEngine:
    """The rows in actors of a Ray cluster; labels come back as an array."""

    in_memory = True

    def __init__(self, rows: Any, weights: Floats | None, ray: Any) -> None:
        self.ray = ray
        self.n_rows, self.n_features = rows.shape
        self.dtype, self.weighted = rows.dtype, weights is not None
        self._places = places(ray)
        sizes = even(self.n_rows, len(self._places))
        # This process owns the parts: they outlive the actor that was made of them.
        self._cuts = [ray.put(cut) for cut in cuts(rows, weights, sizes)]
        self._actors = [self._made(i) for i in range(len(self._cuts))]

    def each(self, task: str, *args: object) -> list[Any]:
        """Return every part's answer, in the order of the rows."""
        sent = self.ray.put(args)
        waiting = [actor.answer.remote(task, sent) for actor in self._actors]
        heard = [self._heard(i, answer, task, sent) for i, answer in enumerate(waiting)]
        return [checked(answer) for answer in heard]

    def add(self, task: str, *args: object) -> Sums:
        """Return the sum of the parts' answers."""
        return total(Sums(*each) for each in self.each(task, *args))

    def chain(self, task: str, before: Any, *args: object) -> Any:
        """Hand what is found from part to part."""
        for i, actor in enumerate(self._actors):
            sent = self.ray.put((before, *args))
            before = checked(self._heard(i, actor.answer.remote(task, sent), task, sent))
        return before

    def labels(self, step: Step) -> NDArray[np.int32]:
        """Return the labels of all rows."""
        return np.concatenate(self.each("labels", step))

    def close(self) -> None:
        """End the actors; the cluster stays for the next fit."""
        for actor in self._actors:
            self.ray.kill(actor)
        self._actors, self._cuts = [], []

    def _made(self, i: int) -> Any:
        """Make an actor of a part, on its machine if that is still there."""
        node, cores = self._places[i]
        kind = on_machine(self.ray, node, _Holder)
        return kind.options(name=None).remote(self._cuts[i], cores)

    def _heard(self, i: int, answer: Any, task: str, sent: Any) -> Any:
        """Return an actor's answer; where it is lost, that of another made of the same part."""
        for left in reversed(range(_TRIES)):
            try:
                return self.ray.get(answer)
            except self.ray.exceptions.RayActorError:
                if not left:
                    raise
                self._actors[i] = self._made(i)
                answer = self._actors[i].answer.remote(task, sent)
        return None
