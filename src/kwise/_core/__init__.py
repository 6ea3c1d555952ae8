"""The compiled engine's Python face: what the estimators, seeds and metrics may call.

Everything here works on checked arrays; messages for users are made by the callers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

try:
    # By name, since its overloads (one for each float type) say less here than the types below.
    _native = import_module("kwise._core._native")
except ImportError as error:  # pragma: no cover - only in a broken installation
    raise ImportError(
        "kwise's compiled core is missing; build it with: pip install kwise (from a checkout: "
        "make test)"
    ) from error

__all__ = [
    "Points",
    "Silhouette",
    "assign",
    "best_of_runs",
    "best_of_seeded_runs",
    "breathe",
    "build_info",
    "column_means",
    "column_statistics",
    "column_variances",
    "dip",
    "distances",
    "inertia",
    "kmeans_plusplus",
    "lloyd",
    "next_layer",
    "next_segments",
    "pack",
    "pack_sparse",
    "seeded_lloyd",
    "sparse_inertia",
]

Array: TypeAlias = NDArray[np.float32] | NDArray[np.float64] | NDArray[np.floating]
Labels: TypeAlias = NDArray[np.int32]


class Points(Protocol):
    """Rows that the engine holds, of one float type, dense or sparse."""

    n_samples: int
    n_features: int


class DensePoints(Points, Protocol):
    """Dense rows; ``variance`` is the mean of the columns' around the shift, else NaN.

    ``largest`` is the largest absolute value, less the shift.
    """

    variance: float
    largest: float


class LloydResult(TypedDict, total=False):
    """What ``lloyd`` returns; the history only where it was asked for."""

    centers: Array
    labels: Labels
    inertia: float
    n_iter: int
    strict_convergence: bool
    converged: bool
    center_shift: float
    history_centers: Array
    history_inertia: NDArray[np.float64]


def lloyd(
    points: Points,
    centers: Array,
    max_iter: int,
    tol: float,
    n_threads: int,
    keep_history: bool = False,
    on_iteration: Callable[[int, float], None] | None = None,
) -> LloydResult:
    """Descend from ``centers``; ``tol`` is absolute, on the sum of squared shifts."""
    result: LloydResult = _native.lloyd(
        points, centers, max_iter, tol, n_threads, keep_history, on_iteration
    )
    return result


def seeded_lloyd(
    points: Points,
    n_clusters: int,
    uniforms: NDArray[np.float64],
    n_trials: int,
    max_iter: int,
    tol: float,
    n_threads: int,
    keep_history: bool = False,
    on_iteration: Callable[[int, float], None] | None = None,
) -> LloydResult:
    """Descend from the dense rows that ``kmeans_plusplus`` chooses with these draws.

    The answer is that of the two calls, one after the other; together they may spare a scan.
    """
    result: LloydResult = _native.seeded_lloyd(
        points, n_clusters, uniforms, n_trials, max_iter, tol, n_threads, keep_history, on_iteration
    )
    return result


def best_of_runs(
    points: Points,
    starts: Array,
    max_iter: int,
    tol: float,
    n_threads: int,
) -> tuple[LloydResult, NDArray[np.float64]]:
    """Descend from each of ``starts`` on a thread of its own; return the best and all inertias.

    Of runs that group the rows alike the first counts, whatever rounding says.
    """
    found: LloydResult
    found, inertias = _native.best_of_runs(points, starts, max_iter, tol, n_threads)
    return found, inertias


def best_of_seeded_runs(
    points: Sequence[Points],
    n_clusters: int,
    uniforms: NDArray[np.float64],
    n_trials: int,
    max_iter: int,
    tols: NDArray[np.float64],
    n_threads: int,
) -> list[tuple[LloydResult, NDArray[np.float64]]]:
    """Seed several starts in each of several dense data sets, all of one type; find their best.

    ``uniforms`` are (n_sets, n_starts, n_draws), one of them as ``kmeans_plusplus`` takes it. The
    answers are those of that and ``best_of_runs``. Each data set is one thread's, none comes twice.
    """
    found: list[tuple[LloydResult, NDArray[np.float64]]] = _native.best_of_seeded_runs(
        tuple(points), n_clusters, uniforms, n_trials, max_iter, tols, n_threads
    )
    return found


def breathe(
    points: Points,
    centers: Array,
    uniforms: NDArray[np.float64],
    max_iter: int,
    tol: float,
    n_threads: int,
) -> LloydResult:
    """Search from ``centers`` by breathing and by moves of rows; return the run that ends it.

    The draws decide which rows become centers on trial. Limits are those of the last descents.
    """
    result: LloydResult = _native.breathe(points, centers, uniforms, max_iter, tol, n_threads)
    return result


def kmeans_plusplus(
    points: Points,
    n_clusters: int,
    uniforms: NDArray[np.float64],
    n_trials: int,
    n_threads: int,
    trial_filter: str = "automatic",
) -> NDArray[np.int64]:
    """Return the rows that greedy k-means++ chooses with these draws.

    ``trial_filter`` ("automatic", "float32", "int16" or "triangle") changes the time, never the
    rows.
    """
    rows: NDArray[np.int64] = _native.kmeans_plusplus(
        points, n_clusters, uniforms, n_trials, n_threads, trial_filter
    )
    return rows


def assign(X: Array | Points, centers: Array, n_threads: int) -> tuple[Labels, bool]:
    """Return the index of the nearest center of every row.

    And whether all rows are finite: False also where float32 cannot hold what is finite.
    """
    result: tuple[Labels, bool] = _native.assign(X, centers, n_threads)
    return result


def inertia(
    X: Array, sample_weight: Array | None, centers: Array, labels: Labels, n_threads: int
) -> float:
    """Return the weighted sum of squared distances to the centers of the labels."""
    return float(_native.inertia(X, sample_weight, centers, labels, n_threads))


def sparse_inertia(points: Points, centers: Array, labels: Labels, n_threads: int) -> float:
    """Return the same for sparse rows, with the weights that they were packed with."""
    return float(_native.inertia(points, centers, labels, n_threads))


Silhouette = _native.Silhouette


def dip(values: NDArray[np.float64]) -> float:
    """Return Hartigan's dip of sorted values."""
    return float(_native.dip(values))


