"""What a fitted preparation remembers: plain arrays, names and numbers, and how to use them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._cells.columns import read_as
from kwise._cells.numbers import NumberFormat
from kwise.preparation.categories import MISSING_LEVEL, in_steps, indicators
from kwise.preparation.dates import in_days
from kwise.preparation.lanes import lane_products
from kwise.preparation.missing import (
    FILLINGS,
    any_nan,
    fill,
    refuse_far,
    refuse_infinite,
    refuse_missing,
)
from kwise.preparation.scaling import row_lengths
from kwise.preparation.skew import apply_powers
from kwise.types import Floats


@dataclass(frozen=True, eq=False)
class FittedState:
    """Everything that turns a table into prepared rows.

    ``fillings`` and ``powers`` are nan, and ``category_fillings`` None, where nothing is
    filled or evened out. ``components`` has shape (n_components, n_features), or none.
    ``reference`` are the rows from which missing cells are filled, or none.
    ``orders`` holds for each of ``numbers`` the words that stand for 0, 1, 2 ...; none for a
    column of numbers, and nothing at all where no column holds words. ``formats`` holds for each
    of ``numbers`` the fields of its ``NumberFormat``; nothing where none was text.
    ``sentinels`` are the numbers of a column that stand for "no value"; ``dates`` says of those
    of ``numbers`` that are dates how they were written, "" where they were no text.
    ``category_weight`` is the value of an indicator where the cell holds its category.
    """

    names_in: tuple[str, ...]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    missing: str
    by_row: bool
    fillings: Floats
    category_fillings: tuple[str | None, ...]
    powers: Floats
    centers: Floats
    spreads: Floats
    component_mean: Floats = field(default_factory=lambda: np.empty(0))
    components: Floats = field(default_factory=lambda: np.empty((0, 0)))
    variance_shares: Floats = field(default_factory=lambda: np.empty(0))
    reference: Floats = field(default_factory=lambda: np.empty((0, 0)))
    orders: tuple[tuple[str, ...], ...] = ()
    formats: tuple[tuple[str, ...], ...] = ()
    sentinels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    category_weight: float = 1.0

    @property
    def number_formats(self) -> dict[str, NumberFormat]:
        """Return how each column of numbers was written; that of a frame's numbers is not known."""
        told = zip(self.numbers, self.formats or ((),) * len(self.numbers))
        return {name: NumberFormat(*parts) for name, parts in told}  # type: ignore[arg-type]

    @property
    def original_names(self) -> tuple[str, ...]:
        """Return the names of the used columns; categories as one name per level."""
        made = [
            f"{name}={level}"
            for name, levels in zip(self.categories, self.levels)
            for level in levels
        ]
        return (*self.numbers, *made)

    @property
    def names_out(self) -> tuple[str, ...]:
        """Return the names of the prepared columns."""
        if len(self.components) == 0:
            return self.original_names
        return tuple(f"component {j + 1}" for j in range(len(self.components)))

    def transform(self, frame: pl.DataFrame) -> Floats:
        """Prepare the rows of a table."""
        numbers = self.number_cells(frame)
        refuse_infinite(numbers, list(self.numbers))
        if self.missing == "error":
            refuse_missing(numbers, list(self.numbers))
        self.fill(numbers)
        apply_powers(numbers, self.powers)
        numbers -= self.centers
        numbers /= self.spreads
        X = self.with_indicators(numbers, frame, self.category_fillings)
        X[:, len(self.numbers) :] *= self.category_weight
        return self.decompose(X)

    def fill(self, numbers: Floats) -> None:
        """Fill missing cells in place, if that is what is done about them."""
        if FILLINGS[self.missing].fills:
            fill(numbers, FILLINGS[self.missing], self.fillings, self.reference)

    def decompose(self, X: Floats) -> Floats:
        """Normalize rows and take components, as the settings say; incomplete rows are nan."""
        refuse_far(X)
        if self.by_row:
            X /= row_lengths(X)
        if len(self.components):
            X = lane_products(X - self.component_mean, self.components)
        # k-means cannot use half a row: a missing cell takes its row out.
        X[any_nan(X)] = np.nan
        return X

    def complete_rows(self, frame: pl.DataFrame) -> NDArray[np.bool_]:
        """Say which rows have no missing cell, or have it filled."""
        return self.are_complete(self.number_cells(frame), frame)

    def are_complete(self, numbers: Floats, frame: pl.DataFrame) -> NDArray[np.bool_]:
        """Say the same where the cells of numbers, unfilled, are there already."""
        require_columns(frame, self.categories)
        if FILLINGS[self.missing].fills:
            return np.ones(len(numbers), np.bool_)
        return ~any_nan(self._with_categories(numbers, frame))

    def originals(self, frame: pl.DataFrame) -> Floats:
        """Return the used columns in their own units."""
        return self._with_categories(self.number_cells(frame), frame)

    def _with_categories(self, numbers: Floats, frame: pl.DataFrame) -> Floats:
        """Put the categories beside the cells of numbers, missing ones as nan."""
        missing = tuple(
            MISSING_LEVEL if MISSING_LEVEL in levels else None for levels in self.levels
        )
        return self.with_indicators(numbers, frame, missing)

    def number_cells(self, frame: pl.DataFrame) -> Floats:
        """Return the used columns of numbers, and of words in an order, as they are."""
        numbers = number_matrix(frame, self.numbers, self.orders, self.formats, self.dates)
        for j, name in enumerate(self.numbers):
            if name in self.sentinels:
                numbers[np.isin(numbers[:, j], self.sentinels[name]), j] = np.nan
        return numbers

    def with_indicators(
        self, numbers: Floats, frame: pl.DataFrame, fillings: tuple[str | None, ...]
    ) -> Floats:
        """Put the indicators of the categories beside the numbers."""
        if not self.categories:
            return numbers
        require_columns(frame, self.categories)
        made = [
            indicators(frame[name], levels, filling)
            for name, levels, filling in zip(self.categories, self.levels, fillings)
        ]
        return np.concatenate([numbers, *made], axis=1)


