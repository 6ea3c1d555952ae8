"""k-means of rows in parts: the loop of ``lloyd.cpp``, asking an engine where that has the rows.

The answer is that of one machine with all rows in memory, bit for bit: sums are exact and merged
by plain addition, the rest is added chunk by chunk in the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._core.columns import MOST_IN_TURN
from kwise._core.parts import Whole, hold_totals
from kwise._core.units import MOST_ORDINARY, in_unit, is_ordinary, spread_exponent
from kwise.engines.base import Engine
from kwise.engines.shard import Far, Step, Survey
from kwise.engines.work import sum_in_order
from kwise.results import Floats, History

__all__ = ["BadCellError", "Descent", "Facts", "State", "descend", "empty_clusters", "survey"]


@dataclass(frozen=True)
class Facts:
    """What is known of all rows before centers are chosen."""

    whole: Whole
    variance: float

    def agrees(self, other: Facts) -> bool:
        """Whether both are of the same rows, as far as every value's part in them tells."""
        mine, others = self.whole, other.whole
        return (
            (mine.n_rows, mine.largest_weight, mine.weighted, mine.exponent, self.variance)
            == (
                others.n_rows,
                others.largest_weight,
                others.weighted,
                others.exponent,
                other.variance,
            )
            and np.array_equal(mine.shift, others.shift)
            and np.array_equal(mine.largest, others.largest)
        )


@dataclass(frozen=True)
class State:
    """Where a run stands after an iteration: all that a checkpoint keeps of it."""

    step: Step  # the next to be made
    n_iter: int = 0
    strict: bool = False
    converged: bool = False
    centers: tuple[Floats, ...] = ()  # of each entry of the history, where it is kept
    inertias: tuple[float, ...] = ()

    @property
    def done(self) -> bool:
        """Whether no iteration follows."""
        return self.converged


@dataclass(frozen=True)
class Descent:
    """What one run found, in the unit of its facts; ``step`` labels the rows."""

    centers: Floats
    inertia: float
    n_iter: int
    converged: bool
    step: Step
    history: History | None


class BadCellError(ValueError):
    """A cell is no finite number; ``where`` tells more of its place, where that is known."""

    def __init__(self, row: int, column: int, where: str = "") -> None:
        self.row, self.column = row, column
        super().__init__(
            f"Input X contains NaN, infinity or a missing value, first in row {row} (from 0), "
            f"column {column}{where}. Leave such rows out, or fill them."
        )


def survey(engine: Engine) -> Facts:
    """Look at all rows: their ranges, means and variance.

    Raises
    ------
    ValueError
        If a value is not finite or a weight negative, or values are too large or too small.
    """
    seen = [Survey(*each) for each in engine.each("survey")]
    _check(engine, seen)
    low = np.min([each.low for each in seen], axis=0)
    high = np.max([each.high for each in seen], axis=0)
    heaviest = max(each.largest_weight for each in seen)
    with np.errstate(over="ignore", invalid="ignore"):
        facts = _facts(engine, low, high, heaviest, 0)
    # As in memory. Rows that memory does not hold would be scaled anew in each pass.
    if engine.in_memory and not is_ordinary(facts.variance):
        facts = _facts(engine, low, high, heaviest, spread_exponent(np.stack([low, high])))
    exponent, total = facts.whole.exponent, facts.variance * engine.n_rows * engine.n_features
    with np.errstate(over="ignore"):
        fits = np.isfinite(np.ldexp(heaviest * total, 2 * exponent))
    if not fits or (engine.dtype == np.float32 and facts.variance > MOST_ORDINARY):
        raise ValueError(
            "The values of X spread so widely that sums of squared distances overflow. Scale the "
            "columns (for example with StandardScaler)."
        )
    return facts


def _facts(engine: Engine, low: Floats, high: Floats, heaviest: float, exponent: int) -> Facts:
    """Find means and variance in units of ``2**exponent``; least and largest values are known."""
    low, high = in_unit(low, exponent), in_unit(high, exponent)
    n, d = engine.n_rows, engine.n_features
    shift = _means(engine, low, high, exponent)
    largest = np.maximum(np.abs(high - shift), np.abs(low - shift)).astype(np.float64)
    sums, squares = engine.chain("squares", np.zeros((2, d)), shift, exponent)
    total = 0.0
    for i in range(d):
        total += squares[i] - sums[i] * sums[i] / float(n)
    variance = float(total / (float(n) * float(d)))
    return Facts(Whole(n, shift, largest, heaviest, engine.weighted, exponent), variance)


def _check(engine: Engine, seen: list[Survey]) -> None:
    """Refuse what is not finite, and what is no weight."""
    bad = next((each.bad for each in seen if each.bad is not None), None)
    if bad is not None:
        raise BadCellError(*bad)
    if engine.weighted:
        least, most = (
            min(each.least_weight for each in seen),
            max(each.largest_weight for each in seen),
        )
        if not (np.isfinite(least) and np.isfinite(most)) or least < 0 or most == 0:
            raise ValueError(
                f"sample_weight spans {least} to {most}. Weights are finite, at least 0, and not "
                "all 0."
            )


def _means(engine: Engine, low: Floats, high: Floats, exponent: int) -> Floats:
    """Return the columns' means as ``column_means`` finds them on one machine."""
    n, d, dtype = engine.n_rows, engine.n_features, engine.dtype
    if n > MOST_IN_TURN:
        largest = np.maximum(np.abs(high), np.abs(low)).astype(np.float64)
        whole = Whole(n, np.zeros(d, dtype), largest, 1.0, False, exponent)
        totals = hold_totals(whole, 1)
        found = engine.add("exact_sums", whole)
        totals.add(found.sums, found.mass)
        exact: Floats = (totals.rounded()[0] / n).astype(dtype)
        return exact
    if d == 1:
        column = np.concatenate(engine.each("column", exponent))
        means: Floats = column[:, None].mean(axis=0)
        return means
    sums = engine.chain("column_sums", np.zeros(d, dtype), exponent)
    in_turn: Floats = sums / dtype.type(n)
    return in_turn


def descend(
    engine: Engine,
    state: State,
    *,
    max_iter: int,
    tol: float,
    keep_history: bool = False,
    heard: Callable[[State, float | None], None] | None = None,
    aloud: bool = False,
) -> Descent:
    """Run k-means from a state; ``heard`` is told of every iteration's end.

    With ``keep_history`` or ``aloud`` the inertia of every iteration is computed, and told.
    """
    n_clusters = len(state.step.centers)
    totals = hold_totals(state.step.whole, n_clusters)
    while state.n_iter < max_iter and not state.done:
        step = state.step
        found = engine.add("assign", step)
        inertia = sum_in_order(engine.each("inertias", step)) if keep_history or aloud else None
        totals.clear()
        totals.add(found.sums, found.mass)
        moves = _relocations(engine, step, totals.empty_clusters())
        centers, shifts, way = totals.move(step.centers, *moves)
        state = replace(
            state,
            step=replace(
                step, index=step.index + 1, centers=centers, previous=step.centers, shifts=shifts
            ),
            n_iter=state.n_iter + 1,
            strict=found.n_moved == 0 and not len(moves[0]),
            converged=found.n_moved == 0 or way <= tol,
        )
        if keep_history and inertia is not None:
            state = replace(
                state,
                centers=(*state.centers, step.centers),
                inertias=(*state.inertias, inertia),
            )
        if heard is not None:
            heard(state, inertia)
    return _result(engine, state, keep_history)


def empty_clusters(engine: Engine, step: Step) -> list[int]:
    """Return the clusters without mass, where the rows are labeled by a step already."""
    totals = hold_totals(step.whole, len(step.centers))
    found = engine.add("assign", step)
    totals.add(found.sums, found.mass)
    return totals.empty_clusters()


def _result(engine: Engine, state: State, keep_history: bool) -> Descent:
    """Label the rows by the final centers, and add up."""
    step, shift = state.step, state.step.whole.shift
    if state.strict and step.previous is not None:
        # The labels are those of the final centers already: they did not move.
        step = replace(step, index=step.index - 1, centers=step.previous, previous=None)
        step = replace(step, shifts=None)
    else:
        engine.add("assign", step)
    inertia = sum_in_order(engine.each("inertias", step))
    history = None
    if keep_history:
        centers = np.stack([*state.centers, state.step.centers])
        history = History(centers + shift, np.array([*state.inertias, inertia]))
    return Descent(
        state.step.centers + shift, inertia, state.n_iter, state.converged, step, history
    )


def _relocations(
    engine: Engine, step: Step, empty: list[int]
) -> tuple[Floats, NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Give every cluster without mass one of the rows that are farthest from their centers."""
    none = np.zeros(0, np.int64)
    nothing: Any = (np.zeros((0, step.centers.shape[1]), step.centers.dtype), np.zeros(0), none)
    if not empty:
        return (*nothing, none)
    found = [Far(*each) for each in engine.each("farthest", step, len(empty))]
    far = Far(*(np.concatenate(fields) for fields in zip(*found)))
    order = np.lexsort((-far.numbers, -far.distances))[: len(empty)]
    if not (far.distances[order] > 0).any():
        return (*nothing, none)
    return (
        np.ascontiguousarray(far.rows[order]),
        far.weights[order],
        far.labels[order].astype(np.int64),
        np.array(empty[: len(order)], np.int64),
    )
