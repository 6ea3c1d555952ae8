"""Choose the number of clusters, with the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from kwise._background import begin
from kwise._progress import Progress, silent
from kwise._registry import resolve
from kwise.results import Alternative, Selection, Structure, Sweep
from kwise.selection.alternatives import alternative_for_all_rows
from kwise.selection.background_scores import begin_scores
from kwise.selection.context import SweepContext
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA, Criterion
from kwise.selection.reasons import explain, sentence, who_finds_what
from kwise.selection.structure import (
    structure_of_clusters,
    structure_of_groups,
    structure_of_table,
)
from kwise.selection.suitability import (
    Suitability,
    measure_shape,
    measure_suitability,
    sample_limit,
)
from kwise.selection.support import VOTERS
from kwise.selection.sweep import all_candidates, begin_context, fit_candidates, run_sweep
from kwise.selection.usefulness import usefulness_in_words, usefulness_of
from kwise.selection.verdict import Judgement, judge

__all__ = ["select_k"]

RandomState = int | np.random.RandomState | None


def select_k(
    X_or_sweep: ArrayLike | Sweep,
    ks: Iterable[int] = range(1, 11),
    *,
    criteria: Sequence[str | Criterion] = DEFAULT_CRITERIA,
    n_init: int = 10,
    sample_weight: ArrayLike | None = None,
    random_state: RandomState = None,
    sweep: Sweep | None = None,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Selection:
    """Choose the number of clusters, say how sure that is, and why.

    Parameters
    ----------
    X_or_sweep : array-like of shape (n_samples, n_features), or Sweep
        Data, finite; or a sweep of them, which is then only read.
    ks : iterable of int, default=range(1, 11)
        Candidates; those above the number of distinct rows are left out and the reasons say so.
        Not used with a sweep.
    criteria : sequence of str or Criterion, optional
        Names in ``CRITERIA``, or criteria of your own. With a sweep, those that it has scored.
    n_init : int, default=10
        Runs per candidate; the one with the lowest inertia is kept.
    sample_weight : array-like of shape (n_samples,), optional
        Non-negative. ``None`` weighs all samples equally.
    random_state : int, RandomState or None, default=None
        An int gives the same selection every time, for any number of threads.
    sweep : Sweep, optional
        An earlier sweep of the same data, as for ``sweep_k``: its runs and scores are kept, and
        its candidates too.
    progress : callable, optional
        Called as ``progress(task, done, total)``; it may raise to stop.
    executor : concurrent.futures.Executor, optional
        Compares with other methods, and of many rows computes a criterion, while the other
        criteria are computed here. The answer is the same.

    Returns
    -------
    Selection
        ``k``, ``kind``, ``verdict``, ``confidence``, ``reasons`` and all the evidence.

    Raises
    ------
    ValueError
        If ``ks`` is empty or a candidate is below 1 or above n_samples.

    See Also
    --------
    sweep_k : The fits and scores alone.

    Notes
    -----
    The criteria are weighed by a conditional logit model and the comparison with other methods
    by a logistic one, both fitted on simulated tables (``benchmarks/choice``). Where only some
    of the default criteria are asked for, their choices are counted alike, and whether k-means
    suits the data is not asked. Criteria that resample and the other methods look at samples of
    2,000 rows, or more where k is above 20; the notes of the scores say so.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from kwise import select_k
    >>> X, _ = make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    >>> select_k(X, range(1, 6), random_state=0).k
    3
    """
    wanted = [resolve(CRITERIA, each, what="criterion") for each in criteria]
    if isinstance(X_or_sweep, Sweep):
        wanted = [each for each in wanted if each.name in X_or_sweep.scores]
        return _read(X_or_sweep, wanted)
    candidates, note = _possible(X_or_sweep, ks)
    context = begin_context(
        X_or_sweep,
        n_init=n_init,
        sample_weight=sample_weight,
        random_state=random_state,
        progress=progress,
    )
    fitted = all_candidates(context, candidates, sweep)
    fit_candidates(context, fitted)
    compared = _begin_comparison(context, wanted, executor)
    elsewhere = begin_scores(context, wanted, fitted, executor)
    scored = run_sweep(context, candidates, wanted, sweep, elsewhere)
    selection = _read(scored, wanted, context, compared)
    return replace(selection, reasons=(*selection.reasons, note)) if note else selection


def _begin_comparison(
    context: SweepContext, criteria: list[Criterion], executor: Executor | None
) -> Callable[[], Suitability] | None:
    """Begin the comparison with other methods, if its weights are for these criteria."""
    if not set(VOTERS) <= {each.name for each in criteria}:
        return None
    ks = tuple(sorted(context.starts))
    if executor is None:
        return partial(measure_suitability, context, ks)
    return begin(executor, measure_suitability, context.of_sample(sample_limit(ks)), ks)


def _read(
    sweep: Sweep,
    criteria: list[Criterion],
    context: SweepContext | None = None,
    compared: Callable[[], Suitability] | None = None,
) -> Selection:
    """Turn scores into a selection; with the data at hand, see whether k-means suits them."""
    choices = {each.name: each.choose(sweep.ks, sweep.scores[each.name]) for each in criteria}
    labels = {each.name: each.label for each in criteria}
    found = judge(sweep, choices, None, {})
    suitability: Suitability | None = None
    shape: dict[str, float] = {}
    if context is not None and compared is not None:
        suitability = compared()
        shape = measure_shape(context, found.k)
        found = judge(sweep, choices, suitability, shape)
    reasons = explain(found, sweep, choices, labels)
    alternative: Alternative | None = None
    if context is None:
        reasons.append("Whether k-means suits the data was not asked: pass the data for that.")
    elif found.alternative is not None and suitability is not None:
        alternative = alternative_for_all_rows(context, suitability, found.alternative, sweep.ks)
        reasons.insert(0, who_finds_what(alternative, suitability))
    structures = _structures(context, found, alternative, shape)
    reasons += [each.words for each in structures]
    usefulness = usefulness_of(sweep)
    if found.kind in ("unclear", "unsuitable"):
        reasons += filter(None, [usefulness_in_words(usefulness)])
    return Selection(
        k=found.k,
        kind=found.kind,
        verdict=sentence(found),
        confidence=found.confidence,
        reasons=tuple(reasons),
        candidates=found.candidates,
        choices=choices,
        directions={each.name: each.direction for each in criteria},
        labels_of_criteria=labels,
        sweep=sweep,
        support=found.support,
        measures={**suitability.measures, **shape} if suitability else {},
        alternative=alternative,
        structures=structures,
        usefulness=usefulness,
    )


def _structures(
    context: SweepContext | None,
    found: Judgement,
    alternative: Alternative | None,
    shape: Mapping[str, float],
) -> tuple[Structure, ...]:
    """Collect what was seen that k-means misreads."""
    if context is None:
        return ()
    seen: list[Structure] = []
    if alternative is not None:
        rows = np.asarray(context.X[alternative.rows], dtype=np.float64)
        seen += structure_of_groups(rows, alternative.labels)
        seen += structure_of_clusters(found.k, shape)
    return (*seen, *structure_of_table(context.X))


def _possible(X: ArrayLike, ks: Iterable[int]) -> tuple[list[int], str]:
    """Leave out candidates above the number of distinct rows, and say so."""
    candidates = sorted(set(ks))
    data = np.asarray(X)
    if not candidates or data.ndim != 2 or len(data) == 0:
        return candidates, ""  # sweep_k has the words for what is wrong
    # Most tables show enough distinct rows at once; only others are looked at as a whole.
    for rows in (data[: 50 * candidates[-1]], data):
        distinct = len(np.unique(rows, axis=0))
        if distinct >= candidates[-1]:
            return candidates, ""
    kept = [k for k in candidates if k <= distinct]
    if not kept:
        raise ValueError(
            f"ks starts at {candidates[0]} and the data hold only {distinct} distinct rows; "
            f"pass candidates up to {distinct}."
        )
    return kept, f"Candidates above {distinct} were left out: no more rows are distinct."
