"""Columns that are set beside the groups: they must be there, and hold what is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise._registry import unknown_name
from kwise.explain.agreement import MOST_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

__all__ = ["check_compared"]


def check_compared(frame: pl.DataFrame, outside: Sequence[str], truth: str | None) -> None:
    """Refuse columns that the table does not have, empty ones, and labels that are values."""
    for name in [*outside, *([truth] if truth is not None else [])]:
        if name not in frame.columns:
            raise ValueError(unknown_name(name, frame.columns, what="column"))
    for name in outside:
        if frame[name].null_count() == frame.height:
            raise ValueError(f"column {name!r}: no cell has a value; leave it out of outside")
    if truth is None:
        return
    distinct = frame[truth].drop_nulls().n_unique()
    if distinct > MOST_CLASSES:
        raise ValueError(
            f"column {truth!r} holds {distinct:,} different values; true labels may be at most "
            f"{MOST_CLASSES}. outside={truth!r} sets a column of values beside the groups"
        )
    if distinct == 0:
        raise ValueError(f"column {truth!r} holds no label; leave truth out")
