"""What every exporter starts from: a model as plain values, which is also the target ``json``.

The schema, with what a program has to do with each entry, is ``docs/how-to/export.md``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from kwise._cells.missing import AMONG_NUMBERS, MISSING
from kwise.preparation.limits import LARGEST_CELL, LARGEST_PREPARED
from kwise.preparation.missing import FILLINGS
from kwise.preparation.state import FittedState

if TYPE_CHECKING:
    from kwise._cells.numbers import NumberFormat
    from kwise.io.model import Model

__all__ = ["Category", "Description", "Number", "describe", "export_json", "output_name"]

FORMAT = "kwise export"
VERSION = 1


class Number(TypedDict):
    """A column of numbers, words in an order or dates, and what is done to its cells, in turn.

    ``date`` is how dates were written, "" where they were no text, None for numbers and words.
    """

    name: str
    date: str | None
    decimal: str
    unit: str
    order: list[str]
    sentinels: list[float]
    filling: float | None
    power: float | None
    subtract: float
    divide: float


class Category(TypedDict):
    """A column of categories; each of ``levels`` becomes one of 0, or ``weight`` where it is.

    A ``filling`` that no cell holds is the category that missing cells are.
    """

    name: str
    levels: list[str]
    filling: str | None
    weight: float


class Description(TypedDict):
    """A model in plain values; ``clusters[i]`` is the center of cluster i + 1."""

    format: str
    version: int
    numbers: list[Number]
    categories: list[Category]
    columns: list[str]
    missing_is_error: bool
    normalize_rows: bool
    component_mean: list[float]
    components: list[list[float]]
    centers: list[list[float]]
    largest_cell: float
    largest_prepared: float
    missing_words: list[str]
    missing_among_numbers: list[str]


def describe(model: Model) -> Description:
    """Return a model in plain values.

    Raises
    ------
    ValueError
        If the model fills missing cells from other rows, which only kwise does.
    """
    state = model.preparation.state_
    if FILLINGS[state.missing].from_rows is not None:
        raise ValueError(
            f"this model fills missing cells from other rows (missing={state.missing!r}), which "
            "needs kwise: label rows with 'kwise predict', or fit again with missing='median', "
            "'mean' or 'drop'"
        )
    formats = state.number_formats
    rows = zip(state.categories, state.levels, state.category_fillings)
    weight = state.category_weight
    return Description(
        format=FORMAT,
        version=VERSION,
        numbers=[_number(state, formats, j) for j in range(len(state.numbers))],
        categories=[
            Category(name=name, levels=list(levels), filling=filling, weight=weight)
            for name, levels, filling in rows
        ],
        columns=list(state.names_in),
        missing_is_error=state.missing == "error",
        normalize_rows=state.by_row,
        component_mean=state.component_mean.tolist(),
        components=state.components.tolist(),
        centers=np.asarray(model.centers, dtype=np.float64).tolist(),
        largest_cell=LARGEST_CELL,
        largest_prepared=LARGEST_PREPARED,
        missing_words=sorted(MISSING),
        missing_among_numbers=sorted(AMONG_NUMBERS),
    )


def output_name(told: Description) -> str:
    """Return the name of the column that is made: ``cluster``, unless a column bears it."""
    name, taken = "cluster", {column.lower() for column in told["columns"]}
    while name in taken:
        name += "_"
    return name


def export_json(model: Model) -> str:
    """Return a model as JSON, for programs of your own; numbers read back exactly.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    str
        One object of JSON.

    Examples
    --------
    >>> import json, kwise, numpy as np
    >>> from kwise.io import as_model
    >>> from kwise.io.exporters import EXPORTERS
    >>> model = as_model(kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]])))
    >>> len(json.loads(EXPORTERS["json"](model))["centers"])
    2
    """
    return json.dumps(describe(model), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _number(state: FittedState, formats: Mapping[str, NumberFormat], j: int) -> Number:
    """Describe one column of numbers."""
    name = state.numbers[j]
    told = formats[name]
    return Number(
        name=name,
        date=state.dates.get(name),
        decimal=told.decimal,
        unit=told.unit,
        order=list(state.orders[j]) if state.orders else [],
        sentinels=list(state.sentinels.get(name, ())),
        filling=_or_none(state.fillings[j]),
        power=_or_none(state.powers[j]),
        subtract=float(state.centers[j]),
        divide=float(state.spreads[j]),
    )


def _or_none(value: float) -> float | None:
    """Return a float of Python; nan becomes None."""
    return None if math.isnan(value) else float(value)
