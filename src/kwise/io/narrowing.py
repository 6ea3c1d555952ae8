"""Give columns of text, or of floats, the narrowest type that holds all of their cells."""

from __future__ import annotations

import polars as pl

from kwise.io.cells import BOOLEANS, MISSING

LARGEST_WHOLE = 2.0**53  # beyond it, float64 no longer holds every whole number


def typed(frame: pl.DataFrame, decimal: str = ".") -> pl.DataFrame:
    """Give each column of text the narrowest type that holds all of its cells."""
    return pl.DataFrame([_typed(frame[name], decimal) for name in frame.columns])


def _typed(cells: pl.Series, decimal: str) -> pl.Series:
    """Return one column of text as whole numbers, numbers, truth values or trimmed text."""
    if cells.dtype != pl.String:
        return cells
    stripped = cells.str.strip_chars()
    missing = stripped.is_in(list(MISSING))
    stripped = pl.select(pl.when(~missing).then(stripped).alias(cells.name)).to_series()
    plain = stripped.str.replace_all(",", ".", literal=True) if decimal == "," else stripped
    numbers = plain.cast(pl.Float64, strict=False)
    if numbers.null_count() == stripped.null_count():
        return narrowed(numbers.to_frame(), [cells.name]).to_series()
    lowered = stripped.str.to_lowercase()
    if lowered.drop_nulls().is_in(list(BOOLEANS)).all():
        return (lowered == "true").alias(cells.name)
    return stripped


def narrowed(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Make integers of those ``columns`` that hold whole numbers only."""
    if not columns:
        return frame
    cells = pl.col(columns)
    whole = (cells == cells.floor()) & (cells.abs() < LARGEST_WHOLE)
    flags = frame.select(whole.all() & cells.is_not_null().any()).row(0)
    return frame.with_columns(
        pl.col([name for name, flag in zip(columns, flags) if flag]).cast(pl.Int64)
    )
