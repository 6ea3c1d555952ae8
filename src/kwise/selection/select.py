"""Choose the number of clusters, with the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial

from numpy.typing import ArrayLike
from scipy import sparse

from kwise._background import begin
from kwise._core.threads import one_blas_thread
from kwise._progress import AnyProgress, Progress, silent, with_bar
from kwise.results import Selection, Sweep
from kwise.row_sources import as_rows, is_elsewhere
from kwise.selection.answer import Evidence, selection_of
from kwise.selection.arguments import RandomState, begin_context, read_criteria
from kwise.selection.background_scores import begin_scores
from kwise.selection.candidates import (
    FIRST,
    Ks,
    check_candidates,
    distinct_rows,
    first_candidates,
    most_candidates,
    wider_candidates,
)
from kwise.selection.context import SweepContext
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA, Criterion
from kwise.selection.fitter import Starts
from kwise.selection.sampled_rows import sampled
from kwise.selection.single_columns import effects_of_single_columns
from kwise.selection.suitability import (
    Suitability,
    measure_shapes,
    measure_suitability,
    sample_limit,
    with_candidates,
)
from kwise.selection.sweep import all_candidates, fit_candidates, run_sweep
from kwise.selection.verdict import judge, judge_few

__all__ = ["OpenChoice", "begin_choice", "judge_sweep", "select_k"]


@with_bar
def select_k(
    X: ArrayLike,
    ks: Ks = "auto",
    *,
    criteria: Sequence[str | Criterion] = DEFAULT_CRITERIA,
    n_init: int = 10,
    sample_weight: ArrayLike | None = None,
    random_state: RandomState = None,
    sweep: Sweep | None = None,
    progress: AnyProgress = silent,
    executor: Executor | None = None,
    feature_names: Sequence[str] | None = None,
) -> Selection:
    """Say how many clusters the data support, how sure that is, and why.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Data, finite; sparse ones are written out, and the reasons say so. Rows that lie elsewhere
        (``kwise.rows``, Dask's collections) are sampled, and ``sample`` has sums over all of them.
    ks : iterable of int or "auto", default="auto"
        Numbers of clusters to be shown and scored; those above the number of distinct rows are
        left out and the reasons say so. What the data support does not depend on them: it is
        judged over the candidates that "auto" stands for, 1 to 10 at first, and more while the
        answer lies near the last one or more groups show, up to 80 or a tenth of the rows.
    criteria : sequence of str or Criterion, optional
        Names in ``CRITERIA``, or criteria of your own, whose choices are shown. The verdict rests
        on ``DEFAULT_CRITERIA``, which are scored in any case.
    n_init : int, default=10
        Starts per candidate; the best is searched on from, as by ``KMeans(quality="better")``.
    sample_weight : array-like of shape (n_samples,), optional
        Non-negative; whole numbers count rows, of others only the proportions count. ``None``
        and equal weights are the same.
    random_state : int, RandomState or None, default=None
        Where the starts of k-means are drawn from. All other draws follow from what the rows
        hold, so that nobody can try seeds until the answer pleases. An int gives the same
        selection every time, for any number of threads and any order of the rows.
    sweep : Sweep, optional
        An earlier sweep of the same data, as for ``sweep_k``: its runs and scores are kept, and
        its candidates too.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop. True or "bar" draws a bar.
    executor : concurrent.futures.Executor, optional
        Compares with other methods, and of many rows computes a criterion, while the other
        criteria are computed here. The answer is the same.
    feature_names : sequence of str, optional
        Names of the columns, for the reasons; by default those of a data frame, else their
        places, from 0.

    Returns
    -------
    Selection
        ``k`` that the data support, ``shown`` that was asked for, ``kind``, ``verdict``,
        ``confidence``, ``reasons`` and all the evidence.

    Raises
    ------
    ValueError
        If ``ks`` is empty or a candidate is below 1 or above n_samples.

    See Also
    --------
    sweep_k : The fits and scores alone.
    judge_sweep : The verdict on a sweep, without the data.

    Notes
    -----
    The criteria are weighed by a conditional logit model and the comparison with other methods
    by a logistic one, both fitted on simulated tables (``benchmarks/choice``). Criteria that
    resample and the other methods look at samples of 2,000 rows, or more where k is above 20;
    the notes of the scores say so. Centers of more than 40,000 rows and four million cells are
    looked for in a coreset (``sweep_k``), and the reasons say so.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from kwise import select_k
    >>> X, _ = make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    >>> select_k(X, random_state=0).k
    3
    >>> print(select_k(X, [2], random_state=0).verdict)
    You asked for 2; the data support 3 (over 99 % sure).
    """
    assert callable(progress)  # as with_bar has it
    if is_elsewhere(X):
        drawn = sampled(as_rows(X), sample_weight)
        found = select_k(
            drawn.X, ks, criteria=criteria, n_init=n_init, sample_weight=drawn.weights,
            random_state=random_state, sweep=sweep, progress=progress, executor=executor,
            feature_names=feature_names or drawn.rows.columns,
        )  # fmt: skip
        return drawn.told(found)
    choice = begin_choice(
        X, ks, criteria=criteria, n_init=n_init, sample_weight=sample_weight,
        random_state=random_state, sweep=sweep, progress=progress, feature_names=feature_names,
    )  # fmt: skip
    return choice.decided(executor)


def begin_choice(
    X: ArrayLike,
    ks: Ks,
    *,
    criteria: Sequence[str | Criterion] = DEFAULT_CRITERIA,
    n_init: int = 10,
    sample_weight: ArrayLike | None = None,
    random_state: RandomState = None,
    sweep: Sweep | None = None,
    progress: Progress = silent,
    feature_names: Sequence[str] | None = None,
) -> OpenChoice:
    """Check what ``select_k`` is given, rows in memory, and leave the choice open."""
    shown = _chosen(criteria)
    context = begin_context(
        X,
        n_init=n_init,
        sample_weight=sample_weight,
        random_state=random_state,
        progress=progress,
    )
    if sparse.issparse(context.X):
        raise ValueError(
            f"X is sparse and too large to be written out ({context.X.shape[0]:,} x "
            f"{context.X.shape[1]:,}), and the verdict looks at distances between dense rows; "
            "bring it to fewer columns first, such as with TruncatedSVD(100), or let sweep_k fit "
            "and score what can be."
        )
    context.names = _names(X, feature_names, context.X.shape[1])
    asked = () if isinstance(ks, str) and ks == "auto" else _possible(context, ks)
    return OpenChoice(context, shown, asked, sweep)


@dataclass(frozen=True)
class OpenChoice:
    """A choice of k that is begun: rows can be fitted, and the evidence gathered once."""

    context: SweepContext
    shown: list[Criterion]
    asked: tuple[int, ...]
    sweep: Sweep | None

    def starts(self, k: int) -> Starts:
        """Return the best run with k clusters and the inertias of all, as the evidence has them."""
        with one_blas_thread():
            self.context.run(k)
        return self.context.starts[k]

    def decided(self, executor: Executor | None = None) -> Selection:
        """Gather the evidence, and judge it."""
        context, asked = self.context, self.asked
        scored = {each.name: each for each in (*_judges(), *self.shown)}
        search = Search(context, list(scored.values()), self.sweep, executor)
        with one_blas_thread():
            evidence = search.widen(first_candidates(context))
            if asked:
                whole = run_sweep(context, asked, search.criteria, evidence.sweep)
                evidence = replace(evidence, sweep=whole)
            columns = effects_of_single_columns(context, evidence.found, context.names, executor)
            found = selection_of(evidence, self.shown, asked, context, columns)
        return replace(found, columns=columns)


def judge_sweep(
    sweep: Sweep, *, criteria: Sequence[str | Criterion] = DEFAULT_CRITERIA
) -> Selection:
    """Say how many clusters a sweep supports, without the data that it was made of.

    Parameters
    ----------
    sweep : Sweep
        With scores by ``DEFAULT_CRITERIA``, as ``sweep_k`` makes them.
    criteria : sequence of str or Criterion, optional
        Those whose choices are shown, among the ones that the sweep has scored.

    Returns
    -------
    Selection
        As ``select_k`` makes it, over the candidates of the sweep alone, and without asking
        whether k-means suits the data.

    Raises
    ------
    ValueError
        If the sweep lacks scores that the verdict rests on.

    See Also
    --------
    select_k : The same with the data: more candidates if need be, and other methods beside.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from kwise import judge_sweep, sweep_k
    >>> X, _ = make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    >>> judge_sweep(sweep_k(X, random_state=0)).k
    3
    """
    if not isinstance(sweep, Sweep):
        raise TypeError(
            f"sweep is a {type(sweep).__name__}; pass what sweep_k returns, or rows to select_k."
        )
    missing = [name for name in DEFAULT_CRITERIA if name not in sweep.scores]
    if missing:
        raise ValueError(
            f"the sweep has no scores by {', '.join(missing)}, which the verdict rests on; "
            "sweep_k(X, sweep.ks, sweep=sweep) adds them."
        )
    shown = [each for each in _chosen(criteria) if each.name in sweep.scores]
    choices = {
        each.name: each.choose(sweep.ks, sweep.scores[each.name]) for each in (*_judges(), *shown)
    }
    found = judge(sweep, choices, None, {})
    return selection_of(Evidence(sweep, sweep.ks, choices, found), shown, (), None, ())


@dataclass
class Search:
    """The candidates that the verdict is given on: scored, judged, and widened if need be."""

    context: SweepContext
    criteria: list[Criterion]
    sweep: Sweep | None
    executor: Executor | None
    _compared: dict[int, Suitability] = field(default_factory=dict)

    def widen(self, ks: tuple[int, ...]) -> Evidence:
        """Judge candidates; where the answer lies near the last one, look at more."""
        most = most_candidates(self.context)
        if most < min(FIRST, self.context.X.shape[0]):
            self.context.say(_ends_at(most))
        while True:
            evidence = self._judged(ks)
            wider = wider_candidates(ks, evidence.found.k, _others_see(evidence), most)
            if wider is None:
                return evidence
            ks, self.sweep = wider, evidence.sweep

    def _judged(self, ks: tuple[int, ...]) -> Evidence:
        """Score and judge these candidates, and no others that the sweep may hold."""
        context = self.context
        fit_candidates(context, all_candidates(context, ks, self.sweep))
        compared = self._begin_comparison(ks)
        known = set() if self.sweep is None else set(self.sweep.ks)
        new = tuple(k for k in ks if k not in known)
        elsewhere = begin_scores(context, self.criteria, new, self.executor)
        sweep = run_sweep(context, ks, self.criteria, self.sweep, elsewhere)
        judged = sweep.of(ks)
        choices = {each.name: each.choose(ks, judged.scores[each.name]) for each in self.criteria}
        suitability = self._compared[sample_limit(ks)] = compared()
        shapes = measure_shapes(context, ks)
        found = judge_few(judge(judged, choices, suitability, shapes), context.n_rows)
        return Evidence(sweep, ks, choices, found, suitability, shapes[found.k])

    def _begin_comparison(self, ks: tuple[int, ...]) -> Callable[[], Suitability]:
        """Begin the comparison with other methods; of a sample that they have seen it is known."""
        seen = self._compared.get(sample_limit(ks))
        if seen is not None:
            return partial(with_candidates, seen, self.context, ks)
        if self.executor is None:
            return partial(measure_suitability, self.context, ks)
        sample = self.context.of_sample(sample_limit(ks))
        return begin(self.executor, measure_suitability, sample, ks)


def _ends_at(distinct: int) -> str:
    """Say why no more candidates are looked at."""
    return f"Candidates above {distinct} were left out: no more rows are distinct."


def _others_see(evidence: Evidence) -> int:
    """Return how many groups the better method sees; 0 where none is better."""
    found = evidence.found
    if evidence.suitability is None or found.alternative is None:
        return 0
    return evidence.suitability.partitions[found.alternative].n_clusters


def _judges() -> list[Criterion]:
    """Return the criteria that the verdict rests on."""
    return [CRITERIA[name] for name in DEFAULT_CRITERIA]


def _chosen(criteria: Sequence[str | Criterion]) -> list[Criterion]:
    """Return the criteria to be shown, of which there must be some."""
    wanted = read_criteria(criteria)
    if not wanted:
        raise ValueError(
            "criteria is empty; leave it out for all that the verdict rests on, or name some. "
            "sweep_k fits without scores."
        )
    return wanted


def _names(X: ArrayLike, given: Sequence[str] | None, n_features: int) -> tuple[str, ...]:
    """Return the names of the columns."""
    if given is None:
        given = getattr(X, "columns", None)
    if given is None:
        return tuple(str(j) for j in range(n_features))
    names = tuple(str(each) for each in given)
    if len(names) != n_features:
        raise ValueError(f"feature_names has {len(names)} names for {n_features} columns.")
    return names


def _possible(context: SweepContext, ks: Ks) -> tuple[int, ...]:
    """Leave out candidates above the number of distinct rows, and note that."""
    candidates = check_candidates(ks, context.X.shape[0])
    distinct = distinct_rows(context.X, candidates[-1])
    kept = tuple(k for k in candidates if k <= distinct)
    if not kept:
        raise ValueError(
            f"ks starts at {candidates[0]} and the data hold only {distinct} distinct rows; "
            f"pass candidates up to {distinct}."
        )
    if len(kept) < len(candidates):
        context.say(_ends_at(distinct))
    return kept
