"""How columns are brought to one scale: one row a scaling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kwise._core.moments import mean_and_variance
from kwise.preparation.lanes import lane_squares
from kwise.types import Floats

if TYPE_CHECKING:
    from kwise.preparation.in_parts import ColumnStream


@dataclass(frozen=True)
class Scaling:
    """A scaling: what it subtracts from and divides each column by, and what it says.

    ``of_stream`` finds the same of rows that came in parts. ``by_row`` tells that each row is
    divided by its own length instead, ``by_ranks`` that quartiles are asked for.
    """

    name: str
    fit: Callable[[Floats], tuple[Floats, Floats]]
    of_stream: Callable[[ColumnStream], tuple[Floats, Floats]]
    sentence: str
    by_row: bool = False
    by_ranks: bool = False


def _standard(X: Floats) -> tuple[Floats, Floats]:
    mean, variance = mean_and_variance(X)
    # What rounding may make of a constant column, as scikit-learn's scaler has it.
    eps = np.finfo(float).eps
    nothing = variance <= len(X) * eps * variance + (len(X) * mean * eps) ** 2
    return mean, np.where(nothing, 1.0, np.sqrt(variance))


def _minmax(X: Floats) -> tuple[Floats, Floats]:
    low, high = X.min(axis=0), X.max(axis=0)
    return low, _divisor(high - low, low, high)


def _robust(X: Floats) -> tuple[Floats, Floats]:
    first, third = np.percentile(X, (25, 75), axis=0)
    return np.median(X, axis=0), _robust_divisor(
        third - first, X.std(axis=0), X.min(axis=0), X.max(axis=0)
    )


def _none(X: Floats) -> tuple[Floats, Floats]:
    return np.zeros(X.shape[1]), np.ones(X.shape[1])


def _standard_of_stream(stream: ColumnStream) -> tuple[Floats, Floats]:
    return stream.mean, _divisor(stream.std, stream.low, stream.high)


def _minmax_of_stream(stream: ColumnStream) -> tuple[Floats, Floats]:
    return stream.low, _divisor(stream.high - stream.low, stream.low, stream.high)


def _robust_of_stream(stream: ColumnStream) -> tuple[Floats, Floats]:
    first, median, third = stream.quartiles
    return median, _robust_divisor(third - first, stream.std, stream.low, stream.high)


def _none_of_stream(stream: ColumnStream) -> tuple[Floats, Floats]:
    return np.zeros(len(stream.n)), np.ones(len(stream.n))


def _robust_divisor(between: Floats, std: Floats, low: Floats, high: Floats) -> Floats:
    """Return the distances between quartiles; the deviations where these are one value."""
    return _divisor(np.where(_is_spread(between, low, high), between, std), low, high)


def _divisor(found: Floats, low: Floats, high: Floats) -> Floats:
    """Return spreads that can be divided by: 1 where there is none."""
    return np.where(_is_spread(found, low, high), found, 1.0)


def _is_spread(found: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Tell spreads from rounding, which is as large as the cells make it in whatever unit."""
    size = np.maximum(np.abs(low), np.abs(high))
    return np.asarray(found > 10 * np.finfo(float).eps * size)


def _rows(
    *scalings: Scaling,
) -> Mapping[str, Scaling]:
    """Index scalings by their names."""
    return MappingProxyType({each.name: each for each in scalings})


SCALINGS = _rows(
    Scaling(
        "standard",
        _standard,
        _standard_of_stream,
        "Each column was centered on its mean and divided by its standard deviation, "
        "so that no unit outweighs another (scale='standard').",
    ),
    Scaling(
        "minmax",
        _minmax,
        _minmax_of_stream,
        "Each column was stretched from its smallest to its largest cell onto 0 to 1 "
        "(scale='minmax').",
    ),
    Scaling(
        "robust",
        _robust,
        _robust_of_stream,
        "Each column was centered on its median and divided by its interquartile range (its "
        "standard deviation where that is 0), so that outliers set no scale (scale='robust').",
        by_ranks=True,
    ),
    Scaling(
        "none",
        _none,
        _none_of_stream,
        "Columns keep their own units: those that vary more weigh more (scale='none').",
    ),
    Scaling(
        "normalize-rows",
        _none,
        _none_of_stream,
        "Each row was divided by its length, so that only its direction counts "
        "(scale='normalize-rows').",
        by_row=True,
    ),
)


def row_lengths(X: Floats) -> Floats:
    """Return the Euclidean length of each row, 1 for a row of zeros, as a column."""
    lengths: Floats = np.sqrt(lane_squares(X))
    lengths[lengths == 0.0] = 1.0
    return lengths[:, None]
