"""Fit and score every candidate number of clusters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from kwise._core.columns import Matrix
from kwise._core.threads import one_blas_thread
from kwise._numbering import count_distinct
from kwise._progress import AnyProgress, silent, with_bar
from kwise.exceptions import MissingDependencyError
from kwise.results import Run, Score, Sweep
from kwise.selection.arguments import RandomState, begin_context, read_criteria
from kwise.selection.candidates import Ks, check_candidates, first_candidates
from kwise.selection.context import SweepContext
from kwise.selection.criteria import DEFAULT_CRITERIA, Criterion
from kwise.selection.fitter import Starts

__all__ = [
    "all_candidates",
    "computed",
    "refused",
    "run_sweep",
    "sweep_k",
]

Elsewhere = Mapping[str, Callable[[], Mapping[int, Score]]]

NO_WEIGHTS = "weights not used"


@with_bar
def sweep_k(
    X: ArrayLike,
    ks: Ks = "auto",
    *,
    criteria: Sequence[str | Criterion] = DEFAULT_CRITERIA,
    n_init: int = 10,
    sample_weight: ArrayLike | None = None,
    random_state: RandomState = None,
    sweep: Sweep | None = None,
    progress: AnyProgress = silent,
) -> Sweep:
    """Fit k-means for every candidate number of clusters and score each fit.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Data, finite. float32 stays float32; other types become float64. Sparse ones are written
        out up to 50 million cells; beyond, criteria that need dense rows are nan and say so.
    ks : iterable of int or "auto", default="auto"
        Candidates, each from 1 to n_samples. Duplicates are ignored. "auto" takes 1 to 10, and
        more where a coarse look at a sample shows more groups: up to 80, or a tenth of the rows.
    criteria : sequence of str or Criterion, optional
        Names in ``CRITERIA``, or criteria of your own; by default those of ``select_k``.
    n_init : int, default=10
        Starts per candidate; the best is searched on from, as by ``KMeans(quality="better")``.
    sample_weight : array-like of shape (n_samples,), optional
        Non-negative. ``None`` weighs all samples equally.
    random_state : int, RandomState or None, default=None
        Where the starts of k-means are drawn from; all other draws follow from what the rows
        hold. An int gives the same sweep every time, for any number of threads and any order of
        the rows; each run is then the one that ``KMeans(quality="better")`` finds with the same
        ``n_init`` and ``random_state`` in ``X[order_by_content(X, 0)]``
        (``kwise.selection.row_order``), its clusters numbered by size. Large tables of
        which at most half the rows are distinct are fitted as these, each with the weight of all
        that are alike. Of more than 40,000 rows and four million cells, centers are looked for in
        a weighted sample of 20,000 rows (a lightweight coreset), three times from all starts, and
        the best are led to their places among all rows; inertias of starts are then estimates.
    sweep : Sweep, optional
        An earlier sweep of the same data: its runs and scores are kept, and only what is new is
        fitted and scored. Its candidates stay in the answer.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop. True or "bar" draws a bar.

    Returns
    -------
    Sweep
        Runs and scores in ascending order of k. A score that cannot be computed is nan, with
        a note that says why.

    Raises
    ------
    ValueError
        If ``ks`` is empty, a candidate is below 1 or above n_samples, a criterion is unknown,
        or ``sweep`` belongs to data of another shape.

    See Also
    --------
    select_k : Sweep, then choose.

    Notes
    -----
    One iteration of every candidate costs O(sum(ks) * n_samples * n_features). Labels are
    kept: 4 bytes per sample and candidate.

    Examples
    --------
    >>> from kwise import sweep_k
    >>> found = sweep_k([[0.0], [1.0], [9.0], [10.0]], [1, 2], criteria=["bic"], random_state=0)
    >>> found.ks, found.run(2).inertia
    ((1, 2), 1.0)
    """
    assert callable(progress)  # as with_bar has it
    wanted = read_criteria(criteria)
    context = begin_context(
        X,
        n_init=n_init,
        sample_weight=sample_weight,
        random_state=random_state,
        progress=progress,
    )
    with one_blas_thread():
        candidates = first_candidates(context) if isinstance(ks, str) and ks == "auto" else ks
        return run_sweep(context, candidates, wanted, sweep)


def run_sweep(
    context: SweepContext,
    ks: Iterable[int],
    criteria: Sequence[Criterion],
    sweep: Sweep | None = None,
    elsewhere: Elsewhere | None = None,
) -> Sweep:
    """Fit every candidate that an earlier sweep has not fitted, and score them all.

    ``elsewhere`` holds, by criterion, what waits for scores that another process computes.
    """
    candidates = all_candidates(context, ks, sweep)
    fit_candidates(context, candidates)
    return score_candidates(context, candidates, criteria, sweep, elsewhere or {})


def all_candidates(
    context: SweepContext, ks: Iterable[int], sweep: Sweep | None
) -> tuple[int, ...]:
    """Return the candidates and those of an earlier sweep, whose runs the context takes over."""
    candidates = check_candidates(ks, context.X.shape[0])
    earlier = _checked_earlier(sweep, context.X)
    if earlier is None:
        return candidates
    context.starts |= _starts_of(earlier)
    return tuple(sorted({*candidates, *earlier.ks}))


def fit_candidates(context: SweepContext, ks: tuple[int, ...]) -> None:
    """Fit every candidate that is not fitted yet."""

    def say(done: int) -> None:
        context.progress(f"k-means, k = {ks[done]}", done, len(ks))

    context.fit_all(ks, say)


def score_candidates(
    context: SweepContext,
    ks: tuple[int, ...],
    criteria: Sequence[Criterion],
    earlier: Sweep | None,
    elsewhere: Elsewhere,
) -> Sweep:
    """Score the fitted candidates, keeping earlier scores, and put the sweep together."""
    known = _known_scores(earlier)
    scores: dict[str, tuple[Score, ...]] = {}
    if earlier is not None:
        unscored = Score(math.nan, note="not scored")
        for name in earlier.scores:
            scores[name] = tuple(known.get((name, k), unscored) for k in ks)
    total = len(criteria) * len(ks)
    new: dict[str, tuple[Score, ...]] = {}
    for i, criterion in enumerate(sorted(criteria, key=lambda each: each.name in elsewhere)):
        row = []
        others = elsewhere[criterion.name]() if criterion.name in elsewhere else {}
        for j, k in enumerate(ks):
            context.progress(f"{criterion.label}, k = {k}", i * len(ks) + j, total)
            found = known.get((criterion.name, k)) or others.get(k)
            row.append(found or _score(criterion, context, context.run(k)))
        new[criterion.name] = tuple(row)
    scores |= {criterion.name: new[criterion.name] for criterion in criteria}
    context.progress("scores", total, total)
    return Sweep(
        ks=ks,
        runs=tuple(context.run(k) for k in ks),
        scores=scores,
        inertias=tuple(context.starts[k].inertias for k in ks),
        n_samples=context.X.shape[0],
        n_features=context.X.shape[1],
    )


def _score(criterion: Criterion, context: SweepContext, run: Run) -> Score:
    """Score one run; what cannot be computed becomes nan with the reason."""
    return refused(criterion, context, run) or computed(criterion, context, run)


def refused(criterion: Criterion, context: SweepContext, run: Run) -> Score | None:
    """Return nan with the reason where the criterion cannot score the run."""
    k, n_samples = len(run.centers), context.X.shape[0]
    if k < criterion.min_k:
        return Score(math.nan, note=f"needs at least {criterion.min_k} clusters")
    found = context.shared(("groups", k), lambda: count_distinct(run.labels))
    if found < k:
        return Score(math.nan, note=f"the data hold only {found} distinct groups of rows")
    if criterion.min_k > 1 and k >= n_samples:
        return Score(math.nan, note="needs fewer clusters than rows")
    return None


def computed(criterion: Criterion, context: SweepContext, run: Run) -> Score:
    """Score a run that is not refused; an error becomes nan with the reason."""
    try:
        score = criterion.score(context, run)
    except (ValueError, ArithmeticError, MissingDependencyError, np.linalg.LinAlgError) as error:
        return Score(math.nan, note=f"could not be computed: {error}")
    if context.sample_weight is None or criterion.weights != "not used" or NO_WEIGHTS in score.note:
        return score
    return replace(score, note="; ".join(filter(None, (score.note, NO_WEIGHTS))))


def _checked_earlier(sweep: Sweep | None, data: Matrix) -> Sweep | None:
    """Check that an earlier sweep can belong to these data."""
    if sweep is not None and (sweep.n_samples, sweep.n_features) != data.shape:
        raise ValueError(
            f"the earlier sweep is of data of shape ({sweep.n_samples}, {sweep.n_features}), "
            f"found {data.shape}; pass a sweep of the same data."
        )
    return sweep


def _starts_of(sweep: Sweep) -> dict[int, Starts]:
    """Return the runs of a sweep by k."""
    inertias = sweep.inertias or tuple((run.inertia,) for run in sweep.runs)
    return {k: Starts(run, all_) for k, run, all_ in zip(sweep.ks, sweep.runs, inertias)}


def _known_scores(sweep: Sweep | None) -> dict[tuple[str, int], Score]:
    """Return the scores of a sweep by criterion and k."""
    if sweep is None:
        return {}
    return {
        (name, k): score
        for name, row in sweep.scores.items()
        for k, score in zip(sweep.ks, row)
        if score.note != "not scored"
    }
