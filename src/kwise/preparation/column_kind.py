"""The record of what one column is."""

from __future__ import annotations

from dataclasses import dataclass

from kwise.preparation.summary import Kind


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """The kind of one column, the reason where it is not plainly a measurement, and a warning.

    ``order`` holds the cells of a column of words from the lowest to the highest, where they
    have an order: such a column can be used as 0, 1, 2 ...
    """

    kind: Kind
    reason: str = ""
    warning: str = ""
    order: tuple[str, ...] = ()
