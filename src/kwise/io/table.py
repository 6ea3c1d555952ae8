"""The record that every reader returns: a data frame, where it came from, what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from kwise._cells.numbers import Mark, NumberFormat


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
    warnings : tuple of str
        What may have been read otherwise than it was meant, one plain sentence each.
    formats : mapping of str to NumberFormat
        How each column that was read from text wrote its numbers.
    settings : mapping
        Arguments of ``read_table`` that were not left to detection.
    files : tuple of str
        The files that its cells come from, by their absolute paths; none for a table in memory.
    sampled_from : int or None
        The number of rows that these are a sample of, where the table is one.
    """

    frame: pl.DataFrame
    name: str
    path: str | None = None
    notes: tuple[str, ...] = ()
    truth: str | None = None
    warnings: tuple[str, ...] = ()
    formats: Mapping[str, NumberFormat] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    sampled_from: int | None = None


@dataclass(frozen=True, eq=False)
class RawTable:
    """What a reader of one format hands on: cells, of which text may still be numbers.

    ``comma`` is the likelier meaning of a comma before three digits: "." where it parts
    thousands, "," where it is the decimal mark. ``as_text`` names columns that stay text.
    ``loose`` says that the format knows no columns, so that rows may be totals or notes;
    ``formats`` how columns of numbers were written, where the reader knows; ``warnings`` what may
    be missing or otherwise than it was meant.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    comma: Mark = "."
    as_text: frozenset[str] = frozenset()
    loose: bool = False
    formats: Mapping[str, NumberFormat] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