def next_layer(
    weights: NDArray[np.float64],
    values: NDArray[np.float64],
    squares: NDArray[np.float64],
    before: NDArray[np.float64],
    first: int,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return each prefix's least inertia with one cluster more than in ``before``, and its cut.

    The values ascend; their sums are those before each position. Prefixes of up to ``first``
    values cannot be cut: their inertia is inf.
    """
    found: tuple[NDArray[np.float64], NDArray[np.int32]] = _native.next_layer(
        weights, values, squares, before, first
    )
    return found


def next_segments(
    weights: NDArray[np.float64],
    values: NDArray[np.float64],
    squares: NDArray[np.float64],
    before: NDArray[np.float64],
    first: int,
    low: int,
    n_threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return the same for rows in order, any of whose neighbors may be cut apart.

    Of prefixes of at least ``low`` rows, with cuts from ``first`` on; others have inf.
    """
    found: tuple[NDArray[np.float64], NDArray[np.int32]] = _native.next_segments(
        weights, values, squares, before, first, low, n_threads
    )
    return found


def distances(X: Array, centers: Array, n_threads: int) -> tuple[Array, bool]:
    """Return the Euclidean distance from every row to every center.

    And whether all rows are finite: False also where squares of huge values are not.
    """
    result: tuple[Array, bool] = _native.distances(X, centers, n_threads)
    return result


def own_and_next(
    X: Array, centers: Array, labels: Labels, n_threads: int
) -> tuple[Array, Array, Labels]:
    """Return each row's distance to its own center, that to the nearest other one, and which.

    Rows are finite, centers two or more.
    """
    own, following, which, _ = _native.own_and_next(X, centers, labels, n_threads)
    return own, following, which


def cluster_spread(
    X: Array,
    weights: NDArray[np.float64] | None,
    codes: Labels,
    n_clusters: int,
    origin: NDArray[np.float64],
    n_threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the means of the clusters less ``origin``, and rows' squared distances to theirs."""
    found: tuple[NDArray[np.float64], NDArray[np.float64]] = _native.cluster_spread(
        X, weights, codes, n_clusters, origin, n_threads
    )
    return found


def column_means(X: Array, n_threads: int) -> Array:
    """Return the means of the columns, summed row by row in X's type."""
    means: Array = _native.column_means(X, n_threads)
    return means


def column_statistics(X: Array, n_threads: int) -> tuple[Array, float]:
    """Return the means of the columns, summed row by row in X's type, and their mean variance."""
    means, variance = _native.column_statistics(X, n_threads)
    return means, float(variance)


def pack(
    X: Array,
    shift: Array | None,
    sample_weight: Array | None,
    n_threads: int,
    n_centers: int = 0,
) -> DensePoints:
    """Pack rows once for any number of seedings and runs; rows are held as ``X - shift``.

    The number of centers that rows will be compared with, where it is known, decides how they are
    packed (0: it is not known; 1: nothing is compared, hence not at all). Any may follow.
    """
    kind = _native.Points32 if X.dtype == np.float32 else _native.Points64
    points: DensePoints = kind(X, shift, sample_weight, n_threads, n_centers)
    return points


def column_variances(points: Points, n_threads: int) -> NDArray[np.float64]:
    """Return the variance of each column of sparse rows."""
    variances: NDArray[np.float64] = _native.column_variances(points, n_threads)
    return variances


def pack_sparse(
    X: sparse.csr_matrix | sparse.csr_array, sample_weight: Array | None, n_threads: int
) -> Points:
    """Take the rows of a CSR matrix as they are: not centered, never made dense.

    Entries of one row at the same column add up.
    """
    kind = _native.SparsePoints32 if X.dtype == np.float32 else _native.SparsePoints64
    if X.shape[1] > np.iinfo(np.int32).max:
        raise ValueError(f"X has {X.shape[1]} columns; at most 2^31 - 1 can be told apart.")
    starts = X.indptr.astype(np.int64, copy=False)
    columns = X.indices.astype(np.int32, copy=False)
    points: Points = kind(X.data, columns, starts, X.shape[1], sample_weight, n_threads)
    return points


def build_info() -> dict[str, object]:
    """Tell how the engine was built and what it uses on this machine.

    Returns
    -------
    dict
        ``version``, ``compiler``, ``isa`` (the instruction set in use: "baseline", "avx2",
        "avx512", "avx512vnni" or "amx", on 64-bit Arm "neon"), ``machine_isa`` (the best that
        the machine has), ``max_isa`` (the value of ``KWISE_MAX_ISA``, or None).

    Examples
    --------
    >>> import kwise
    >>> kwise.build_info()["isa"] in {"baseline", "avx2", "avx512", "avx512vnni", "amx", "neon"}
    True
    """
    return {
        "version": _native.version,
        "compiler": _native.compiler.strip(),
        "isa": _native.isa(),
        "machine_isa": _native.machine_isa(),
        "max_isa": os.environ.get("KWISE_MAX_ISA"),
    }
