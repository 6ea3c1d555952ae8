"""From a description of rows to an engine that holds them on this machine."""

from __future__ import annotations

import shutil
import tempfile
from typing import Any

import numpy as np

from kwise._memory import told_bytes
from kwise.engines.local import LocalEngine
from kwise.engines.memory import Estimate, budget_of, estimate
from kwise.results import Floats

__all__ = ["open_local", "reckon_local"]

_BLOCK_BYTES = 2**24


def reckon_local(rows: Any, n_clusters: int, address: str = "") -> Estimate:
    """Reckon what a fit on this machine takes, without reading a row."""
    if address:
        raise ValueError(f"engine='local://{address}': this machine has no address.")
    n_rows, n_features = rows.shape
    return estimate(n_rows, n_features, rows.dtype, n_clusters, budget_of(rows.max_memory))


def open_local(
    rows: Any, weights: Floats | None, n_clusters: int, address: str = ""
) -> LocalEngine:
    """Open rows on this machine.

    Rows that cannot be mapped are read into memory where the budget holds them beside what a fit
    takes, else written once to a file that is mapped, in the system's folder for such files.

    Raises
    ------
    MemoryError
        If the budget, or the disk, is too small; the message says what is needed.
    """
    needs = reckon_local(rows, n_clusters, address)
    if not needs.fits:
        raise MemoryError(str(needs))
    left = needs.budget - needs.beside_bytes
    X = rows.mapped()
    if X is None and needs.row_bytes <= left // 2:
        left -= needs.row_bytes
        X = _fill(np.empty(rows.shape, rows.dtype), rows)
    elif X is None:
        X = _write(rows, needs.row_bytes)
    return LocalEngine(X, weights, budget=left, n_clusters=n_clusters)


def _fill(to: Floats, rows: Any) -> Floats:
    """Read all rows into an array."""
    at = 0
    for block in rows.blocks(max(1, _BLOCK_BYTES // (to.shape[1] * to.itemsize))):
        to[at : at + len(block)] = block
        at += len(block)
    return to


def _write(rows: Any, size: int) -> Floats:
    """Write all rows to a file without a name, which ends with the process, and map it."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if size > free:
        raise MemoryError(
            f"{rows!r}: the rows are read several times and take {told_bytes(size)} as numbers; "
            f"{told_bytes(free)} are free in {folder}. Set TMPDIR to a folder with more, or save "
            "the rows as .npy, which is read in place."
        )
    with tempfile.TemporaryFile(prefix="kwise-rows-") as file:
        for block in rows.blocks(max(1, _BLOCK_BYTES // (rows.shape[1] * rows.dtype.itemsize))):
            np.ascontiguousarray(block).tofile(file)
        mapped: Floats = np.memmap(file, rows.dtype, "r", shape=rows.shape)
    return mapped
