"""The compiled engine's Python face: what the estimators, seeds and metrics may call.

Everything here works on checked arrays; messages for users are made by the callers.
"""

from __future__ import annotations

import os
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

try:
    from kwise._core import _native
except ImportError as error:  # pragma: no cover - only in a broken installation
    raise ImportError(
        "kwise's compiled core is missing; build it with: pip install kwise (from a checkout: "
        "make test)"
    ) from error

__all__ = [
    "Points",
    "Silhouette",
    "assign",
    "build_info",
    "dip",
    "distances",
    "inertia",
    "kmeans_plusplus",
    "lloyd",
    "pack",
    "pack_sparse",
]

Points: TypeAlias = (
    "_native.Points32 | _native.Points64 | _native.SparsePoints32 | _native.SparsePoints64"
)
Array: TypeAlias = NDArray[np.float32] | NDArray[np.float64]

kmeans_plusplus = _native.kmeans_plusplus
lloyd = _native.lloyd
assign = _native.assign
inertia = _native.inertia
Silhouette = _native.Silhouette
dip = _native.dip
distances = _native.distances


def pack(X: Array, shift: Array | None, sample_weight: Array | None, n_threads: int) -> Points:
    """Pack rows once for any number of seedings and runs; rows are held as ``X - shift``."""
    kind = _native.Points32 if X.dtype == np.float32 else _native.Points64
    return kind(X, shift, sample_weight, n_threads)


def pack_sparse(X: sparse.csr_matrix, sample_weight: Array | None, n_threads: int) -> Points:
    """Take the rows of a CSR matrix as they are: not centered, never made dense.

    Entries of one row at the same column add up.
    """
    kind = _native.SparsePoints32 if X.dtype == np.float32 else _native.SparsePoints64
    starts = X.indptr.astype(np.int64, copy=False)
    columns = X.indices.astype(np.int32, copy=False)
    return kind(X.data, columns, starts, X.shape[1], sample_weight, n_threads)


def build_info() -> dict[str, object]:
    """Tell how the engine was built and what it uses on this machine.

    Returns
    -------
    dict
        ``version``, ``compiler``, ``isa`` (the instruction set in use: "baseline", "avx2" or
        "avx512"), ``machine_isa`` (the best that the machine has), ``max_isa`` (the value of
        ``KWISE_MAX_ISA``, or None).

    Examples
    --------
    >>> import kwise
    >>> kwise.build_info()["isa"] in {"baseline", "avx2", "avx512"}
    True
    """
    return {
        "version": _native.version,
        "compiler": f"g++ {_native.compiler}",
        "isa": _native.isa(),
        "machine_isa": _native.machine_isa(),
        "max_isa": os.environ.get("KWISE_MAX_ISA"),
    }
