"""What the preparation found in a table and did to it, as plain records."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "number", "coordinate", "ordinal", "yes/no", "category", "one-hot", "date", "id",
    "code", "label", "duplicate", "text", "constant",
]  # fmt: skip

AS_ASKED = "it was left out as asked"
MOST_LISTED = 6  # columns named in the account's one line


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column in one row: what it is, whether it is used and why, and its numbers.

    Statistics are in the column's own units, over the cells that are not missing; they are
    nan for columns that hold no numbers. ``std`` divides by n; ``skewness`` is the third
    standardized moment, 0 for a symmetric column; ``n_outliers`` counts the cells more than
    three interquartile ranges outside the quartiles. ``reason`` is empty for a column that is
    used without more ado, and tells a count.
    """

    name: str
    kind: Kind
    used: bool
    reason: str
    n_missing: int
    n_distinct: int
    mean: float = math.nan
    std: float = math.nan
    min: float = math.nan
    q1: float = math.nan
    median: float = math.nan
    q3: float = math.nan
    max: float = math.nan
    skewness: float = math.nan
    n_outliers: int = 0

    @property
    def as_asked(self) -> bool:
        """Whether it was left out because the user said so."""
        return self.reason == AS_ASKED


@dataclass(frozen=True, slots=True)
class PreparationSummary:
    """Everything that was done to a table before clustering, and why.

    ``steps`` are plain sentences in the order in which things were done; ``warnings`` are
    sentences about what may mislead. ``n_rows_used`` counts the rows without a missing cell
    in a used column, or all rows where missing cells were filled.
    """

    columns: tuple[ColumnSummary, ...]
    steps: tuple[str, ...]
    warnings: tuple[str, ...]
    n_rows: int
    n_rows_used: int

    @property
    def used(self) -> tuple[str, ...]:
        """Return the names of the columns that are used."""
        return tuple(each.name for each in self.columns if each.used)

    def in_short(self, sampled_from: int | None = None) -> str:
        """Return one line: how many rows and columns are used, and what was left out.

        ``sampled_from`` is the number of rows that the table is a sample of, if it is one.
        """
        used = [each for each in self.columns if each.used]
        rows, columns = (
            _of(self.n_rows_used, self.n_rows, "row"),
            _of(len(used), len(self.columns), "column"),
        )
        lost = self.n_rows - self.n_rows_used
        why = f" ({lost:,} with missing cells {'was' if lost == 1 else 'were'} left out)"
        if sampled_from is not None:
            rows += f" of a sample from {sampled_from:,}"
        line = f"Used: {rows}{why if lost else ''} and {columns}."
        left = [f"{each.name} ({_short(each)})" for each in self.columns if not each.used]
        if not left:
            return line
        more = f" and {len(left) - MOST_LISTED:,} more" if len(left) > MOST_LISTED else ""
        return f"{line} Left out: {', '.join(left[:MOST_LISTED])}{more}."


def _short(column: ColumnSummary) -> str:
    """Say in a word or two why a column is not used."""
    return "as asked" if column.reason == AS_ASKED else column.kind


def _of(n: int, total: int, what: str) -> str:
    """Write how many of a number there are."""
    if n == total:
        return f"all {total:,} {what}s" if total > 1 else f"the only {what}"
    return f"{n:,} of {total:,} {what}s"
