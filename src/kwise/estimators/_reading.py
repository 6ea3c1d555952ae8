"""Labels, distances and inertia of rows that lie elsewhere, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise.estimators._assign import assign, assign_inertia, distances
from kwise.results import Floats
from kwise.row_sources import Rows

__all__ = [
    "check_weight_array",
    "check_width",
    "predict_rows",
    "score_rows",
    "transform_rows",
]

_BLOCK_BYTES = 2**25


def _blocks(rows: Rows) -> Iterator[Floats]:
    """Yield blocks of rows that are small beside memory."""
    return rows.blocks(max(256, _BLOCK_BYTES // (rows.shape[1] * rows.dtype.itemsize)))


def check_width(rows: Rows, centers: Floats, name: str) -> None:
    """Refuse rows of another number of columns than the centers have."""
    if rows.shape[1] != centers.shape[1]:
        raise ValueError(
            f"X has {rows.shape[1]} features, but {name} is expecting {centers.shape[1]} features "
            "as input."
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
    if not finite and not np.isfinite(block).all():
        raise ValueError("Input X contains NaN or infinity. Leave such rows out, or fill them.")
    return labels


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
    """Return the distances of a block."""
    return distances(np.ascontiguousarray(block), centers)[0]


def score_rows(rows: Rows, centers: Floats, weights: Floats | None) -> float:
    """Return minus the inertia of the rows."""
    total, at = 0.0, 0
    for block in _blocks(rows):
        own = None if weights is None else weights[at : at + len(block)]
        total += assign_inertia(np.ascontiguousarray(block), centers, own)[1]
        at += len(block)
    return -total


def check_weight_array(sample_weight: ArrayLike | None, rows: Rows) -> Floats | None:
    """Return the weights in the rows' type; refuse another number of them."""
    if sample_weight is None:
        return None
    if hasattr(sample_weight, "compute"):
        sample_weight = sample_weight.compute()
    weights: Floats = np.ascontiguousarray(np.asarray(sample_weight), rows.dtype)
    if weights.ndim == 0:
        weights = np.full(len(rows), weights)
    if weights.shape != (len(rows),):
        raise ValueError(
            f"sample_weight has shape {weights.shape}; pass one weight per row, ({len(rows)},)."
        )
    return weights
