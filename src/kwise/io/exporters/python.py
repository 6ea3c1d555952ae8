"""A model as one Python file that needs nothing but the standard library."""

from __future__ import annotations

import math
from importlib.resources import files
from pprint import pformat
from typing import TYPE_CHECKING

import numpy as np

from kwise._cells.missing import MISSING
from kwise.preparation.missing import FILLINGS
from kwise.preparation.state import FittedState

if TYPE_CHECKING:
    from kwise.io.model import Model

BEGIN = "# --- model: the exporter replaces what stands between these marks\n"
END = "# --- end of model\n"


def export_python(model: Model) -> str:
    """Return the source of a predictor with the preparation folded in.

    The predictor's ``predict(row)`` takes a mapping from column names to cells, and agrees
    with ``model.predict`` on every row; run as a program, it labels a CSV file.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    str
        Python source, for any Python from 3.9.

    Raises
    ------
    ValueError
        If the model fills missing cells from other rows, or reads dates.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model, export_python
    >>> fitted = kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]]))
    >>> predictor = {}
    >>> exec(export_python(as_model(fitted)), predictor)
    >>> predictor["predict"]({"column 1": 8.5}) == fitted.predict([[8.5]])[0]
    np.True_
    """
    filling = model.preparation.state_.missing
    if FILLINGS[filling].from_rows is not None:
        raise ValueError(
            f"this model fills missing cells from other rows (missing={filling!r}), which needs "
            "kwise; fit it again with missing='median', 'mean' or 'drop'"
        )
    dates = model.preparation.state_.dates
    if dates:
        raise ValueError(
            f"this model counts the dates of column {next(iter(dates))!r} in days, which needs "
            "kwise; fit it again without dates, or with days as numbers in the table"
        )
    source = files("kwise.io.exporters").joinpath("predictor.py").read_text(encoding="utf-8")
    before, _, rest = source.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + _constants(model) + after.replace('MISSING_WORDS = {""}', _words())


def _constants(model: Model) -> str:
    """Write the numbers of a model as Python constants."""
    state = model.preparation.state_
    constants: dict[str, object] = {
        "NUMBERS": list(state.numbers),
        "FILLINGS": _listed(state.fillings),
        "POWERS": _listed(state.powers),
        "MEANS": _listed(state.centers),
        "SPREADS": _listed(state.spreads),
        "ORDERS": {name: list(order) for name, order in zip(state.numbers, state.orders) if order},
        "SENTINELS": {
            name: list(values) for name, values in state.sentinels.items() if name in state.numbers
        },
        "CATEGORIES": _categories(state),
        "BY_ROW": state.by_row,
        "COMPONENT_MEAN": _listed(state.component_mean),
        "COMPONENTS": [_listed(axis) for axis in state.components],
        "CENTERS": [_listed(center) for center in model.centers],
        "MISSING_IS_ERROR": state.missing == "error",
    }
    lines = [
        f"{name} = {pformat(value, width=99, compact=True)}" for name, value in constants.items()
    ]
    return "\n".join(lines) + "\n"


def _words() -> str:
    """Write the words that stand for missing cells in text files."""
    return f"MISSING_WORDS = {pformat(set(MISSING), width=99, compact=True)}"


def _listed(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float | None]:
    """Return floats that read back exactly; nan becomes None."""
    return [None if math.isnan(value) else value for value in values.tolist()]


def _categories(state: FittedState) -> list[tuple[str, list[str], str | None]]:
    """Return each column of categories with its levels and what fills it."""
    rows = zip(state.categories, state.levels, state.category_fillings)
    return [(name, list(levels), filling) for name, levels, filling in rows]