def number_matrix(
    frame: pl.DataFrame,
    names: tuple[str, ...] | list[str],
    orders: tuple[tuple[str, ...], ...] = (),
    formats: tuple[tuple[str, ...], ...] = (),
    dates: Mapping[str, str] = MappingProxyType({}),
) -> Floats:
    """Return columns as a C-ordered, writable matrix; missing cells are nan."""
    if not names:
        return np.empty((frame.height, 0))
    require_columns(frame, names)
    # Column by column: a query over 20,000 columns costs more than the cells do.
    told = zip(names, orders or ((),) * len(names), formats or ((),) * len(names))
    columns = [
        in_steps(frame[name], order)
        if order
        else in_days(frame[name], dates[name])
        if name in dates
        else _as_numbers(frame[name], parts)
        for name, order, parts in told
    ]
    matrix = pl.DataFrame(columns).to_numpy(order="c")
    return matrix if matrix.flags.writeable else matrix.copy()


def require_columns(frame: pl.DataFrame, names: tuple[str, ...] | list[str]) -> None:
    """Raise ValueError if a column is not there."""
    present = set(frame.columns)
    missing = [name for name in names if name not in present]
    if not missing:
        return
    free = [name for name in frame.columns if name not in names]
    told = []
    for name in missing[:5]:
        near = _renamed(name, free)
        told.append(f"{name!r}" + (f"; did you rename it to {near!r}?" if near else "."))
        free = [each for each in free if each != near]
    more = f" (and {len(missing) - len(told)} more)" if len(missing) > len(told) else ""
    raise ValueError(f"the table has no column {' Nor has it '.join(told).removesuffix('.')}{more}")


def _renamed(name: str, free: list[str]) -> str:
    """Return the column that may be another one under a new name, or nothing."""
    plain = {"".join(filter(str.isalnum, each.lower())): each for each in reversed(free)}
    mine = "".join(filter(str.isalnum, name.lower()))
    starts = [each for each in plain if len(each) > 2 and mine.startswith(each)]
    near = [mine] if mine in plain else starts or difflib.get_close_matches(mine, plain, 1, 0.5)
    return plain[near[0]] if near else ""


def _as_numbers(column: pl.Series, parts: tuple[str, ...]) -> pl.Series:
    """Return a column as floats; text is read as it was written when the state was fitted."""
    if column.dtype.is_numeric() or column.dtype in (pl.Null, pl.Boolean):
        return column.cast(pl.Float64)
    if column.dtype == pl.Object:
        raise TypeError(f"column {column.name!r} holds Python objects; pass numbers or text.")
    return read_as(column, NumberFormat(*parts))  # type: ignore[arg-type]
