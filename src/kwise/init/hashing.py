"""Random numbers that belong to rows: the same wherever a row lies, and whenever it is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["exponential_keys", "uniforms_of"]


def uniforms_of(seed: int, salt: int, first_row: int, n_rows: int) -> NDArray[np.float64]:
    """Return a number in (0, 1) for each of the rows from ``first_row`` on.

    They are bits of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) of seed, salt and row.
    """
    start = _mixed(np.array([seed], np.uint64) ^ np.uint64(salt << 40))
    rows = np.arange(first_row, first_row + n_rows, dtype=np.uint64)
    bits = _mixed(rows * np.uint64(0x9E3779B97F4A7C15) + start)
    uniforms: NDArray[np.float64] = ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return uniforms


def exponential_keys(
    seed: int, first_row: int, n_rows: int, weights: NDArray[np.floating] | None
) -> NDArray[np.float64]:
    """Return a key a row: those of the smallest keys are a draw by weight, without replacement.

    P. Efraimidis and P. Spirakis, "Weighted random sampling with a reservoir", IPL 97 (2006).
    """
    uniforms = uniforms_of(seed, 0, first_row, n_rows)
    if weights is None:
        return uniforms
    with np.errstate(divide="ignore"):
        keys: NDArray[np.float64] = -np.log(uniforms) / weights.astype(np.float64)
    return keys


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix 64 bits so that each depends on all."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed
