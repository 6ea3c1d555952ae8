"""Whether one column alone decides the answer: the rows are judged again without it.

A code, a year or a flag splits rows into stripes of its own, and a column on a wide scale drowns
the others; either may make groups that are in no other column. What is looked at are columns that
hold few values, and columns that hold more of what sets the clusters apart than their share.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from kwise._background import begin
from kwise._core.threads import one_blas_thread
from kwise.results import ColumnEffect
from kwise.selection.column_squares import squares_between
from kwise.selection.context import SweepContext
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA
from kwise.selection.suitability import measure_shapes, measure_suitability
from kwise.selection.sweep import run_sweep
from kwise.selection.verdict import Judgement, judge, judge_few
from kwise.types import Floats

__all__ = ["effects_of_single_columns"]

# The rows that are judged again, from so many starts, over so many candidates.
ROWS, STARTS, CANDIDATES = 1_000, 4, 10
# At most so many columns are left out in turn.
MOST_COLUMNS = 2
# A column of many values is looked at from so many times its share, and from so large a part.
TIMES_ITS_SHARE, LEAST_PART = 2.0, 0.5
# An answer without the column that is less sure than this changes nothing.
SURE = 0.7


def effects_of_single_columns(
    context: SweepContext,
    found: Judgement,
    names: Sequence[str],
    executor: Executor | None = None,
) -> tuple[ColumnEffect, ...]:
    """Return what the answer would be without each column that alone decides it.

    O(MOST_COLUMNS) verdicts on a sample of at most 1,000 rows, every other one by the executor;
    none for a single column.
    """
    if found.too_few or context.n_features < 2:
        return ()
    sample = context.raw_sample(ROWS)
    places = np.flatnonzero(context.varying)
    suspects = _suspects(context, sample, found.k)
    work = [(np.delete(sample, j, axis=1), context.seed) for j in suspects]
    judged = [begin(executor if i % 2 else None, _judged, *each) for i, each in enumerate(work)]
    effects = []
    for j, judgement in zip(suspects, judged):
        context.progress(f"the answer without {names[places[j]]}", 0, 1)
        without = judgement()
        if without.confidence >= SURE and _differs(without, found):
            effects.append(
                ColumnEffect(names[places[j]], without.k, without.kind, without.confidence)
            )
    return tuple(effects)


def _suspects(context: SweepContext, sample: Floats, k: int) -> list[int]:
    """Return the columns of the sample that may decide alone, the weightiest first."""
    n_columns = sample.shape[1]
    part = _parts(sample, context.run(max(2, k)).labels[context.rows(ROWS)])
    share = 1.0 / n_columns
    heavy = part >= max(TIMES_ITS_SHARE * share, LEAST_PART)
    suspected = context.few_valued(ROWS) & (part >= share / 2.0) | (heavy & (n_columns > 2))
    order = np.argsort(-part, kind="stable")
    return [int(j) for j in order if suspected[j]][:MOST_COLUMNS]


def _parts(sample: Floats, labels: NDArray[np.integer]) -> Floats:
    """Return each column's part of the sum of squares between clusters."""
    between = squares_between(sample, labels)
    parts: Floats = between / max(float(between.sum()), 1e-300)
    return parts


def _judged(rows: Floats, seed: int) -> Judgement:
    """Judge rows by all evidence, as the table was judged; BLAS has one thread there, too."""
    with one_blas_thread():
        return _judged_by_all(rows, seed)


def _judged_by_all(rows: Floats, seed: int) -> Judgement:
    """Judge rows by all evidence."""
    context = SweepContext(rows, None, n_init=STARTS, seed=seed)
    distinct = len(np.unique(rows, axis=0))
    ks = range(1, min(CANDIDATES, distinct) + 1)
    criteria = [CRITERIA[name] for name in DEFAULT_CRITERIA]
    sweep = run_sweep(context, ks, criteria)
    choices = {each.name: each.choose(sweep.ks, sweep.scores[each.name]) for each in criteria}
    suitability = measure_suitability(context, sweep.ks)
    judged = judge(sweep, choices, suitability, measure_shapes(context, sweep.ks))
    return judge_few(judged, context.n_rows)


def _differs(without: Judgement, found: Judgement) -> bool:
    """Tell whether two answers are not the same."""
    if "unsuitable" in (without.kind, found.kind):
        return without.kind != found.kind
    return without.k != found.k
