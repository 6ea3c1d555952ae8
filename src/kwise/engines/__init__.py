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
from kwise.engines.memory import Estimate
from kwise.engines.opening import reckon_local
from kwise.engines.reckoning import RECKONERS, Spread
from kwise.results import Floats

__all__ = ["ENGINES", "check_engine", "open_engine", "reckon"]

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


def reckon(rows: Any, n_clusters: int) -> Estimate | Spread:
    """Reckon what a fit of rows takes where they name, and what is free there."""
    name, address = check_engine(rows.engine)
    return RECKONERS.get(name, reckon_local)(rows, n_clusters, address)


def open_engine(rows: Any, weights: Floats | None, n_clusters: int) -> Engine:
    """Open the engine that rows name: "dask", or "dask://HOST:PORT" for one at an address.

    Raises
    ------
    MemoryError
        If the rows do not fit there; the message says what is needed.
    """
    name, address = check_engine(rows.engine)
    needs = reckon(rows, n_clusters) if name in RECKONERS else None
    if needs is not None and not needs.fits:
        raise MemoryError(str(needs))
    module, _, function = ENGINES[name].partition(":")
    opened: Callable[..., Engine] = getattr(import_module(module), function)
    return opened(rows, weights, n_clusters, address)
