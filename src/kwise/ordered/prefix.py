"""What any stretch of neighboring rows costs, from sums over all rows before each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Prefix", "prefix_sums"]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Sums over the rows before each position 0..n_samples, about the weighted mean.

    ``weight`` (n_samples + 1,), ``sums`` (n_samples + 1, n_features), ``squares``
    (n_samples + 1,): the stretch [start, stop) has the difference of two entries.
    """

    weight: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]

    def cost(self, start: NDArray[np.intp], stop: NDArray[np.intp] | int) -> NDArray[np.float64]:
        """Return the inertia of each stretch [start, stop) about its own mean."""
        weight = self.weight[stop] - self.weight[start]
        sums = self.sums[stop] - self.sums[start]
        spread = np.einsum("ij,ij->i", sums, sums)
        # A stretch without weight costs nothing; rounding must not make a cost negative.
        mean_part = np.divide(spread, weight, out=np.zeros_like(spread), where=weight > 0)
        cost: NDArray[np.float64] = self.squares[stop] - self.squares[start] - mean_part
        return np.maximum(cost, 0.0, out=cost)


def prefix_sums(X: NDArray[np.float64], weight: NDArray[np.float64]) -> Prefix:
    """Sum weights, rows and squared rows before each position."""
    # About the mean, the squares are as small as they can be, and so is their cancellation.
    centered = X - np.average(X, axis=0, weights=weight)
    weighted = centered * weight[:, None]
    zeros = np.zeros((1, X.shape[1]))
    return Prefix(
        weight=np.concatenate([[0.0], np.cumsum(weight)]),
        sums=np.concatenate([zeros, np.cumsum(weighted, axis=0)]),
        squares=np.concatenate([[0.0], np.cumsum(np.einsum("ij,ij->i", weighted, centered))]),
    )
