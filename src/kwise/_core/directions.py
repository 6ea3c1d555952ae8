"""Rows by direction: divided by their lengths, as cosines and correlations compare them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix, Sparse

__all__ = ["Directions"]

# Numbers in one block of rows that is worked on at a time.
_BLOCK = 1 << 20
# What is left of a constant row less its mean, relative to its values, is rounding.
_ROUNDING = 64.0


@dataclass(frozen=True, eq=False)
class Directions:
    """Rows less their ``offsets``, over their ``lengths``; ``without`` are those that have none.

    Offsets are the rows' means where they are centered (correlation), else 0. Nothing is computed
    but on demand, block by block, in float64; sparse rows stay sparse.
    """

    X: Matrix
    offsets: NDArray[np.float64]
    lengths: NDArray[np.float64]
    without: NDArray[np.bool_]

    @classmethod
    def of(cls, X: Matrix, *, centered: bool) -> Directions:
        """Measure the rows; values far from 1 neither overflow nor vanish."""
        offsets, lengths, largest = (
            _measured_sparse(X, centered) if sparse.issparse(X) else _measured_dense(X, centered)
        )
        rounding = _ROUNDING * np.finfo(X.dtype).eps * np.sqrt(X.shape[1]) * largest
        without = lengths <= (rounding if centered else 0.0)
        lengths[without] = 1.0
        return cls(X, offsets, lengths, without)

    def dense(self, at: slice) -> NDArray[np.float64]:
        """Return some rows as unit vectors; those without direction are 0."""
        some = self.X[at].toarray() if sparse.issparse(self.X) else self.X[at]
        units: NDArray[np.float64] = some.astype(np.float64)
        units -= self.offsets[at, None]
        units /= self.lengths[at, None]
        units[self.without[at]] = 0.0
        return units

    def blocks(self) -> Iterator[slice]:
        """Cut the rows into blocks whose copies are small."""
        size = max(1, _BLOCK // self.X.shape[1])
        for first in range(0, self.X.shape[0], size):
            yield slice(first, min(first + size, self.X.shape[0]))

    def products(self, at: slice, others: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the inner products of some sparse rows, as unit vectors, with other vectors."""
        found: NDArray[np.float64] = np.asarray(self.X[at] @ others.T, dtype=np.float64)
        found -= self.offsets[at, None] * others.sum(axis=1)
        found /= self.lengths[at, None]
        found[self.without[at]] = 0.0
        return found

    def sums(
        self, codes: NDArray[np.intp], weight: NDArray[np.float64], n_groups: int
    ) -> NDArray[np.float64]:
        """Return the weighted sum of the unit vectors of each group, (n_groups, n_features)."""
        n = self.X.shape[0]
        share = np.where(self.without, 0.0, weight / self.lengths)
        if sparse.issparse(self.X):
            members = sparse.csc_array((share, codes, np.arange(n + 1)), shape=(n_groups, n))
            sums = np.asarray((members @ self.X).todense(), dtype=np.float64)
            away = np.bincount(codes, weights=share * self.offsets, minlength=n_groups)
            return sums - away[:, None]
        total = np.zeros((n_groups, self.X.shape[1]))
        for at in self.blocks():
            size = at.stop - at.start
            members = sparse.csc_array(
                (weight[at], codes[at], np.arange(size + 1)), shape=(n_groups, size)
            )
            total += members @ self.dense(at)
        return total


def _measured_dense(
    X: NDArray[np.floating], centered: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the offset, the length and about the largest value of each dense row."""
    offsets, lengths, largest = np.zeros(len(X)), np.empty(len(X)), np.empty(len(X))
    size = max(1, _BLOCK // X.shape[1])
    for first in range(0, len(X), size):
        at = slice(first, first + size)
        rows = X[at].astype(np.float64)
        scale = _powers(np.abs(rows).max(axis=1))
        if centered:
            offsets[at] = (rows / scale[:, None]).mean(axis=1) * scale
            rows -= offsets[at, None]
        rows /= scale[:, None]
        lengths[at] = scale * np.sqrt(np.einsum("ij,ij->i", rows, rows))
        largest[at] = scale
    return offsets, lengths, largest


def _measured_sparse(
    X: Sparse, centered: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the same of sparse rows, from what they store."""
    n, d = X.shape
    places = np.repeat(np.arange(n), np.diff(X.indptr))
    largest = np.zeros(n)
    np.maximum.at(largest, places, np.abs(X.data).astype(np.float64))
    scale = _powers(largest)
    scaled = X.data.astype(np.float64) / scale[places]
    squares = np.bincount(places, scaled * scaled, minlength=n)
    means = np.bincount(places, scaled, minlength=n) / d if centered else np.zeros(n)
    lengths: NDArray[np.float64] = scale * np.sqrt(np.maximum(squares - d * means**2, 0.0))
    return means * scale, lengths, scale


def _powers(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return powers of two near the values, 1 for zeros: division by them rounds nothing."""
    exponents = np.where(values > 0, np.frexp(values)[1], 0)
    powers: NDArray[np.float64] = np.ldexp(1.0, np.clip(exponents, -1000, 1000))
    return powers
