"""The single group that is nearest to a table: every axis with one peak, axes independent."""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression

from kwise.types import Floats

__all__ = ["Unimodal"]

# Places at which an axis is described, and where its peak is looked for.
N_STEPS = 64
N_PEAKS = 15


class Unimodal:
    """Draws tables of one group with the spread, the skew and the tails of a given one.

    Axes are the columns or the principal axes, ``along`` which the rows lie, whichever are nearer
    to being independent: those with the smaller sum of entropies.
    """

    def __init__(self, data: Floats, along: Floats) -> None:
        choices = [_moving(data), _moving(along)]
        levels = np.linspace(0.0, 1.0, min(N_STEPS, len(data)) + 1)
        quantiles = [np.quantile(each, levels, axis=0) for each in choices]
        entropies = [_entropy(each) for each in quantiles]
        best = min((0, 1), key=lambda i: (quantiles[i].shape[1], entropies[i]))
        self._levels = levels
        self._curves = [_one_peak(column) for column in quantiles[best].T]

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw n rows."""
        where = rng.random((n, len(self._curves)))
        columns = [
            np.interp(where[:, j], shares, places)
            for j, (shares, places) in enumerate(self._curves)
        ]
        return np.column_stack(columns)


def _moving(along: Floats) -> Floats:
    """Return the axes along which rows differ."""
    extent = np.ptp(along, axis=0)
    return along[:, extent > 1e-9 * extent.max(initial=0.0)]


def _entropy(quantiles: Floats) -> float:
    """Return the sum of the axes' entropies, from the spacings of their quantiles."""
    steps = np.diff(quantiles, axis=0)
    floor = 1e-6 * np.ptp(quantiles, axis=0) + 1e-300
    return float(np.log(np.maximum(steps, floor)).mean(axis=0).sum())


def _one_peak(places: Floats) -> tuple[Floats, Floats]:
    """Return the cumulative shares at these quantiles of the nearest density with one peak."""
    mass = np.full(len(places) - 1, 1.0 / (len(places) - 1))
    width = np.maximum(np.diff(places), 1e-9 * (places[-1] - places[0]))
    density = mass / width
    best, nearest = mass, np.inf
    for peak in np.unique(np.linspace(0, len(mass), N_PEAKS).astype(int)):
        rising = _monotone(density[:peak], width[:peak], increasing=True)
        falling = _monotone(density[peak:], width[peak:], increasing=False)
        found = np.r_[rising, falling] * width
        away = np.abs(np.cumsum(found - mass)).max()
        if away < nearest:
            best, nearest = found, away
    shares = np.r_[0.0, np.cumsum(best)]
    return shares / shares[-1], places


def _monotone(density: Floats, width: Floats, *, increasing: bool) -> Floats:
    """Return the nearest density that only rises, or only falls."""
    if len(density) == 0:
        return density
    found: Floats = isotonic_regression(density, weights=width, increasing=increasing).x
    return found
