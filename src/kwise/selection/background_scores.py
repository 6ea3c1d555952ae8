"""Scores that another process computes from a sample, while the others are computed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from types import MappingProxyType

from kwise._background import begin
from kwise._core.threads import one_blas_thread
from kwise.results import Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria import CRITERIA, Criterion
from kwise.selection.criteria.gap import MAX_ROWS
from kwise.selection.sweep import computed, refused

__all__ = ["begin_scores"]

# Criterion -> the rows that it usually looks at; it needs no more of the table.
SAMPLED: Mapping[str, int] = MappingProxyType({"gap": MAX_ROWS})
# Of fewer rows the other scores are there before the other process has compared methods.
FEWEST_ROWS = 10_000


def begin_scores(
    context: SweepContext,
    criteria: Sequence[Criterion],
    ks: tuple[int, ...],
    executor: Executor | None,
) -> dict[str, Callable[[], dict[int, Score]]]:
    """Hand criteria to the executor; return what waits for each one's scores by k."""
    if executor is None or context.X.shape[0] < FEWEST_ROWS:
        return {}
    begun = {}
    for name, usual in SAMPLED.items():
        criterion = CRITERIA[name]
        limits = {rows_for(k, usual) for k in ks}
        if criterion in criteria and len(limits) == 1:
            possible = [k for k in ks if refused(criterion, context, context.run(k)) is None]
            begun[name] = begin(executor, _scores, context.of_sample(*limits), name, possible)
    return begun


def _scores(context: SweepContext, name: str, ks: list[int]) -> dict[int, Score]:
    """Score every run of the context."""
    with one_blas_thread():
        return {k: computed(CRITERIA[name], context, context.run(k)) for k in ks}
