"""Columns of words as numbers: an indicator of 0 and 1 per category, or the steps of a scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from kwise.types import Floats

# Treatment -> whether each category becomes an indicator; otherwise its column is left out.
CATEGORIES: Mapping[str, bool] = MappingProxyType({"drop": False, "one-hot": True})

TRUTH_VALUES = {"true", "false"}
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")


def find_levels(column: pl.Series) -> tuple[str, ...]:
    """Return the categories of a column, in alphabetical order."""
    return tuple(sorted(as_text(column).drop_nulls().unique().to_list()))


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
    if set(levels) <= TRUTH_VALUES:
        text = text.str.to_lowercase()
    elif column.dtype == pl.String and all(map(WHOLE.fullmatch, levels)):
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
