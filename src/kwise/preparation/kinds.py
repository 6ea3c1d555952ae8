"""What a column is: number, category, date, id, constant, text or boolean, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from kwise.preparation.statistics import Statistics, column_statistics
from kwise.preparation.summary import Kind

MAX_LEVELS = 50  # a column of text with more distinct cells is text, not a category
ALMOST = 0.9  # share of cells that are numbers, above which text looks like a mistake
ID_NAME = re.compile(
    r"(.*[\W_])?(id|ids|index|idx|uuid|guid|row|row ?names?|row ?number|rownum|nr|no|key|"
    r"serial|record|unnamed: 0)|.*[a-z]I[Dd]",
    re.IGNORECASE,
)
CASED_ID = re.compile(r".*[a-z]I[Dd]")  # customerId, but not "humid"
TIME_NAME = re.compile(
    r".*(year|jahr|month|day|date|time|hour|minute|second|age|week).*", re.IGNORECASE
)
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([ T]\d{1,2}:\d{2}.*)?|"
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( \d{1,2}:\d{2}.*)?"
)
BOOLEANS = {"true", "false"}


@dataclass(frozen=True)
class ColumnKind:
    """The kind of one column, the reason where it is not plainly a number, and a warning."""

    kind: Kind
    reason: str = ""
    warning: str = ""


@dataclass(frozen=True, eq=False)
class Described:
    """A table's columns: their kinds, and the statistics of those that hold numbers."""

    kinds: dict[str, ColumnKind]
    numeric: list[str]
    statistics: Statistics
    n_missing: dict[str, int]
    n_distinct: dict[str, int]


def describe(frame: pl.DataFrame) -> Described:
    """Find out what every column is."""
    numeric = [name for name, dtype in frame.schema.items() if _is_number(dtype)]
    statistics = column_statistics([frame[name] for name in numeric])
    kinds: dict[str, ColumnKind] = {}
    n_missing = dict(zip(numeric, statistics.n_missing.tolist()))
    n_distinct = dict(zip(numeric, statistics.n_distinct.tolist()))
    position = {name: j for j, name in enumerate(numeric)}
    for name, dtype in frame.schema.items():
        if name in position:
            kinds[name] = _number_kind(frame[name], statistics, position[name])
        else:
            column = frame[name]
            n_missing[name] = column.null_count()
            n_distinct[name] = _n_distinct(column)
            kinds[name] = _other_kind(column, dtype, n_distinct[name])
    if not any(each.kind == "number" for each in kinds.values()):
        _keep_counting_columns(kinds)
    return Described(kinds, numeric, statistics, n_missing, n_distinct)


def _is_number(dtype: pl.DataType) -> bool:
    """Say whether cells of a type are numbers; a column of nothing counts as one."""
    return dtype.is_numeric() or dtype == pl.Null


def _n_distinct(column: pl.Series) -> int:
    """Count distinct cells; nested cells count as all distinct."""
    if column.dtype.is_nested() or column.dtype == pl.Object:
        return len(column) - column.null_count()
    return column.drop_nulls().n_unique()


def _number_kind(column: pl.Series, statistics: Statistics, j: int) -> ColumnKind:
    """Tell measurements from constants and from ids."""
    n_distinct = int(statistics.n_distinct[j])
    if n_distinct < 2 and not statistics.n_infinite[j]:
        only = f"every cell is {statistics.min[j]:g}"
        return ColumnKind("constant", only if n_distinct else "no cell has a value")
    all_distinct = n_distinct == len(column) >= 10 and bool(statistics.is_whole[j])
    if not all_distinct:
        return ColumnKind("number")
    name = column.name
    if _is_id_name(name):
        return ColumnKind("id", "it is named as an id and every cell is another whole number")
    consecutive = statistics.max[j] - statistics.min[j] == len(column) - 1
    if consecutive and not TIME_NAME.fullmatch(name) and _counts_up(column):
        first = int(statistics.min[j])
        return ColumnKind("id", f"it counts the rows: {first}, {first + 1}, {first + 2} ...")
    return ColumnKind("number")


def _is_id_name(name: str) -> bool:
    """Say whether a name is that of an id: id, row_id, customerId, index ..."""
    found = ID_NAME.fullmatch(name)
    return found is not None and (found[2] is not None or CASED_ID.fullmatch(name) is not None)


def _counts_up(column: pl.Series) -> bool:
    """Say whether every cell is the one before plus 1."""
    return bool((np.diff(column.cast(pl.Float64).to_numpy()) == 1).all())


def _other_kind(column: pl.Series, dtype: pl.DataType, n_distinct: int) -> ColumnKind:
    """Tell categories from dates, ids and text."""
    n = len(column) - column.null_count()
    if dtype.is_temporal():
        return ColumnKind("date", _DATE_REASON)
    if n_distinct == 0:
        return ColumnKind("constant", "no cell has a value")
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        return ColumnKind("text", f"its cells are of type {dtype}")
    if n_distinct == 1:
        return ColumnKind("constant", f"every cell is {_shown(column.drop_nulls()[0])}")
    if dtype == pl.Boolean:
        return ColumnKind("boolean", "it holds true and false")
    return _text_kind(column.cast(pl.String), n, n_distinct)


def _text_kind(column: pl.Series, n: int, n_distinct: int) -> ColumnKind:
    """Tell what a column of text holds."""
    present = column.drop_nulls()
    if n_distinct == 2 and set(present.unique().str.to_lowercase()) <= BOOLEANS:
        return ColumnKind("boolean", "it holds true and false")
    if all(DATE.fullmatch(cell.strip()) for cell in present.head(100)):
        return ColumnKind("date", _DATE_REASON)
    almost = _almost_numbers(column)
    if almost:
        return ColumnKind("text", almost, f"column {column.name!r} was left out: {almost}")
    if n_distinct == n >= 10:
        return ColumnKind("id", "every cell holds another text")
    if n_distinct <= MAX_LEVELS and (n_distinct <= max(0.5 * n, 5)):
        return ColumnKind("category", f"it holds text in {n_distinct} categories")
    return ColumnKind("text", f"it holds text, {n_distinct:,} different cells")


_DATE_REASON = "it holds dates; turn them into a number (days since the first, say) to use them"


def _almost_numbers(column: pl.Series) -> str:
    """Say which cells keep a column of text from being one of numbers, if they are few."""
    numbers = column.str.strip_chars().cast(pl.Float64, strict=False)
    wrong = numbers.is_null() & column.is_not_null()
    n_wrong = int(wrong.sum())
    n = len(column) - column.null_count()
    if n_wrong > (1 - ALMOST) * n or n < 3:
        return ""
    if n_wrong == 0:
        return ""
    row = int(wrong.arg_max() or 0)
    cells = "1 cell is" if n_wrong == 1 else f"{n_wrong:,} cells are"
    return (
        f"{cells} no number, the first in row {row + 1}, {_shown(column[row])}; "
        f"the other {n - n_wrong:,} are"
    )


def _keep_counting_columns(kinds: dict[str, ColumnKind]) -> None:
    """Use columns that look like ids where there is nothing else to use."""
    for name, each in kinds.items():
        if each.kind == "id" and "text" not in each.reason:
            kinds[name] = ColumnKind("number", f"{each.reason}, but no other column holds numbers")


def _shown(cell: object) -> str:
    """Return a cell's text, cut to a readable length."""
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."
