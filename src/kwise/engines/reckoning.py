"""What a fit takes where rows say, and what is free there: reckoned before a row is read.

To reckon for an engine: a function (rows, n_clusters, address), and a row in ``RECKONERS``.
"""

from __future__ import annotations

import platform
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from kwise._memory import free_memory, told_bytes
from kwise.engines.cutting import aligned
from kwise.engines.memory import Estimate, kept_bytes_a_row
from kwise.engines.opening import reckon_local

__all__ = ["RECKONERS", "Room", "Spread", "check_heap", "room_on"]


class Room(NamedTuple):
    """Memory that a cluster's workers can still take, 0 where nobody knows, and whose it is."""

    free: int
    whose: str


def room_on(told: Iterable[tuple[str, int | None]], whose: str) -> Room:
    """Return what workers have that tell their machine and what is free there for them."""
    least: dict[str, int] = {}
    for machine, free in told:
        if free is not None:
            least[machine] = min(free, least.get(machine, free))
    return Room(sum(least.values()), whose)


@dataclass(frozen=True)
class Spread:
    """What a fit takes on a cluster, as it is reckoned before work, and what its workers have."""

    n_rows: int
    n_features: int
    row_bytes: int
    needed: int
    room: Room

    @property
    def fits(self) -> bool:
        """Whether the workers have what is needed, or nobody knows what they have."""
        return not self.room.free or self.needed <= self.room.free

    def __str__(self) -> str:
        """Say it in sentences."""
        rows = f"{self.n_rows:,} rows x {self.n_features} columns ({told_bytes(self.row_bytes)})"
        there = f"{self.room.whose} have {told_bytes(self.room.free)} free"
        told = f"{rows}: as numbers and packed they take {told_bytes(self.needed)} of memory; "
        told += f"{there if self.room.free else 'what is free is unknown'}."
        if self.fits:
            return told
        return (
            f"{told} Add workers, or read the rows in parts on one machine: "
            "kwise.rows(..., engine='local')."
        )


def spread(rows: Any, n_clusters: int, room: Room, *, copies: int = 1, shards: int = 1) -> Spread:
    """Reckon what a fit takes of workers that hold the rows, and packed ones, so many times."""
    n, d = rows.shape
    own = n * d * rows.dtype.itemsize
    packed = n * kept_bytes_a_row(d, rows.dtype, n_clusters)
    return Spread(n, d, own, copies * own + shards * packed, room)


def reckon_dask(rows: Any, n_clusters: int, address: str) -> Estimate | Spread:
    """Reckon what a fit takes of Dask's workers; whole chunks that they hold are there already."""
    from kwise.engines.dask import blocks_of, client_at

    try:
        client = client_at(address)
    except OSError as error:
        raise ValueError(f"engine='dask://{address}': no cluster answers ({error})") from None
    if client is None:
        if rows.parts() is None:
            warnings.warn(
                "engine='dask': this process is no client of a cluster, so the rows are read in "
                "parts here. Make one (distributed.Client), or give its address "
                "('dask://HOST:8786').",
                UserWarning,
                stacklevel=2,
            )
        return reckon_local(rows, n_clusters)
    array, n_rows = rows.parts(), len(rows)
    is_held = False
    if array is not None and n_rows and aligned(array.chunks[0]) == array.chunks[0]:
        blocks = blocks_of(client, array)
        is_held = None not in blocks and all(block.done() for block in blocks)
    return spread(rows, n_clusters, _room_of_dask(client), copies=0 if is_held else 1)


def _room_of_dask(client: Any) -> Room:
    """Return what the workers have: of a machine what is free, at most what they may take."""
    free: Mapping[str, int | None] = client.run(free_memory)
    told: list[tuple[str, int | None]] = []
    allowed: dict[str, list[int]] = {}
    for address, worker in client.scheduler_info(n_workers=-1)["workers"].items():
        used = worker["metrics"].get("memory", 0)
        left = worker["memory_limit"] - used if worker["memory_limit"] else 2**62
        allowed.setdefault(worker["host"], []).append(left)
        told.append((worker["host"], free.get(address)))
    told += [(machine, sum(left)) for machine, left in allowed.items() if max(left) < 2**62]
    return room_on(told, "Dask's workers")


def reckon_ray(rows: Any, n_clusters: int, address: str) -> Spread:
    """Reckon what a fit takes of actors, and what their machines have."""
    from kwise.engines.ray import cluster_at, on_machine, places

    ray = cluster_at(address)
    machines = list(dict.fromkeys(node for node, _ in places(ray)))
    asked = [on_machine(ray, node, free_memory).options(num_cpus=0) for node in machines]
    found = ray.get([each.remote() for each in asked])
    return spread(rows, n_clusters, room_on(zip(machines, found), "Ray's workers"))


def reckon_spark(rows: Any, n_clusters: int, address: str) -> Spread:
    """Reckon what a fit takes of the executors, and of the Python workers: two may hold a part."""
    from kwise.engines.spark import session_at

    context = session_at(address).sparkContext
    count = max(1, context.defaultParallelism)
    told = context.parallelize(range(count), count).map(_free_here).collect()
    return spread(rows, n_clusters, room_on(told, "Spark's executors"), copies=3, shards=2)


def check_heap(session: Any, rows: Any) -> None:
    """Refuse rows of this process that would not go through the memory of Spark's driver."""
    n_bytes = rows.shape[0] * rows.shape[1] * rows.dtype.itemsize
    most = int(session._jvm.java.lang.Runtime.getRuntime().maxMemory()) // 4
    if n_bytes > most:
        raise MemoryError(
            f"{rows!r}: rows of this process go to executors through Spark's driver, and take "
            f"{told_bytes(n_bytes)} of the {told_bytes(most)} that its memory allows. Write them "
            "to a folder that the executors see, and pass kwise.rows(folder, engine='spark'); or "
            "raise spark.driver.memory."
        )


def _free_here(_: int) -> tuple[str, int | None]:
    """Return this machine's name, and the memory that is free on it."""
    return platform.node(), free_memory()


# Name of an engine -> what reckons for it; an engine without a row takes what it takes.
RECKONERS: Mapping[str, Callable[[Any, int, str], Estimate | Spread]] = MappingProxyType(
    {"local": reckon_local, "dask": reckon_dask, "ray": reckon_ray, "spark": reckon_spark}
)
