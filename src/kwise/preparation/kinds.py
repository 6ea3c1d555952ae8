"""The kinds of columns: one row a kind, and how a table's columns are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from kwise._core.threads import abreast
from kwise.preparation.column_kind import ColumnKind
from kwise.preparation.name_words import words_of
from kwise.preparation.number_kinds import label, number_kind
from kwise.preparation.repeats import find_repeats, judge_families, tell_indicators
from kwise.preparation.sentinels import (
    Sentinel,
    find_sentinels,
    missing_sentinels,
    shared_sentinels,
    suspicious,
    without,
)
from kwise.preparation.statistics import Statistics, column_statistics
from kwise.preparation.summary import Kind
from kwise.preparation.text_kinds import other_kind
from kwise.table_options import Sentinels

Use: TypeAlias = Literal["used", "offered", "by name", "never"]

# Kind -> whether its columns are used: always; where asked, or where little else is there;
# only by name; or not at all.
KINDS: Mapping[Kind, Use] = MappingProxyType(
    {
        "number": "used",
        "coordinate": "used",
        "ordinal": "offered",
        "yes/no": "offered",
        "category": "offered",
        "one-hot": "offered",
        "date": "by name",
        "id": "by name",
        "code": "by name",
        "label": "by name",
        "duplicate": "by name",
        "text": "never",
        "constant": "by name",
    }
)
MOST_CLASSES = 10  # of an answer that has no name


@dataclass(frozen=True, eq=False)
class Described:
    """A table's columns: their kinds, and the statistics of those that hold numbers.

    ``repeats`` maps a column that says what an earlier one says to that one; ``found`` are the
    numbers that stand for "no value", and ``sentinels`` those that were made missing.
    """

    kinds: dict[str, ColumnKind]
    numeric: list[str]
    statistics: Statistics
    n_missing: dict[str, int]
    n_distinct: dict[str, int]
    repeats: dict[str, str]
    found: list[Sentinel]
    sentinels: dict[str, tuple[float, ...]]


def describe(
    frame: pl.DataFrame, sentinels: Sentinels = "missing"
) -> tuple[pl.DataFrame, Described]:
    """Find out what every column is; return the table without its sentinels, too."""
    numeric = [name for name, dtype in frame.schema.items() if _is_number(dtype)]
    statistics = column_statistics([frame[name] for name in numeric])
    doubtful = [frame[numeric[j]] for j in np.flatnonzero(suspicious(statistics)).tolist()]
    looked_at = abreast([partial(find_sentinels, column) for column in doubtful])
    found = [each for some in looked_at for each in some]
    shared = shared_sentinels(frame, numeric, statistics, found)
    sure = {(each.column, each.value) for each in shared}
    found = [each for each in found if (each.column, each.value) not in sure] + shared
    taken = missing_sentinels(frame, numeric, found, sentinels)
    if taken:
        frame = without(frame, taken)
        changed = column_statistics([frame[name] for name in taken])
        statistics = statistics.replaced([numeric.index(name) for name in taken], changed)
    return frame, _described(frame, numeric, statistics, found, taken)


def _described(
    frame: pl.DataFrame,
    numeric: list[str],
    statistics: Statistics,
    found: list[Sentinel],
    taken: dict[str, tuple[float, ...]],
) -> Described:
    """Tell the kind of every column, first by itself and then among the others."""
    kinds: dict[str, ColumnKind] = {}
    n_missing = dict(zip(numeric, statistics.n_missing.tolist()))
    n_distinct = dict(zip(numeric, statistics.n_distinct.tolist()))
    position = {name: j for j, name in enumerate(numeric)}
    for name in frame.columns:
        if name in position:
            kinds[name] = number_kind(frame[name], statistics, position[name])
        else:
            column = frame[name]
            n_missing[name] = column.null_count()
            n_distinct[name] = _n_distinct(column)
            kinds[name] = other_kind(column, n_distinct[name])
    _settle_coordinates(kinds)
    _settle_axes(kinds, statistics, position)
    judge_families(kinds, numeric)
    tell_indicators(frame, kinds, statistics, numeric)
    _tell_answer_at_the_end(frame, kinds, statistics, numeric)
    repeats = find_repeats(frame, kinds, n_distinct, statistics, numeric)
    return Described(kinds, numeric, statistics, n_missing, n_distinct, repeats, found, taken)


def _is_number(dtype: pl.DataType) -> bool:
    """Say whether cells of a type are numbers; a column of nothing counts as one."""
    return dtype.is_numeric() or dtype == pl.Null


def _n_distinct(column: pl.Series) -> int:
    """Count distinct cells; nested cells count as all distinct."""
    if column.dtype.is_nested() or column.dtype == pl.Object:
        return len(column) - column.null_count()
    return column.drop_nulls().n_unique()


def _settle_coordinates(kinds: dict[str, ColumnKind]) -> None:
    """Take "long" and "lat" for places only where both are there."""
    places = [name for name, each in kinds.items() if each.kind == "coordinate"]
    plain = {"latitude", "longitude"}
    if len(places) == 1 and not plain.intersection(words_of(places[0])):
        kinds[places[0]] = ColumnKind("number")


def _settle_axes(
    kinds: dict[str, ColumnKind], statistics: Statistics, position: dict[str, int]
) -> None:
    """Take "y" beside "x" for a measurement, unless its cells are 0, 1, 2 ..."""
    by_name = {name.strip().lower(): name for name in kinds}
    name = by_name.get("y")
    if name is None or "x" not in by_name or kinds[name].kind != "label" or name not in position:
        return
    j = position[name]
    low, n_distinct = statistics.min[j], statistics.n_distinct[j]
    if not (low in (-1, 0, 1) and statistics.max[j] - low <= n_distinct):
        kinds[name] = ColumnKind("number")


def _tell_answer_at_the_end(
    frame: pl.DataFrame, kinds: dict[str, ColumnKind], statistics: Statistics, numeric: list[str]
) -> None:
    """Take the last or the first of nameless columns for the answer, if it is 1, 2, 3 ..."""
    names = list(kinds)
    if len(names) < 3 or any(name != f"column {j + 1}" for j, name in enumerate(names)):
        return
    position = {name: j for j, name in enumerate(numeric)}
    few = [
        name
        for name, j in position.items()
        if statistics.n_distinct[j] <= MOST_CLASSES and 5 * statistics.n_distinct[j] <= frame.height
    ]
    for end, most in ((names[-1], len(names) // 2), (names[0], 0)):
        others = sum(name != end for name in few)
        if end not in few or others > most or others > len(names) - 3:
            continue
        j = position[end]
        n_distinct, low = int(statistics.n_distinct[j]), statistics.min[j]
        counts_up = low in (0, 1) and statistics.max[j] - low == n_distinct - 1
        if n_distinct > 1 and counts_up and statistics.is_whole[j]:
            kinds[end] = label(n_distinct, "whole numbers, in a table without names")
            return
