"""The centers of k-means of a sample: for rows so many that a pass over them is dear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise import _core
from kwise._core.dataset import Dataset, pack
from kwise.init.base import Start
from kwise.init.hashing import uniforms_of
from kwise.init.in_parts import part_rows, parts_of, whole_of
from kwise.init.k_means_plusplus import draw_kmeans_plusplus

__all__ = ["SAMPLE_ROWS", "draw_from_sample", "sample_centers", "sampled_rows"]

# Rows expected in the sample.
SAMPLE_ROWS = 2**20


def sampled_rows(
    X: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    first_row: int,
    shift: NDArray[np.floating],
    seed: int,
    share: float,
) -> tuple[NDArray[np.floating], NDArray[np.floating] | None]:
    """Return the rows whose hash is below ``share``, less the shift, and their weights."""
    chosen = np.arange(len(X))
    if share < 1.0:
        chosen = np.flatnonzero(uniforms_of(seed, 0, first_row, len(X)) < share)
    return part_rows(X, shift, chosen), None if weights is None else weights[chosen]


def sample_centers(
    rows: NDArray[np.floating],
    weights: NDArray[np.floating] | None,
    n_clusters: int,
    rng: np.random.RandomState,
) -> NDArray[np.floating]:
    """Return where k-means of the sample, from k-means++, ends."""
    packed = pack(rows, weights, center=False)
    start = draw_kmeans_plusplus(packed, n_clusters, rng)
    tol = packed.variance * 1e-4
    found = _core.lloyd(packed.points, start.centers, 100, tol, packed.n_threads)
    return packed.unshifted(found["centers"])


def draw_from_sample(packed: Dataset, n_clusters: int, rng: np.random.RandomState) -> Start:
    """Choose the centers of k-means of about 2**20 rows, of all rows where they are fewer."""
    seed = int(rng.randint(2**31 - 1))
    share = max(SAMPLE_ROWS, 4 * n_clusters) / packed.X.shape[0]
    shift = whole_of(packed).shift
    found = [
        sampled_rows(X, weights, first, shift, seed, share)
        for X, weights, first in parts_of(packed)
    ]
    rows = np.concatenate([rows for rows, _ in found])
    weights = None
    if packed.weights is not None:
        weights = np.concatenate([each for _, each in found if each is not None])
    return Start(sample_centers(rows, weights, n_clusters, rng))
