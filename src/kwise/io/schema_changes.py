"""How a table's columns differ from those that a model was fitted on, in sentences by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from kwise.preparation.categories import as_text
from kwise.types import Floats

if TYPE_CHECKING:
    import polars as pl

    from kwise.io.model import Model
    from kwise.preparation import ColumnSummary

__all__ = ["schema_changes"]

MOST_NAMED = 5
ENOUGH = 5  # rows that tell a unit
MOST = 100_000  # rows, evenly spaced, whose quartiles tell a unit
# Factor -> what it may be: new numbers are so many times the old ones.
FACTORS: Mapping[float, str] = MappingProxyType(
    {
        1000.0: "thousandths, such as grams for kilograms",
        0.001: "thousands, such as kilograms for grams",
        100.0: "hundredths, such as cents or per cent",
        0.01: "hundreds, such as meters for centimeters",
        10.0: "tenths, such as millimeters for centimeters",
        0.1: "tens, such as centimeters for millimeters",
        2.54: "centimeters for inches",
        1 / 2.54: "inches for centimeters",
        2.2046: "pounds for kilograms",
        1 / 2.2046: "kilograms for pounds",
        3.2808: "feet for meters",
        1 / 3.2808: "meters for feet",
        1.60934: "kilometers for miles",
        1 / 1.60934: "miles for kilometers",
        60.0: "minutes for hours, or seconds for minutes",
        1 / 60.0: "hours for minutes, or minutes for seconds",
    }
)


def schema_changes(model: Model, frame: pl.DataFrame) -> tuple[str, ...]:
    """Say which columns are new or gone, which categories are new, and where a unit changed.

    ``frame`` has all columns that the model uses: that one is missing is an error of ``predict``.
    """
    state = model.preparation.state_
    known, used = set(state.names_in), {*state.numbers, *state.categories}
    sentences = []
    new = [name for name in frame.columns if name not in known]
    gone = [name for name in state.names_in if name not in used and name not in frame.columns]
    if new:
        sentences.append(f"new columns, which the model does not use: {_listed(new)}")
    if gone:
        sentences.append(f"columns of the fit that are gone, and were not used: {_listed(gone)}")
    for name, levels in zip(state.categories, state.levels):
        sentences += _new_categories(frame[name], set(levels))
    summaries = {each.name: each for each in model.preparation.summary_.columns}
    step = max(1, frame.height // MOST)
    cells = state.number_cells(frame.gather_every(step))
    median = "median" if step == 1 else f"median, of one row in {step:,},"
    for j, name in enumerate(state.numbers):
        if name in summaries and not (state.orders and state.orders[j]):
            sentences += _other_unit(name, cells[:, j], summaries[name], median)
    return tuple(sentences)


def _new_categories(column: pl.Series, levels: set[str]) -> list[str]:
    """Say which categories were not seen in the fit."""
    counts = as_text(column).drop_nulls().value_counts(sort=True)
    new = [(str(cell), n) for cell, n in counts.rows() if str(cell).strip() not in levels]
    new = [(cell, n) for cell, n in new if cell.lower() not in levels]
    if not new:
        return []
    shown = ", ".join(f"{cell!r} ({n:,})" for cell, n in new[:MOST_NAMED])
    more = f" and {len(new) - MOST_NAMED:,} more" if len(new) > MOST_NAMED else ""
    return [f"column {column.name!r} holds categories that the fit did not see: {shown}{more}"]


def _other_unit(name: str, cells: Floats, fitted: ColumnSummary, median: str) -> list[str]:
    """Say that numbers are so many times what they were, as another unit would make them."""
    cells = cells[np.isfinite(cells)]
    old = np.array([fitted.q1, fitted.median, fitted.q3])
    spread = old[2] - old[0]
    if len(cells) < ENOUGH or not spread > 0:
        return []
    new = np.quantile(cells, [0.25, 0.5, 0.75])
    apart = abs(new[1] - old[1])
    if apart <= spread and fitted.min <= new[1] <= fitted.max:
        return []
    for factor, words in FACTORS.items():
        if (np.abs(new / factor - old) <= 0.75 * spread).all():
            times = f"{max(factor, 1 / factor):.4g} times {'less' if factor > 1 else 'more'}"
            return [
                f"column {name!r} may be in another unit: its {median} is {new[1]:.4g}, and was "
                f"{fitted.median:.4g} in the fit, about {times} ({words})"
            ]
    if (np.abs((new - 32) / 1.8 - old) <= 0.75 * spread).all():
        return [f"column {name!r} may be in degrees Fahrenheit, and was in Celsius in the fit"]
    if (np.abs(new * 1.8 + 32 - old) <= 0.75 * spread).all():
        return [f"column {name!r} may be in degrees Celsius, and was in Fahrenheit in the fit"]
    return []


def _listed(names: list[str]) -> str:
    """Name a few columns."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(repr(name) for name in names[:MOST_NAMED]) + more
