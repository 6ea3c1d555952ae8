"""Parts of a data set as the engine takes them: what each finds merges into the answer of all.

``Part`` labels its rows and sums them in the units of the whole; ``Totals`` adds the sums of all
parts, in any order, and moves the centers; ``PartSeeding`` is k-means++ one part at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kwise._core import Array, Labels, _native

__all__ = [
    "CHUNK_ROWS",
    "Part",
    "PartSeeding",
    "Totals",
    "Whole",
    "add_to_column_sums",
    "chunk_squares",
    "draw_row",
    "hold_part",
    "hold_totals",
    "seed_part",
]

# Sums are added within chunks of so many rows first: parts begin at multiples of it.
CHUNK_ROWS = 2048


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of all rows, wherever they are, and with it the units of exact sums.

    ``largest`` are the columns' largest absolute values less ``shift``. Rows are read in units of
    ``2**exponent``, in which ``shift`` and ``largest`` are, too.
    """

    n_rows: int
    shift: Array
    largest: NDArray[np.float64]
    largest_weight: float
    weighted: bool
    exponent: int = 0


class Part(Protocol):
    """The rows of one part, their labels, and their sums."""

    def assign(self, centers: Array) -> int:
        """Label every row; return how many labels changed."""

    def centers_moved(self, shifts: NDArray[np.float64]) -> None:
        """Tell how far each center moved since, rounded up."""

    def sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the sums and the masses of the clusters, split at the units of the whole."""

    def labels(self) -> Labels:
        """Return the labels."""

    def chunk_inertias(self, centers: Array) -> NDArray[np.float64]:
        """Return the inertia of each chunk of rows."""

    def distances(self, centers: Array) -> NDArray[np.float64]:
        """Return every row's squared distance to the center of its label."""

    def farthest(self, centers: Array, count: int) -> tuple[NDArray[np.int64], Labels, Array]:
        """Return rows far from their centers, farthest first, their labels and distances."""


class Totals(Protocol):
    """The sums of all parts."""

    def clear(self) -> None:
        """Forget them."""

    def add(self, sums: NDArray[np.float64], mass: NDArray[np.float64]) -> None:
        """Add those of a part."""

    def empty_clusters(self) -> list[int]:
        """Return the clusters without mass."""

    def rounded(self) -> NDArray[np.float64]:
        """Return the sums, rounded once."""

    def move(
        self,
        centers: Array,
        rows: Array,
        weights: NDArray[np.float64],
        from_: NDArray[np.int64],
        to: NDArray[np.int64],
    ) -> tuple[Array, NDArray[np.float64], float]:
        """Return the next centers, how far each went, and the sum of the squared ways."""


class PartSeeding(Protocol):
    """The distances of a part's rows to the nearest seed."""

    def lower(self, seed: Array, kept: bool) -> NDArray[np.float64]:
        """Return the potential of each chunk with one seed more."""

    def look_up(
        self, targets: NDArray[np.float64], n_rows_in_all: int, before: float
    ) -> tuple[NDArray[np.int64], float]:
        """Return where the running sum reaches the ascending targets, and its end."""

    def distances(self) -> Array:
        """Return the distances."""


def hold_part(
    X: Array, weights: Array | None, whole: Whole, n_clusters: int, *, kept: bool, n_threads: int
) -> Part:
    """Hold the rows of one part; packed once if ``kept``, else whenever they are labeled."""
    kind = _native.Part32 if X.dtype == np.float32 else _native.Part64
    part: Part = kind(
        X,
        whole.shift,
        weights,
        whole.n_rows,
        whole.largest,
        whole.largest_weight,
        whole.weighted,
        n_clusters,
        kept,
        n_threads,
    )
    return part


def hold_totals(whole: Whole, n_clusters: int) -> Totals:
    """Hold sums of rows of the shift's type."""
    kind = _native.Totals32 if whole.shift.dtype == np.float32 else _native.Totals64
    totals: Totals = kind(
        whole.n_rows, whole.largest, whole.largest_weight, whole.weighted, n_clusters
    )
    return totals


def seed_part(X: Array, shift: Array, weights: Array | None, n_threads: int) -> PartSeeding:
    """Hold the rows of one part for k-means++."""
    kind = _native.PartSeeding32 if X.dtype == np.float32 else _native.PartSeeding64
    seeding: PartSeeding = kind(X, shift, weights, n_threads)
    return seeding


def add_to_column_sums(X: Array, before: Array) -> Array:
    """Return ``before`` with the rows added, one after the other, in X's type."""
    sums: Array = _native.add_to_column_sums(X, before)
    return sums


def chunk_squares(X: Array, means: Array, n_threads: int) -> NDArray[np.float64]:
    """Return, for each chunk, the columns' sums of differences from ``means``, and of squares."""
    found: NDArray[np.float64] = _native.chunk_squares(X, means, n_threads)
    return found


def draw_row(weights: Array | None, n_rows: int, dtype: np.dtype, uniform: float) -> int:
    """Return a row by weight, as the engine's k-means++ draws its first."""
    draw = _native.draw_row32 if dtype == np.float32 else _native.draw_row64
    return int(draw(weights, n_rows, uniform))
