"""Shares of two samples, and how far apart they may be by chance: all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.types import Floats

__all__ = ["LEVELS", "difference_band", "largest_deviations", "width_at"]

# Rates of false alarms for which the width of the band is kept with a model.
LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_DRAWS = 2000
# Beyond so many cells the width is that for cells which know nothing of each other.
_MOST_CELLS = 6000


def largest_deviations(
    hits: NDArray[np.bool_],
    members: NDArray[np.bool_],
    groups: NDArray[np.intp],
    rng: np.random.Generator,
) -> Floats:
    """Return, for each of ``LEVELS``, how many standard errors the largest deviation may be.

    Between two samples of the same rows' distribution, the largest of all deviations of cells
    exceeds it with that probability. How cells hang together is taken from the rows given, by a
    multiplier bootstrap; shapes are (n, n_cells) and (n, n_groups).
    """
    share = hits.sum(axis=0) / np.maximum(members.sum(axis=0), 1)[groups]
    varied = np.flatnonzero((share > 0) & (share < 1))
    if not len(varied):
        return np.zeros(len(LEVELS))
    apart = -ndtri(np.array(LEVELS) / 2 / len(varied))  # Bonferroni's, never exceeded
    if len(varied) > _MOST_CELLS:
        return np.asarray(apart, dtype=np.float64)
    influence = hits[:, varied] - members[:, groups[varied]] * share[varied].astype(np.float32)
    influence = influence.astype(np.float32)
    influence /= np.sqrt(np.einsum("ij,ij->j", influence, influence))
    largest = np.empty(_DRAWS, dtype=np.float32)
    step = 500
    for start in range(0, _DRAWS, step):
        multipliers = rng.standard_normal((step, len(hits)), dtype=np.float32)
        largest[start : start + step] = np.abs(multipliers @ influence).max(axis=1)
    found: Floats = np.minimum(np.quantile(largest, 1 - np.array(LEVELS)), apart)
    return found


def width_at(widths: Floats, level: float) -> float:
    """Return the width for any rate of false alarms between the first and the last of LEVELS."""
    at = np.log(np.array(LEVELS[::-1]))
    return float(np.interp(np.log(level), at, widths[::-1]))


def difference_band(
    before: tuple[Floats, Floats], after: tuple[Floats, Floats], width: float
) -> tuple[Floats, Floats, Floats]:
    """Return the differences of shares, after - before, with the least and the most they may be.

    Each sample is (hits, totals) by cell. The limits of the two shares are Jeffreys', put together
    as Newcombe does, so that few rows and rare cells are given their due; where a sample has no
    rows the difference is 0 and may be anything.
    """
    tail = float(ndtr(-width))
    first, low_before, high_before = _limits(*before, tail)
    second, low_after, high_after = _limits(*after, tail)
    change = second - first
    low = change - np.hypot(second - low_after, high_before - first)
    high = change + np.hypot(high_after - second, first - low_before)
    known = (before[1] > 0) & (after[1] > 0)
    return (
        np.where(known, change, 0.0),
        np.where(known, low, -1.0),
        np.where(known, high, 1.0),
    )


def _limits(hits: Floats, totals: Floats, tail: float) -> tuple[Floats, Floats, Floats]:
    """Return shares with Jeffreys' limits for a probability of ``tail`` on either side."""
    share = hits / np.maximum(totals, 1)
    rest = totals - hits
    low = np.where(hits > 0, betaincinv(hits + 0.5, rest + 0.5, tail), 0.0)
    high = np.where(rest > 0, betaincinv(hits + 0.5, rest + 0.5, 1 - tail), 1.0)
    return share, np.minimum(low, share), np.maximum(high, share)
