"""The numbers of a preparation learned from all rows of a table that comes in parts.

What is decided (columns, kinds, words, exponents of evened columns) stays as a sample said. Counts,
means, deviations, extremes and components are those of all rows; medians and quartiles come from a
sketch, whose largest error is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from scipy.linalg import eigh

from kwise._core.threads import in_turn
from kwise.preparation.categories import MISSING_LEVEL, as_text, gamma_of_variances
from kwise.preparation.missing import FILLINGS, any_nan, refuse_infinite, rows_from
from kwise.preparation.scaling import Scaling
from kwise.preparation.sketch import QuantileSketch
from kwise.preparation.skew import apply_powers
from kwise.preparation.state import FittedState
from kwise.types import Floats

__all__ = ["ColumnStream", "FramedParts", "learn_from_parts"]

_QUARTILES = (0.25, 0.5, 0.75)
_ABREAST = 32  # rows whose cells are compared at once: NumPy's loops over few columns are slow


class FramedParts:
    """Parts of a table, each as a frame with the fitted names, from the first on each time.

    ``at_once`` says how many of them memory may hold with all that is made of them.
    """

    def __init__(self, parts: Iterable[Any], framed: Callable[[Any], pl.DataFrame]) -> None:
        if isinstance(parts, Iterator):
            raise TypeError("parts are gone through several times; pass a list, no iterator")
        self._parts, self._framed = parts, framed
        self.at_once = int(getattr(parts, "at_once", 1))

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return map(self._framed, self._parts)


class ColumnStream:
    """What all rows of some columns add up to; missing cells, nan, do not count."""

    def __init__(self, origin: Floats, *, quantiles: bool) -> None:
        width = len(origin)
        self._origin = origin
        self.n = np.zeros(width, np.int64)
        self._sums, self._squares = np.zeros(width), np.zeros(width)
        self.low, self.high = np.full(width, np.inf), np.full(width, -np.inf)
        self._sketches = [QuantileSketch() for _ in range(width)] if quantiles else []

    def add(self, cells: Floats) -> None:
        """Take rows in."""
        self.take(self.of_rows(cells))
        for sketch, column in zip(self._sketches, cells.T):
            sketch.add(column[~np.isnan(column)])

    def of_rows(self, cells: Floats) -> ColumnStream:
        """Return what rows add up to, quantiles aside, from the same origin."""
        found = ColumnStream(self._origin, quantiles=False)
        if not cells.size:
            return found
        apart = cells - self._origin
        if any_nan(cells).any():
            gaps = np.isnan(cells)
            np.copyto(apart, 0.0, where=gaps)
            found.n += (~gaps).sum(axis=0)
        else:
            found.n += len(cells)
        found._sums = apart.sum(axis=0)
        found._squares = np.square(apart, out=apart).sum(axis=0)
        # fmin and fmax pass over nan.
        found.low, found.high = _reduced(np.fmin, cells), _reduced(np.fmax, cells)
        return found

    def take(self, found: ColumnStream) -> None:
        """Take in what rows add up to."""
        self.n += found.n
        self._sums += found._sums
        self._squares += found._squares
        self.low = np.fmin(self.low, found.low)
        self.high = np.fmax(self.high, found.high)

    @property
    def mean(self) -> Floats:
        """Return the means."""
        found: Floats = self._origin + self._sums / np.maximum(self.n, 1)
        return found

    @property
    def std(self) -> Floats:
        """Return the standard deviations, of all rows rather than of a sample of more."""
        n = np.maximum(self.n, 1)
        shift = self._sums / n
        found: Floats = np.sqrt(np.maximum(self._squares / n - shift * shift, 0.0))
        return found

    @property
    def quartiles(self) -> Floats:
        """Return the quartiles: three rows."""
        return np.array([each.quantiles(_QUARTILES) for each in self._sketches]).T.reshape(3, -1)

    @property
    def rank_error(self) -> float:
        """Return by how large a share of rows a quartile may be off, at most."""
        return max((each.rank_error for each in self._sketches), default=0.0)


def learn_from_parts(
    state: FittedState, scaling: Scaling, parts: Iterable[pl.DataFrame]
) -> tuple[FittedState, tuple[str, ...]]:
    """Return the state with the numbers of all rows, and what is to be said of them.

    ``parts`` is gone through two or three times.
    """
    state, n_rows, filled = _with_fillings(state, parts)
    state, scaled = _with_scale(state, scaling, parts)
    if state.category_weight != 1.0 or len(state.components):
        state = _with_products(state, parts)
    told = [
        f"Counts, means, deviations and extremes are those of all {n_rows:,} rows, taken in parts; "
        "which columns are used, and how, was decided on a sample of them."
    ]
    error = max(filled, scaled)
    if error:
        told.append(
            "Medians and quartiles come from a sketch of the rows: the rank of each is off by at "
            f"most {error:.2%} of them."
        )
    return state, tuple(told)


def _with_fillings(
    state: FittedState, parts: Iterable[pl.DataFrame]
) -> tuple[FittedState, int, float]:
    """Learn what fills missing cells, and the categories; count the rows."""
    filling = state.missing if FILLINGS[state.missing].constants is not None else ""
    stream = ColumnStream(_finite(state.fillings), quantiles=filling == "median")
    counts: list[Counter[str]] = [Counter() for _ in state.categories]
    n_rows = 0
    for first, frame in _numbered(parts):
        n_rows += frame.height
        if filling:
            stream.add(_numbers(state, first, frame))
        for name, count in zip(state.categories, counts):
            count.update(as_text(frame[name]).drop_nulls().to_list())
    if filling and len(state.numbers):
        fillings = stream.quartiles[1] if filling == "median" else stream.mean
        state = replace(state, fillings=fillings)
    levels = tuple(
        tuple(sorted({*count, *({MISSING_LEVEL} & set(known))}))
        for count, known in zip(counts, state.levels)
    )
    fills = tuple(
        None if old is None or old == MISSING_LEVEL else min(count, key=lambda c: (-count[c], c))
        for old, count in zip(state.category_fillings, counts)
    )
    kept = tuple(old if new is None else new for old, new in zip(state.category_fillings, fills))
    return replace(state, levels=levels, category_fillings=kept), n_rows, stream.rank_error


def _with_scale(
    state: FittedState, scaling: Scaling, parts: Iterable[pl.DataFrame]
) -> tuple[FittedState, float]:
    """Learn centers and spreads of the columns of numbers from the complete rows."""
    if not state.numbers:
        return state, 0.0
    stream = ColumnStream(state.centers, quantiles=scaling.by_ranks)
    if scaling.by_ranks:
        for first, frame in _numbered(parts):
            stream.add(_evened(state, first, frame))
    else:

        def summed(first: int, frame: pl.DataFrame) -> ColumnStream:
            return stream.of_rows(_evened(state, first, frame))

        tasks = (partial(summed, *each) for each in _numbered(parts))
        for found in in_turn(tasks, _at_once(parts)):
            stream.take(found)
    centers, spreads = scaling.of_stream(stream)
    return replace(state, centers=centers, spreads=spreads), stream.rank_error


def _with_products(state: FittedState, parts: Iterable[pl.DataFrame]) -> FittedState:
    """Learn the weight of categories and the components, from sums of products of columns."""
    bare = replace(state, components=np.empty((0, 0)), category_weight=1.0)
    if state.category_weight != 1.0:
        _, products = _moments(bare, parts)
        width = len(state.numbers)
        variances = np.diag(products)
        gamma = gamma_of_variances(variances[:width], variances[width:], len(state.categories))
        state = replace(state, category_weight=float(np.sqrt(gamma / 2.0)))
    if not len(state.components):
        return state
    mean, products = _moments(replace(state, components=np.empty((0, 0))), parts)
    variances, vectors = eigh(products)
    axes = vectors[:, ::-1][:, : len(state.components)].T
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    shares = variances[::-1][: len(axes)] / variances.sum()
    return replace(state, component_mean=mean, components=axes, variance_shares=shares)


def _moments(state: FittedState, parts: Iterable[pl.DataFrame]) -> tuple[Floats, Floats]:
    """Return mean and covariances of the prepared columns."""
    n, width = 0, len(state.names_out)
    origin, sums, products = np.zeros(width), np.zeros(width), np.zeros((width, width))
    for first, frame in _numbered(parts):
        with rows_from(first):
            X = state.transform(frame)
        X = X[~any_nan(X)]
        if not n and len(X):
            origin = X.mean(axis=0)
        apart = X - origin
        n += len(X)
        sums += apart.sum(axis=0)
        products += apart.T @ apart
    shift = sums / max(n, 1)
    return origin + shift, products / max(n, 1) - np.outer(shift, shift)


def _evened(state: FittedState, first: int, frame: pl.DataFrame) -> Floats:
    """Return the rows that take part, filled and evened out, before they are scaled."""
    numbers = _numbers(state, first, frame)
    complete = state.are_complete(numbers, frame)
    state.fill(numbers)
    apply_powers(numbers, state.powers)
    return numbers if complete.all() else numbers[complete]


def _numbers(state: FittedState, first: int, frame: pl.DataFrame) -> Floats:
    """Return the cells of numbers, all of which can be used."""
    numbers = state.number_cells(frame)
    with rows_from(first):
        refuse_infinite(numbers, list(state.numbers))
    return numbers


def _numbered(parts: Iterable[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield the number of each part's first row, and the part."""
    first = 0
    for frame in parts:
        yield first, frame
        first += frame.height


def _at_once(parts: Iterable[pl.DataFrame]) -> int:
    """Return how many parts may be held at once with all that is made of them."""
    return parts.at_once if isinstance(parts, FramedParts) else 1


def _reduced(of_two: np.ufunc, cells: Floats) -> Floats:
    """Return the least or the largest cell of each column: of many rows side by side at first."""
    n_whole = len(cells) // _ABREAST
    if n_whole < 2:
        return np.asarray(of_two.reduce(cells, axis=0))
    wide = cells[: n_whole * _ABREAST].reshape(n_whole, -1)
    ends = of_two.reduce(wide, axis=0).reshape(_ABREAST, -1)
    return np.asarray(of_two.reduce(np.concatenate([ends, cells[n_whole * _ABREAST :]]), axis=0))


def _finite(values: Floats) -> Floats:
    """Return values, 0 where there are none."""
    return np.where(np.isfinite(values), values, 0.0)
