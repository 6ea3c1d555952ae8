"""The account of a table in every mouth: what was used, what was left out and why, warnings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kwise._formatting import percent, short
from kwise.report.summary import ColumnRow, TableFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kwise.io.table import Table
    from kwise.preparation import ColumnSummary, Preparation

__all__ = ["table_facts"]

_MOST_LISTED = 60  # columns of the table whose fate is told one by one


def table_facts(
    table: Table,
    preparation: Preparation,
    *,
    outside: Sequence[str] = (),
    truth: str | None = None,
    warnings: Sequence[str] = (),
    steps: Sequence[str] = (),
) -> TableFacts:
    """Put down what a table is and what was done to it.

    Parameters
    ----------
    table : Table
        As it was read.
    preparation : Preparation
        Fitted to it.
    outside : sequence of str, default=()
        Columns that are set beside the groups.
    truth : str, optional
        Column of true labels.
    warnings : sequence of str, default=()
        What else may mislead; it is said first.
    steps : sequence of str, default=()
        What else was found out; it is said last.
    """
    found = preparation.summary_
    beside = dict.fromkeys(outside, "set beside the groups")
    if truth is not None:
        beside[truth] = "compared with the groups"
    return TableFacts(
        name=table.name,
        account=found.in_short(table.sampled_from),
        n_rows=table.frame.height,
        n_used=found.n_rows_used,
        n_columns=len(found.columns),
        n_clustered=len(found.used),
        n_features=len(preparation.get_feature_names_out()),
        columns=tuple(_row(each, beside) for each in found.columns[:_MOST_LISTED]),
        steps=(*(_sentence(note) for note in table.notes), *found.steps, *steps),
        warnings=(*warnings, *found.warnings),
    )


def _row(column: ColumnSummary, beside: Mapping[str, str]) -> ColumnRow:
    """Say in words what became of a column."""
    if column.used:
        fate = f"clustered ({column.reason})" if column.reason else "clustered"
    else:
        known = [] if column.as_asked and column.name in beside else [column.reason]
        fate = "; ".join([*known, *([beside[column.name]] if column.name in beside else [])])
    return ColumnRow(column.name, column.kind, fate, column.n_missing, _values(column))


def _values(column: ColumnSummary) -> str:
    """Say in a few words which values a column holds."""
    summary = f"{column.n_distinct:,} distinct"
    if not math.isfinite(column.mean):
        return summary
    low, high = short(column.min, 4), short(column.max, 4)
    if column.kind in ("yes/no", "one-hot") and column.max > column.min:
        share = (column.mean - column.min) / (column.max - column.min)
        return f"{high} in {percent(share)} of the cells, else {low}"
    summary = f"{low} to {high}, median {short(column.median, 4)}, {summary}"
    return summary + (f", {column.n_outliers:,} outliers" if column.n_outliers else "")


def _sentence(note: str) -> str:
    """Write a note as a sentence."""
    text = note[:1].upper() + note[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
