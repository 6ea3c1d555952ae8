"""Columns that say what others say: repeated cell by cell, or indicators of one category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kwise.preparation.column_kind import ColumnKind
from kwise.preparation.name_words import stem_of

if TYPE_CHECKING:
    from kwise.preparation.statistics import Statistics

ENOUGH = 10  # rows from which equal columns are no chance
FAMILY = 4  # numbered columns from which they are judged together
MOST_LEVELS = 50
LOOKED_AT = 1000  # rows by which columns are first compared
MEASURED = ("number", "coordinate", "ordinal")
FEW_VALUED = ("ordinal", "yes/no", "category", "number", "one-hot")


def find_repeats(
    frame: pl.DataFrame,
    kinds: Mapping[str, ColumnKind],
    n_distinct: Mapping[str, int],
    statistics: Statistics,
    numeric: list[str],
) -> dict[str, str]:
    """Return, for each column that says what an earlier one says, the name of that one.

    Words and few numbers say the same if they tell the same rows apart, as ``male, female`` and
    ``0, 1`` do; numbers that measure must be equal. Columns are first compared by their
    statistics, or by a few rows.
    """
    if frame.height < ENOUGH:
        return {}
    head = frame.head(LOOKED_AT)
    most = min(MOST_LEVELS, frame.height // 3)  # where every row differs, all columns would agree
    ends = dict(zip(numeric, zip(*(each.tolist() for each in (
        statistics.min, statistics.median, statistics.max, statistics.n_missing
    )))))  # fmt: skip
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for name, kind in kinds.items():
        if kind.kind not in ("constant", "date", "text") and n_distinct[name] > 1:
            trait: object = None
            if n_distinct[name] <= most or name not in ends:
                trait = _cells(head[name], few=n_distinct[name] <= most)
            alike[n_distinct[name], ends.get(name) if trait is None else trait].append(name)
    repeats: dict[str, str] = {}
    for group in alike.values():
        first: dict[bytes, list[str]] = defaultdict(list)
        for name in group if len(group) > 1 else ():
            known = first[_cells(frame[name], few=n_distinct[name] <= most)]
            same = next((each for each in known if _same(frame, kinds, each, name)), None)
            if same is None:
                known.append(name)
            else:
                repeats[name] = same
    return repeats


def _cells(column: pl.Series, *, few: bool) -> bytes:
    """Return a digest of the cells; of few levels, only of which rows are told apart."""
    if few:
        level = column.rank("dense").fill_null(0).to_numpy()
        _, first, place = np.unique(level, return_index=True, return_inverse=True)
        told = np.argsort(np.argsort(first)).astype(np.uint8)[place]
        return blake2b(told.tobytes()).digest()
    if column.dtype.is_numeric():
        numbers = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return blake2b(np.ascontiguousarray(numbers).tobytes()).digest()
    return blake2b("\0".join(map(str, column.to_list())).encode()).digest()


def _same(frame: pl.DataFrame, kinds: Mapping[str, ColumnKind], one: str, other: str) -> bool:
    """Say whether columns with the same digest say the same: measurements must be equal."""
    measured = all(kinds[name].kind in MEASURED for name in (one, other))
    if not measured or not (frame[one].dtype.is_numeric() and frame[other].dtype.is_numeric()):
        return True
    return bool(frame[one].cast(pl.Float64).eq_missing(frame[other].cast(pl.Float64)).all())


def tell_indicators(
    frame: pl.DataFrame, kinds: dict[str, ColumnKind], statistics: Statistics, numeric: list[str]
) -> None:
    """Call runs of 0/1 columns of which each row has exactly one 1 what they are: one category."""
    position = {name: j for j, name in enumerate(numeric)}
    run: list[str] = []
    for name in [*kinds, None]:
        if name is not None and _is_flag(kinds[name], statistics, position.get(name)):
            run.append(name)
            continue
        if len(run) > 2:
            ones = [round(float(statistics.mean[position[each]]) * frame.height) for each in run]
            _tell_run(frame, kinds, run, ones)
        run = []


def _is_flag(kind: ColumnKind, statistics: Statistics, j: int | None) -> bool:
    """Say whether a column holds 0 and 1 throughout."""
    if j is None or kind.kind not in ("yes/no", "number", "category"):
        return False
    return bool(
        statistics.n_distinct[j] == 2
        and statistics.min[j] == 0.0
        and statistics.max[j] == 1.0
        and statistics.n_missing[j] == 0
    )


def _tell_run(
    frame: pl.DataFrame, kinds: dict[str, ColumnKind], run: list[str], ones: list[int]
) -> None:
    """Find stretches of a run whose ones add up to one a row."""
    start = 0
    while start < len(run) - 2:
        end, total = start, 0
        while end < len(run) and total < frame.height:
            total += ones[end]
            end += 1
        members = run[start:end]
        if total == frame.height and len(members) > 2 and _one_each(frame, members):
            reason = f"it is one of {len(members)} indicators of one category ({_span(members)})"
            kinds.update(dict.fromkeys(members, ColumnKind("one-hot", reason)))
            start = end
        else:
            start += 1


def _one_each(frame: pl.DataFrame, names: list[str]) -> bool:
    """Say whether each row has exactly one 1."""
    total = np.zeros(frame.height)
    for name in names:
        total += frame[name].cast(pl.Float64).to_numpy()
    return bool((total == 1.0).all())


def _span(names: list[str]) -> str:
    """Name the first and the last of some columns."""
    return f"{names[0]} to {names[-1]}"


def judge_families(kinds: dict[str, ColumnKind], numeric: list[str]) -> None:
    """Give numbered columns (pixel1, pixel2 ...) the kind that most of their family have."""
    families: dict[str, list[str]] = defaultdict(list)
    for name in numeric:
        stem = stem_of(name)
        if stem is not None and kinds[name].kind in FEW_VALUED:
            families[stem].append(name)
    for members in families.values():
        if len(members) < FAMILY:
            continue
        counted: dict[str, list[str]] = defaultdict(list)
        for name in members:
            counted[kinds[name].kind].append(name)
        largest = max(counted.values(), key=len)
        if len(largest) > len(members) / 2:
            common = kinds[largest[0]]
            kinds.update(
                {
                    each: common
                    for each in members
                    if kinds[each].kind not in ("one-hot", common.kind)
                }
            )
