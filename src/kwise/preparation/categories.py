"""Columns of words as numbers: an indicator of 0 and 1 per category, or the steps of a scale.

Indicators may be weighed beside the numbers, as k-prototypes weighs a category that differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from kwise.types import Floats

# The category that a missing cell is, where it is one of its own.
MISSING_LEVEL = "(missing)"


@dataclass(frozen=True, slots=True)
class Treatment:
    """Whether categories become indicators or are left out, and how indicators count.

    Where they are ``weighed``, a category that differs counts beside the numbers as in
    k-prototypes, and missing cells are a category of their own; else indicators are 0 and 1.
    """

    used: bool
    weighed: bool = False


CATEGORIES: Mapping[str, Treatment] = MappingProxyType(
    {
        "drop": Treatment(used=False),
        "one-hot": Treatment(used=True),
        "mixed": Treatment(used=True, weighed=True),
    }
)

TRUTH_VALUES = {"true", "false"}
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


def find_levels(column: pl.Series) -> tuple[str, ...]:
    """Return the categories of a column, in alphabetical order."""
    return tuple(sorted(as_text(column).drop_nulls().unique().to_list()))


def held_levels(levels: Iterable[str]) -> set[str]:
    """Return the categories that cells hold: all but the one that missing cells are."""
    return set(levels) - {MISSING_LEVEL}


def with_missing_level(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Make missing cells of these columns a category of their own."""
    gaps = [name for name in names if frame[name].null_count()]
    return frame.with_columns(
        as_text(frame[name]).fill_null(MISSING_LEVEL).alias(name) for name in gaps
    )


def gamma_of(numbers: Floats, made: Floats, n_categories: int) -> float:
    """Return what a category that differs costs: the mean variance over the mean heterogeneity.

    ``made`` are the indicators of all categories, whose variances add up to the chance that two
    rows differ. G. Szepannek, "clustMixType", The R Journal 10 (2018).
    """
    return gamma_of_variances(numbers.var(axis=0), made.var(axis=0), n_categories)


def gamma_of_variances(numbers: Floats, made: Floats, n_categories: int) -> float:
    """Return the same from the variances of columns of numbers and of indicators."""
    heterogeneity = float(made.sum()) / n_categories
    variance = float(numbers.mean()) if len(numbers) else 1.0
    return variance / heterogeneity if variance > 0 and heterogeneity > 0 else 1.0


def most_frequent(column: pl.Series) -> str:
    """Return the most frequent category, the alphabetically first of equals."""
    counts = (
        as_text(column)
        .drop_nulls()
        .value_counts()
        .sort(["count", column.name], descending=[True, False])
    )
    return str(counts[column.name][0])


def indicators(column: pl.Series, levels: tuple[str, ...], filling: str | None) -> Floats:
    """Return one column of 0 and 1 per level; missing cells are nan unless they are filled.

    A cell that is none of the levels is 0 in every column.
    """
    text = as_text(column)
    words = held_levels(levels)
    if words <= TRUTH_VALUES:
        text = text.str.to_lowercase()
    elif column.dtype == pl.String and all(map(WHOLE.fullmatch, words)):
        text = text.str.replace(r"^([+-]?[0-9]+)\.0*$", "$1")  # the text of a number without a rest
    if filling is not None:
        text = text.fill_null(filling)
    matrix = np.column_stack(
        [(text == level).fill_null(value=False).to_numpy() for level in levels]
    ).astype(np.float64)
    matrix[text.is_null().to_numpy()] = np.nan
    return matrix


def in_steps(column: pl.Series, order: tuple[str, ...]) -> pl.Series:
    """Return 0 for the lowest word of a scale, 1 for the next ...; missing cells stay so.

    Blanks around a word and its capital letters do not matter; a word that is none of them
    raises ValueError.
    """
    text = as_text(column)
    words = text.str.strip_chars().str.to_lowercase()
    steps = {word.strip().lower(): step for step, word in enumerate(order)}
    numbers = words.replace_strict(steps, default=None, return_dtype=pl.Float64)
    wrong = numbers.is_null() & text.is_not_null()
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        raise ValueError(
            f"row {row + 1}, column {column.name!r}: {text[row]!r} is none of the words that "
            f"stand for numbers here: {', '.join(order)}"
        )
    return numbers.alias(column.name)


def as_text(column: pl.Series) -> pl.Series:
    """Return the cells as text: true and false for truth values, whole numbers without a point."""
    if column.dtype.is_float():
        cells = column.fill_nan(None)
        whole = cells.cast(pl.Int64, strict=False)
        text = cells.cast(pl.String)
        is_whole = (whole.cast(cells.dtype) == cells).fill_null(value=False)
        return pl.select(
            pl.when(is_whole).then(whole.cast(pl.String)).otherwise(text).alias(column.name)
        ).to_series()
    return column.cast(pl.String)
