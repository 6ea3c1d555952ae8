"""Choose the number of clusters, with the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from kwise._progress import Progress, silent
from kwise._tables import resolve
from kwise.results import Selection, Sweep
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA, Criterion
from kwise.selection.sweep import sweep_k
from kwise.selection.verdict import judge

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
    progress: Progress = silent,
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
    progress : callable, optional
        Called as ``progress(task, done, total)``; it may raise to stop.

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

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from kwise import select_k
    >>> X, _ = make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)
    >>> select_k(X, range(1, 6), random_state=0).k
    3
    """
    wanted = [resolve(CRITERIA, each, what="criterion") for each in criteria]
    notes: list[str] = []
    if isinstance(X_or_sweep, Sweep):
        sweep = X_or_sweep
        wanted = [each for each in wanted if each.name in sweep.scores]
    else:
        candidates, note = _possible(X_or_sweep, ks)
        notes += [note] if note else []
        sweep = sweep_k(
            X_or_sweep,
            candidates,
            criteria=wanted,
            n_init=n_init,
            sample_weight=sample_weight,
            random_state=random_state,
            progress=progress,
        )
    choices = {each.name: each.choose(sweep.ks, sweep.scores[each.name]) for each in wanted}
    labels = {each.name: each.label for each in wanted}
    found = judge(choices, labels, sweep.ks)
    return Selection(
        k=found.k,
        kind=found.kind,
        verdict=found.verdict,
        confidence=found.confidence,
        reasons=(*found.reasons, *notes),
        candidates=found.candidates,
        choices=choices,
        directions={each.name: each.direction for each in wanted},
        labels_of_criteria=labels,
        sweep=sweep,
    )


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
