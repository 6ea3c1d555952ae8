"""Run several clustering methods on the same rows, within stated limits."""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from kwise._inputs import check_labels, check_lengths, check_n_clusters, check_rows
from kwise._progress import AnyProgress, silent, with_bar
from kwise._registry import resolve
from kwise.comparison.methods import DEFAULT_METHODS, METHODS
from kwise.comparison.outcome import CAUTION, Comparison, Outcome
from kwise.exceptions import MissingDependencyError
from kwise.metrics import match_labels, silhouette_estimate
from kwise.metrics.silhouette import SAMPLE_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from kwise.comparison.base import Method, Partition

__all__ = ["compare_methods"]

SUBSAMPLE = 0.8
EXACT_ROWS = 20_000
_SAMPLED = f"Silhouettes are means over {SAMPLE_ROWS:,} sampled rows, each compared with all."


@with_bar
def compare_methods(
    X: ArrayLike,
    n_clusters: int,
    *,
    methods: Sequence[str | Method] = DEFAULT_METHODS,
    truth: ArrayLike | None = None,
    stability_runs: int = 3,
    random_state: int = 0,
    progress: AnyProgress = silent,
) -> Comparison:
    """Cluster the same rows by several methods, and set the answers side by side.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Prepared rows, finite and on one scale.
    n_clusters : int
        Number of clusters for the methods that need one; the others find their own.
    methods : sequence of str or Method, optional
        Names in ``METHODS``, or methods of your own; by default those in ``DEFAULT_METHODS``.
    truth : array-like of shape (n_samples,), optional
        Known labels, to be agreed with.
    stability_runs : int, default=3
        How often each method is run again on four fifths of the rows; 0 leaves it out.
    random_state : int, default=0
        Seed of all that is random.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.

    Returns
    -------
    Comparison
        One outcome a method, in the order asked. A method whose limit of rows is exceeded is
        skipped; one that fails is kept with the reason.

    Raises
    ------
    ValueError
        If a method is unknown, or n_clusters is below 1 or above n_samples.

    See Also
    --------
    kwise.compare : From a table, with k chosen.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from sklearn.preprocessing import StandardScaler
    >>> from kwise.comparison import compare_methods, dbscan_with
    >>> X, moon = make_moons(250, noise=0.05, random_state=42)
    >>> X = StandardScaler().fit_transform(X)
    >>> found = compare_methods(X, 2, methods=["kmeans", dbscan_with(0.3)], truth=moon)
    >>> [round(outcome.ari, 2) for outcome in found.outcomes]
    [0.47, 1.0]
    """
    assert callable(progress)  # as with_bar has it
    data = check_rows(X)
    n_clusters = check_n_clusters(n_clusters, len(data))
    if truth is not None:
        truth = check_labels(truth, name="truth")
        check_lengths(data, truth, name="truth")
    wanted = [resolve(METHODS, each, what="method") for each in methods]
    outcomes = []
    for done, method in enumerate(wanted):
        progress(f"comparing: {method.label}", done, len(wanted))
        outcomes.append(_outcome(method, data, n_clusters, truth, stability_runs, random_state))
    progress("comparing", len(wanted), len(wanted))
    return Comparison(
        n_clusters=n_clusters,
        outcomes=tuple(_named_alike(outcomes)),
        agreement=_agreement(outcomes),
        plane=_plane(data, random_state),
        caution=CAUTION if len(data) <= EXACT_ROWS else f"{CAUTION} {_SAMPLED}",
    )


def _plane(X: NDArray[np.floating], seed: int) -> NDArray[np.floating]:
    """Return the rows in two columns, to be drawn."""
    if X.shape[1] == 1:
        # On a line rows would hide each other: they are spread at random, across.
        across = np.random.default_rng(seed).uniform(-1, 1, (len(X), 1))
        return np.hstack([X, across])
    return X if X.shape[1] == 2 else np.asarray(PCA(2, random_state=seed).fit_transform(X))


