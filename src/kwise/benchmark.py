"""kwise timed beside scikit-learn: the same task in turn, and only equal answers compared."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from sklearn import cluster as sklearn_cluster
from sklearn import metrics as sklearn_metrics
from sklearn.exceptions import ConvergenceWarning

from kwise import estimators, metrics
from kwise._formatting import fixed
from kwise._progress import AnyProgress, silent, with_bar
from kwise._registry import unknown_name
from kwise.estimators.plusplus import kmeans_plusplus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwise.results import Floats

__all__ = ["TASKS", "Timing", "time_against_sklearn"]

Run: TypeAlias = Callable[[], object]
# Whether the two answers are the same, and what they have in common, in words.
Verdict: TypeAlias = tuple[bool, str]
# A task: what kwise runs, what scikit-learn runs, and how the answers are compared.
Task: TypeAlias = tuple[Run, Run, Callable[[object, object], Verdict]]

_N_ITER = 20
# Rows whose silhouette scikit-learn can score in a bearable time.
MOST_SCORED = 10_000


@dataclass(frozen=True, slots=True)
class Timing:
    """One task, done by both; made by ``time_against_sklearn``.

    ``kwise_seconds`` and ``sklearn_seconds`` are medians of the repeats. ``ratio`` is how many
    times longer scikit-learn takes, above 1 where kwise is faster; None where the answers
    differ, as there is nothing to compare then. ``answer`` says what was compared.
    """

    task: str
    kwise_seconds: float
    sklearn_seconds: float
    ratio: float | None
    same: bool
    answer: str


@with_bar
def time_against_sklearn(
    X: Floats,
    n_clusters: int = 8,
    *,
    tasks: Sequence[str] | None = None,
    repeats: int = 5,
    random_state: int = 0,
    progress: AnyProgress = silent,
) -> tuple[Timing, ...]:
    """Do the same task with kwise and with scikit-learn, and time both.

    Each task is run once by both to warm up and to compare the answers, then ``repeats``
    times in turn, so that whatever else the machine does meets both alike.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows, finite, prepared as they are to be clustered.
    n_clusters : int, default=8
        Number of clusters, at least 2 and at most n_samples - 1.
    tasks : sequence of str, optional
        Names in ``TASKS``; by default all.
    repeats : int, default=5
        Times that each task is run by each, at least 1.
    random_state : int, default=0
        Seed of both.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.

    Returns
    -------
    tuple of Timing
        One for each task.

    Raises
    ------
    ValueError
        If a task is unknown or the number of clusters does not fit.

    Notes
    -----
    Silhouettes are scored on the first 10,000 rows, as scikit-learn's time grows with the
    square of their number.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.benchmark import time_against_sklearn
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> [each.same for each in time_against_sklearn(X, 3, tasks=["fit"], repeats=1)]
    [True]
    """
    assert callable(progress)  # as with_bar has it
    if not 2 <= n_clusters < len(X):
        raise ValueError(
            f"k={n_clusters} does not fit {len(X):,} rows; pass 2 to {max(len(X) - 1, 2):,}"
        )
    wanted = list(TASKS) if tasks is None else list(tasks)
    for name in wanted:
        if name not in TASKS:
            raise ValueError(unknown_name(name, TASKS, what="task"))
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a stated number of iterations
        for i, name in enumerate(wanted):
            progress(f"timing: {name}", i, len(wanted))
            found.append(_timing(name, TASKS[name](X, n_clusters, random_state), repeats))
    return tuple(found)


def _timing(name: str, task: Task, repeats: int) -> Timing:
    """Compare the answers, then time both in turn."""
    ours, theirs, compared = task
    same, answer = compared(ours(), theirs())
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for run, times in zip((ours, theirs), seconds):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
    one, other = map(statistics.median, seconds)
    return Timing(name, one, other, other / max(one, 1e-12) if same else None, same, answer)


def _fit(X: Floats, k: int, seed: int) -> Task:
    """Fit with every setting at its default."""
    return (
        lambda: estimators.KMeans(k, random_state=seed).fit(X),
        lambda: sklearn_cluster.KMeans(k, random_state=seed).fit(X),
        _same_inertia,
    )


def _iterations(X: Floats, k: int, seed: int) -> Task:
    """Go on for a stated number of iterations from rows drawn as centers."""
    rows = np.sort(np.random.default_rng(seed).choice(len(X), k, replace=False))
    start = np.ascontiguousarray(X[rows])
    return (
        lambda: estimators.KMeans(k, init=start, n_init=1, max_iter=_N_ITER, tol=0.0).fit(X),
        lambda: sklearn_cluster.KMeans(k, init=start, n_init=1, max_iter=_N_ITER, tol=0.0).fit(X),
        _same_inertia,
    )


def _seeding(X: Floats, k: int, seed: int) -> Task:
    """Draw first centers by greedy k-means++."""
    return (
        lambda: kmeans_plusplus(X, k, random_state=seed)[1],
        lambda: sklearn_cluster.kmeans_plusplus(X, k, random_state=seed)[1],
        _same_labels,
    )


def _predict(X: Floats, k: int, seed: int) -> Task:
    """Find the nearest of fitted centers for every row."""
    centers = estimators.KMeans(k, random_state=seed, max_iter=_N_ITER).fit(X).cluster_centers_
    few = X[: max(k, 1_000)]
    ours = estimators.KMeans(k, init=centers, n_init=1, max_iter=1).fit(few)
    theirs = sklearn_cluster.KMeans(k, init=centers, n_init=1, max_iter=1).fit(few)
    ours.cluster_centers_ = theirs.cluster_centers_ = centers  # the same to the last bit
    return (lambda: ours.predict(X), lambda: theirs.predict(X), _same_labels)


def _silhouette(X: Floats, k: int, seed: int) -> Task:
    """Score a clustering by its exact mean silhouette."""
    rows = np.ascontiguousarray(X[:MOST_SCORED])
    labels = estimators.KMeans(k, random_state=seed).fit_predict(rows)
    return (
        lambda: metrics.silhouette_score(rows, labels),
        lambda: sklearn_metrics.silhouette_score(rows, labels),
        _same_number,
    )


def _same_inertia(ours: object, theirs: object) -> Verdict:
    """Compare two fits by their inertias: to six digits the same optimum."""
    one, other = float(ours.inertia_), float(theirs.inertia_)  # type: ignore[attr-defined]
    same = abs(one - other) <= 1e-6 * max(abs(other), 1e-300)
    words = f"inertia {one:.6g}" if same else f"inertia {one:.6g} and {other:.6g}"
    return same, f"{words}, {ours.n_iter_} and {theirs.n_iter_} iterations"  # type: ignore[attr-defined]


def _same_labels(ours: object, theirs: object) -> Verdict:
    """Compare whole numbers one by one; exact ties may be broken either way."""
    share = float(np.mean(np.asarray(ours) == np.asarray(theirs)))
    return share >= 0.9999, f"{100 * share:.4g} % the same"


def _same_number(ours: object, theirs: object) -> Verdict:
    """Compare two scores."""
    one, other = float(ours), float(theirs)  # type: ignore[arg-type]
    same = abs(one - other) <= 1e-6
    return same, fixed(one, 7) if same else f"{fixed(one, 7)} and {fixed(other, 7)}"


# Name -> how to set the task up from rows, a number of clusters and a seed.
TASKS: dict[str, Callable[[Floats, int, int], Task]] = {
    "fit": _fit,
    "iterations": _iterations,
    "seeding": _seeding,
    "predict": _predict,
    "silhouette": _silhouette,
}
