"""Labels, distances and inertia of rows that lie elsewhere, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise._core.parts import CHUNK_ROWS
from kwise._inputs import check_weights
from kwise._optional import require
from kwise.engines.cutting import aligned
from kwise.engines.work import sum_in_order
from kwise.estimators._assign import assign, chunk_inertias, distances
from kwise.results import Floats
from kwise.row_sources import Rows

__all__ = [
    "check_columns",
    "check_weight_array",
    "predict_rows",
    "score_rows",
    "transform_rows",
]

_BLOCK_BYTES = 2**25


def _blocks(rows: Rows) -> Iterator[Floats]:
    """Yield blocks of rows that are small beside memory."""
    return rows.blocks(max(256, _BLOCK_BYTES // (rows.n_columns * rows.dtype.itemsize)))


def check_columns(rows: Rows, centers: Floats, estimator: object) -> None:
    """Refuse rows of another number of columns than the centers have, and those of other names."""
    if rows.n_columns != centers.shape[1]:
        raise ValueError(
            f"X has {rows.n_columns} features, but {type(estimator).__name__} is expecting "
            f"{centers.shape[1]} features as input."
        )
    known = getattr(estimator, "feature_names_in_", None)
    if known is None or rows.columns is None or rows.columns == tuple(known):
        return
    same = sorted(rows.columns) == sorted(known)
    raise ValueError(
        "The feature names should match those that were passed during fit: "
        f"{rows!r} has {', '.join(map(repr, rows.columns))}, the fit had "
        f"{', '.join(map(repr, known))}. "
        + ("Choose them in that order: kwise.rows(..., columns=[...])." if same else "")
    )


def predict_rows(rows: Rows, centers: Floats) -> Any:
    """Return the label of every row: a Dask array for Dask's collections, else an array."""
    array = rows.parts()
    if array is not None:
        return array.map_blocks(
            _labels, centers, dtype=np.int32, drop_axis=1, name=None, meta=np.empty(0, np.int32)
        )
    return np.concatenate([_labels(block, centers) for block in _blocks(rows)])


def _labels(block: Floats, centers: Floats) -> NDArray[np.int32]:
    """Return the labels of a block; refuse values that are not finite."""
    labels, finite = assign(np.ascontiguousarray(block), centers)
    _check_finite(block, finite)
    return labels


def _check_finite(block: Floats, finite: bool) -> None:
    """Refuse values that are not finite; what was computed of huge ones may not be, either."""
    if not finite and not np.isfinite(block).all():
        raise ValueError("Input X contains NaN or infinity. Leave such rows out, or fill them.")


def transform_rows(rows: Rows, centers: Floats) -> Any:
    """Return the distances of every row to all centers."""
    array = rows.parts()
    if array is not None:
        dtype = np.result_type(rows.dtype, centers.dtype)
        return array.map_blocks(
            _distances,
            centers,
            dtype=dtype,
            chunks=(array.chunks[0], (len(centers),)),
            meta=np.empty((0, 0), dtype),
        )
    return np.concatenate([_distances(block, centers) for block in _blocks(rows)])


def _distances(block: Floats, centers: Floats) -> Floats:
    """Return the distances of a block; refuse values that are not finite."""
    found, finite = distances(np.ascontiguousarray(block), centers)
    _check_finite(block, finite)
    return found


def score_rows(rows: Rows, centers: Floats, weights: Floats | None) -> float:
    """Return minus the inertia of the rows: of chunks, wherever these are, added in order."""
    n_rows, array = len(rows), rows.parts()
    if array is not None:
        sizes = aligned(array.chunks[0])
        found = _chunks_of_blocks(array.rechunk((sizes, -1)), centers, weights, sizes)
    else:
        size = max(1, _BLOCK_BYTES // (rows.n_columns * rows.dtype.itemsize * CHUNK_ROWS))
        starts = range(0, n_rows, size * CHUNK_ROWS)
        found = [
            chunk_inertias(block, centers, _own(weights, at, len(block)))
            for block, at in zip(rows.blocks(size * CHUNK_ROWS), starts)  # to the blocks' end
        ]
    inertia = sum_in_order(found)
    if not np.isfinite(inertia):
        raise ValueError(
            "The inertia overflows float64: the values of X are too large. Divide them by a "
            "constant."
        )
    return -inertia


def _chunks_of_blocks(
    array: Any, centers: Floats, weights: Floats | None, sizes: tuple[int, ...]
) -> list[NDArray[np.float64]]:
    """Return the inertias of chunks of a Dask array's blocks, found where the blocks are."""
    dask = require("dask", extra="dask")
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    asked = [
        dask.delayed(chunk_inertias)(block, centers, _own(weights, start, size))
        for block, start, size in zip(array.to_delayed().ravel(), starts, sizes)
    ]
    return list(dask.compute(*asked))


def _own(weights: Floats | None, start: int, size: int) -> Floats | None:
    """Return the weights of some rows."""
    return None if weights is None else weights[start : start + size]


def check_weight_array(sample_weight: ArrayLike | None, rows: Rows) -> Floats | None:
    """Return the weights in the rows' type, in memory; refuse what is no weight."""
    given: Any = sample_weight
    weights = check_weights(given.compute() if hasattr(given, "compute") else given, rows)
    return None if weights is None else np.ascontiguousarray(weights)
