"""Long tables prepared in blocks of rows, several at a time: no matrix of all rows is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import polars as pl

from kwise._core.threads import abreast
from kwise.preparation.missing import FILLINGS
from kwise.preparation.state import FittedState
from kwise.types import Floats

__all__ = ["of_blocks"]

T = TypeVar("T")

_ROWS = 1 << 16


def of_blocks(state: FittedState, frame: pl.DataFrame, work: Callable[[Floats], T]) -> list[T]:
    """Return what ``work`` makes of the prepared rows, of one block after the other."""
    if frame.height <= _ROWS or not _stand_alone(state, frame):
        return [work(state.transform(frame))]

    def done(rows: pl.DataFrame) -> T:
        return work(state.transform(rows))

    try:
        return abreast([partial(done, rows) for rows in frame.iter_slices(_ROWS)])
    except ValueError:  # which tells rows as they count in their block
        return [work(state.transform(frame))]


def _stand_alone(state: FittedState, frame: pl.DataFrame) -> bool:
    """Say whether each row is prepared by its own cells alone, to the last bit.

    Text is read as its whole column suggests; what fills cells, and powers, may round by place.
    """
    if state.categories or state.orders or state.dates:
        return False
    if FILLINGS[state.missing].from_rows is not None or not np.isnan(state.powers).all():
        return False
    types = [frame.schema.get(name) for name in state.numbers]
    return all(each is not None and (each.is_numeric() or each == pl.Boolean) for each in types)