def _outcome(
    method: Method,
    X: NDArray[np.floating],
    k: int,
    truth: ArrayLike | None,
    stability_runs: int,
    seed: int,
) -> Outcome:
    """Run one method and score what it found, or say why not."""
    if len(X) > method.max_rows:
        return Outcome(method.name, method.label, method.rule, None, note=_too_many(method, X))
    start = time.perf_counter()
    partition, note = _fit(method, X, k, seed)
    seconds = time.perf_counter() - start
    if partition is None:
        return Outcome(method.name, method.label, method.rule, None, note=note)
    labels = partition.labels
    return Outcome(
        name=method.name,
        label=method.label,
        rule=method.rule,
        partition=partition,
        noise=float((labels < 0).mean()),
        silhouette=_silhouette(X, labels, seed),
        stability=_stability(method, X, labels, k, stability_runs, seed),
        ari=math.nan if truth is None else float(adjusted_rand_score(truth, labels)),
        seconds=seconds,
        note=note,
    )


def _fit(
    method: Method, X: NDArray[np.floating], k: int, seed: int
) -> tuple[Partition | None, str]:
    """Return the partition with the first warning, or None with the reason of the failure."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            partition = method.fit(X, k, seed)
        except (ValueError, ArithmeticError, MemoryError, MissingDependencyError) as error:
            return None, f"could not be run: {error}"
        except np.linalg.LinAlgError as error:
            return None, f"could not be run: {error}"
    return partition, str(caught[0].message).partition("\n")[0] if caught else ""


def _too_many(method: Method, X: NDArray[np.floating]) -> str:
    """Say that a method is skipped, and what it would have needed."""
    note = f"skipped: {len(X):,} rows are more than its limit of {method.max_rows:,}"
    if method.needs_square_memory:
        gigabytes = 4 * float(len(X)) ** 2 / 1e9  # condensed float64 distances, half the square
        note += f"; the distances of all pairs would need {gigabytes:,.1f} GB"
    return note


def _silhouette(X: NDArray[np.floating], labels: NDArray[np.intp], seed: int) -> float:
    """Return the mean silhouette of the rows that are not noise; sampled where they are many."""
    kept = labels >= 0
    n_clusters = len(np.unique(labels[kept]))
    if not 2 <= n_clusters < int(kept.sum()):
        return math.nan
    rows = X if kept.all() else np.ascontiguousarray(X[kept])
    found = silhouette_estimate(
        rows,
        labels[kept],
        method="exact" if len(rows) <= EXACT_ROWS else "sampled",
        sample_size=SAMPLE_ROWS,
        random_state=seed,
    )
    return float(found.value)


def _stability(
    method: Method,
    X: NDArray[np.floating],
    labels: NDArray[np.intp],
    k: int,
    runs: int,
    seed: int,
) -> float:
    """Return the mean agreement with the same method on random four fifths of the rows."""
    rng = np.random.default_rng(seed)
    size = int(SUBSAMPLE * len(X))
    found = []
    for run in range(runs if size >= max(k, 2) else 0):
        rows = np.sort(rng.choice(len(X), size, replace=False))
        partition, _ = _fit(method, np.ascontiguousarray(X[rows]), k, seed + run + 1)
        if partition is not None:
            found.append(adjusted_rand_score(labels[rows], partition.labels))
    return float(np.mean(found)) if found else math.nan


def _named_alike(outcomes: list[Outcome]) -> list[Outcome]:
    """Give clusters the numbers of those of the first method that they share most rows with."""
    first = next((each.labels for each in outcomes if each.labels is not None), None)
    named = []
    for each in outcomes:
        if first is None or each.partition is None or each.n_clusters == 0:
            named.append(each)
            continue
        labels = each.partition.labels.copy()
        kept = labels >= 0
        labels[kept] = match_labels(first[kept], labels[kept]).labels
        named.append(replace(each, partition=replace(each.partition, labels=labels)))
    return named


def _agreement(outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
    """Return the adjusted Rand index of every pair."""
    table = np.full((len(outcomes), len(outcomes)), math.nan)
    for i, one in enumerate(outcomes):
        for j, other in enumerate(outcomes):
            if one.labels is not None and other.labels is not None:
                kept = (one.labels >= 0) & (other.labels >= 0)
                if kept.any():
                    table[i, j] = adjusted_rand_score(one.labels[kept], other.labels[kept])
    return table
