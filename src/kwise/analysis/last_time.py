"""Last time's model beside this time's clusters: numbers and names that go on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from kwise._numbering import renumbered
from kwise.io.matching import held_rows
from kwise.io.model import Model
from kwise.io.model_file import load
from kwise.monitoring.matching import Match, find_match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.results import Labels, Run, Selection
    from kwise.table_options import PreparationOptions

__all__ = ["LastTime", "as_last_time", "carried_over", "last_model"]


@dataclass(frozen=True, eq=False)
class LastTime:
    """The model of last time, and how its clusters go on.

    ``names`` holds for each candidate k the names that are carried over, by index.
    """

    model: Model
    name: str
    match: Match
    names: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


def last_model(like: str | Path | Model | None) -> tuple[Model, str] | None:
    """Return the model that new clusters are to be like, and what it is called."""
    if like is None:
        return None
    if isinstance(like, Model):
        return like, "the model given"
    if not isinstance(like, (str, os.PathLike)):
        raise TypeError(f"like is {type(like).__name__}; pass a model file or a kwise Model")
    return load(like), Path(like).name


def as_last_time(
    last: tuple[Model, str] | None, options: PreparationOptions, given: object
) -> PreparationOptions:
    """Return the options, and where none choose columns or treatment those of last time.

    A preparation that is given as an object stays as it is.
    """
    if last is None or given is not None:
        return options
    model, _ = last
    state = model.preparation.state_
    before = cast("dict[str, object]", dict(model.preparation.get_params()))
    before |= {"columns": [*state.numbers, *state.categories], "drop": ()}
    if "columns" in options or "drop" in options:
        before = {name: value for name, value in before.items() if name not in ("columns", "drop")}
    return cast("PreparationOptions", {**before, **options})


def carried_over(
    selection: Selection, last: tuple[Model, str] | None, table: Table, rows: NDArray[np.int64]
) -> tuple[Selection, LastTime | None]:
    """Give the clusters of every candidate the numbers of those of last time that they go on as.

    A number beyond the candidate's clusters cannot be carried over: such a cluster, and a new one,
    take the numbers that are left, the largest first.
    """
    if last is None:
        return selection, None
    model, name = last
    n_before = model.n_clusters
    before, held = model.predict(table), held_rows(model, table)
    among = before[rows], None if held is None else held[rows]
    runs = tuple(_carried(run, *among, n_before) for run in selection.sweep.runs)
    selection = replace(selection, sweep=replace(selection.sweep, runs=runs))
    now = np.full(len(before), -1, dtype=np.int32)
    now[rows] = selection.sweep.run(selection.shown).labels
    found = find_match(before, now, n_before, selection.shown, held)
    names = {k: _names(model, run, *among) for k, run in zip(selection.sweep.ks, runs)}
    return selection, LastTime(model, name, found, names)


def _carried(run: Run, before: Labels, held: NDArray[np.bool_] | None, n_before: int) -> Run:
    """Return the run with its clusters in the order of those that they go on as."""
    k = len(run.centers)
    mapping = find_match(before, run.labels, n_before, k, held).mapping
    places: list[int | None] = [None] * k
    waiting = [c for c in range(k) if c + 1 not in mapping.values()]
    for old, new in sorted(mapping.items(), reverse=True):
        if old <= k:
            places[old - 1] = new - 1
        else:
            waiting.insert(0, new - 1)
    left = iter(waiting)
    order = np.array([next(left) if c is None else c for c in places], dtype=np.intp)
    return renumbered(run, order)


def _names(
    model: Model, run: Run, before: Labels, held: NDArray[np.bool_] | None
) -> dict[int, str]:
    """Return the names that go on, by the index of the cluster now."""
    names = model.metadata.get("names")
    if not isinstance(names, list) or len(names) != model.n_clusters:
        return {}
    found = find_match(before, run.labels, model.n_clusters, len(run.centers), held)
    return {now - 1: str(names[old - 1]) for old, now in found.mapping.items()}
