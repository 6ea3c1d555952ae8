"""Work on rows in parts, on one machine or many: the same bits everywhere.

To add an engine: a file with a class that has ``base.Engine``'s methods, a function that opens it,
and a row in ``ENGINES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from kwise._registry import unknown_name
from kwise.engines.base import Engine
from kwise.results import Floats

__all__ = ["ENGINES", "check_engine", "open_engine"]

# Name -> module and function that opens an engine: (rows, weights, n_clusters, address) -> Engine.
ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "local": "kwise.engines.opening:open_local",
        "dask": "kwise.engines.dask:open_dask",
        "ray": "kwise.engines.ray:open_ray",
        "spark": "kwise.engines.spark:open_spark",
    }
)


def check_engine(engine: str) -> tuple[str, str]:
    """Return the name and the address of an engine; refuse the name of none."""
    name, _, address = engine.partition("://")
    if name not in ENGINES:
        raise ValueError(unknown_name(name, list(ENGINES), what="engine"))
    return name, address


def open_engine(rows: Any, weights: Floats | None, n_clusters: int) -> Engine:
    """Open the engine that rows name: "dask", or "dask://HOST:PORT" for one at an address."""
    name, address = check_engine(rows.engine)
    module, _, function = ENGINES[name].partition(":")
    opened: Callable[..., Engine] = getattr(import_module(module), function)
    return opened(rows, weights, n_clusters, address)
