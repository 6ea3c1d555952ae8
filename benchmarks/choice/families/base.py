"""What a simulated table is, and what families draw them with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Rows, the group of each (-1: noise), and whether groups exist that are not round.

    ``also`` holds other numbers of groups that are as right, as of groups that stand in groups.
    """

    X: Floats
    groups: NDArray[np.intp]
    shaped: bool = False
    also: tuple[int, ...] = ()

    @property
    def k(self) -> int:
        """Return the number of groups, noise not counted."""
        return len(set(self.groups.tolist()) - {-1})


def centers_apart(rng, k: int, d: int, least: float, most: float) -> Floats:
    """Draw centers so that each one's nearest neighbor is `least` to `most` away."""
    placed = [np.zeros(d)]
    while len(placed) < k:
        anchor = placed[rng.integers(len(placed))]
        step = rng.normal(size=d)
        new = anchor + step / np.linalg.norm(step) * rng.uniform(least, most)
        if min(np.linalg.norm(new - each) for each in placed) >= least:
            placed.append(new)
    return np.array(placed)


def sizes_of(rng, n: int, k: int, ratio: float = 1.5) -> NDArray[np.intp]:
    share = np.exp(rng.uniform(0, np.log(ratio), k)) if ratio > 1 else np.ones(k)
    return np.maximum(np.round(n * share / share.sum()).astype(int), 12)


def blobs(rng, k, d, sizes, centers, scales=None, draw=None) -> Table:
    scales = np.ones(k) if scales is None else scales
    draw = draw or (lambda rng, n, d: rng.normal(size=(n, d)))
    parts = [centers[c] + scales[c] * draw(rng, sizes[c], d) for c in range(k)]
    return Table(np.vstack(parts), np.repeat(np.arange(k), sizes))


def some(rng, low=2, high=8):
    k = int(rng.integers(low, high + 1))
    d = int(rng.choice([2, 2, 3, 4, 6, 10, 15, 20]))
    n = int(k * rng.integers(25, 110)) + 30
    return k, d, min(n, 1000)


def shaped(table: Table) -> Table:
    return Table(table.X, table.groups, shaped=True)


def turned(rng, X: Floats) -> Floats:
    return X @ np.linalg.qr(rng.normal(size=(X.shape[1], X.shape[1])))[0]


def scaled(X: Floats) -> Floats:
    """Return columns of mean 0 and variance 1, as a careful person would pass them."""
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def rows_between(rng, least: int, most: int) -> int:
    """Draw a number of rows, small ones as often as large ones."""
    return int(np.exp(rng.uniform(np.log(least), np.log(most))))
