"""The mean silhouette of rows that are read in blocks: the estimate of a sample, with its error.

Three passes: means and spreads of the clusters; what they predict of every row, and the rows of the
sample; the distances between the sample and all rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Protocol, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from kwise import _core
from kwise._core.threads import effective_n_threads
from kwise._progress import Progress
from kwise.metrics.silhouette_sampling import (
    SilhouetteEstimate,
    difference_estimate,
    draw_by_cluster,
    quotas,
)
from kwise.metrics.silhouette_values import ratio
from kwise.types import Floats

__all__ = ["RowBlocks", "is_in_blocks", "sample_silhouette_of_blocks"]

_BLOCK_ROWS = 2**14


class RowBlocks(Protocol):
    """Rows that come in blocks, from the first on each time, as ``kwise.rows`` describes them."""

    shape: tuple[int, int]
    dtype: np.dtype

    def blocks(self, n_rows: int) -> Iterator[Floats]:
        """Yield all rows in order, so many at a time."""


def is_in_blocks(X: object) -> TypeGuard[RowBlocks]:
    """Tell rows that come in blocks."""
    return hasattr(X, "blocks") and hasattr(X, "shape")


def sample_silhouette_of_blocks(
    rows: RowBlocks,
    labels: ArrayLike,
    n_sampled: int,
    rng: np.random.Generator | np.random.RandomState,
    progress: Progress,
) -> SilhouetteEstimate:
    """Score a stratified sample against all rows, as ``sample_silhouette`` does in memory."""
    found, codes = np.unique(np.asarray(labels), return_inverse=True)
    if codes.shape != (rows.shape[0],):
        raise ValueError(f"labels has shape {codes.shape}; pass one a row, ({rows.shape[0]},).")
    if not 2 <= len(found) < rows.shape[0]:
        raise ValueError(
            f"Number of labels is {len(found)}. Valid values are 2 to n_samples - 1 (inclusive)"
        )
    sizes = np.bincount(codes)
    quota = quotas(sizes, n_sampled)
    drawn = draw_by_cluster(np.arange(len(codes)), codes, sizes, quota, rng)
    centers, spread = _clusters(rows, codes, sizes)
    total, sample, guesses = _predicted(rows, codes, sizes, centers, spread, drawn)
    sums = np.zeros((len(sizes), len(drawn)))
    for at, block in _numbered(rows):
        own = codes[at : at + len(block)]
        member = sparse.csr_array(
            (np.ones(len(own)), (own, np.arange(len(own)))), (len(sizes), len(own))
        )
        sums += np.asarray(member @ _apart(block, sample))
        progress("silhouette", at + len(block), len(codes))
    exact = _values(sums.T, codes[drawn], sizes)
    return difference_estimate(total, exact - guesses, sizes, quota, float(len(codes)))


def _numbered(rows: RowBlocks) -> Iterator[tuple[int, Floats]]:
    """Yield blocks with the number of their first row."""
    at = 0
    for block in rows.blocks(_BLOCK_ROWS):
        yield at, block
        at += len(block)


def _clusters(
    rows: RowBlocks, codes: NDArray[np.intp], sizes: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return the clusters' means, and their mean squared distances to them."""
    k, d = len(sizes), rows.shape[1]
    origin, sums, squares = np.zeros(d), np.zeros((k, d)), np.zeros((k, d))
    for at, block in _numbered(rows):
        if not at:
            origin = block.mean(axis=0, dtype=np.float64)
        own, apart = codes[at : at + len(block)], block - origin
        for j in range(d):
            sums[:, j] += np.bincount(own, apart[:, j], k)
            squares[:, j] += np.bincount(own, apart[:, j] ** 2, k)
    mass = np.maximum(sizes, 1)[:, None]
    means = sums / mass
    spread: Floats = np.maximum(squares / mass - means**2, 0.0).sum(axis=1)
    return origin + means, spread


def _predicted(
    rows: RowBlocks, codes: NDArray[np.intp], sizes: NDArray[np.intp], centers: Floats,
    spread: Floats, drawn: NDArray[np.intp],
) -> tuple[float, Floats, Floats]:  # fmt: skip
    """Return the sum of all predictions, and the sample's rows and predictions."""
    sample = np.empty((len(drawn), rows.shape[1]), rows.dtype)
    guesses, totals = np.empty(len(drawn)), []
    held = np.ascontiguousarray(centers, rows.dtype)
    for at, block in _numbered(rows):
        own = codes[at : at + len(block)]
        apart = _apart(block, held)
        found = _values(np.sqrt(apart**2 + spread), own, sizes, squared=True)
        totals.append(math.fsum(found))
        here = np.flatnonzero((drawn >= at) & (drawn < at + len(block)))
        sample[here], guesses[here] = block[drawn[here] - at], found[drawn[here] - at]
    return math.fsum(totals), sample, guesses


def _apart(block: Floats, others: Floats) -> Floats:
    """Return the distances of a block's rows to others."""
    found, finite = _core.distances(np.ascontiguousarray(block), others, effective_n_threads())
    if not finite:
        raise ValueError("Input X contains NaN or infinity, or cells too large for squares.")
    return np.asarray(found, np.float64)


def _values(
    apart: Floats, codes: NDArray[np.intp], sizes: NDArray[np.intp], *, squared: bool = False
) -> Any:
    """Return silhouettes of rows from their distances to clusters: sums, or roots of mean squares.

    A row leaves itself out of its own cluster; the only row of a cluster has the value 0.
    """
    at, own_size = np.arange(len(codes)), sizes[codes].astype(float)
    rest = np.where(own_size > 1, own_size - 1.0, np.nan)
    means = apart if squared else apart / np.maximum(sizes, 1)
    own = means[at, codes] * (np.sqrt(own_size / rest) if squared else own_size / rest)
    others = np.where(sizes > 0, means, np.inf)
    others[at, codes] = np.inf
    return ratio(own, others.min(axis=1))
