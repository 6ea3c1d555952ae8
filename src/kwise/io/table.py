"""The record that every reader returns: a data frame, where it came from, what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, eq=False)
class Table:
    """A table in memory, with its origin.

    Attributes
    ----------
    frame : polars.DataFrame
        The cells. Missing cells are null; column names are distinct strings.
    name : str
        Short name for titles: "housing" for ``data/housing.csv``.
    path : str or None
        Where the table was read from, as given; None for a data frame or an array.
    notes : tuple of str
        What reading decided, one plain sentence each: delimiter, encoding, decimal mark,
        header, renamed columns, and a hint where samples may stand in columns.
    truth : str or None
        Name of the column of true labels, where the table is known to have one.
    """

    frame: pl.DataFrame
    name: str
    path: str | None = None
    notes: tuple[str, ...] = ()
    truth: str | None = None
