"""Clusters of limited sizes in an analysis: the partition shown keeps to them, the verdict not."""

from __future__ import annotations

import math
from dataclasses import replace

from kwise._numbering import numbered_by_size
from kwise._progress import Progress
from kwise.estimators import KMeans
from kwise.results import Floats, Run, Score, Selection, Sweep
from kwise.selection.arguments import begin_context
from kwise.selection.criteria import CRITERIA
from kwise.selection.sweep import run_sweep

__all__ = ["MaxSize", "within_limits"]

MaxSize = int | str | None


def within_limits(
    selection: Selection,
    X: Floats,
    min_size: int | None,
    max_size: MaxSize,
    random_state: int,
    progress: Progress,
) -> Selection:
    """Return the selection with the clusters shown held to sizes, and scored anew.

    What the data support is judged without limits; the reasons say what the limits cost.
    """
    if min_size is None and max_size is None:
        return selection
    k = selection.shown
    free = selection.sweep.run(k)
    model = KMeans(
        k,
        init=free.centers,
        n_init=1,
        min_size=min_size,
        max_size=max_size,  # type: ignore[arg-type] # checked by the estimator
        random_state=random_state,
    ).fit(X)
    run = numbered_by_size(
        Run(model.cluster_centers_, model.labels_, model.inertia_, model.n_iter_, converged=True)
    )
    words = _told(free, run, min_size, max_size)
    return replace(
        selection,
        sweep=_scored(selection.sweep, run, X, random_state, progress),
        reasons=(*selection.reasons, words),
    )


def _told(free: Run, run: Run, min_size: int | None, max_size: MaxSize) -> str:
    """Say what the limits are and what they cost."""
    limits = [f"at least {min_size} rows"] if min_size is not None else []
    if max_size is not None:
        even = max_size == "balanced"
        limits.append("sizes that differ by one at most" if even else f"at most {max_size} rows")
    more = run.inertia / free.inertia - 1 if free.inertia > 0 else 0.0
    return (
        f"The groups shown keep to limits ({' and '.join(limits)}), which costs {more:.1%} of the "
        "sum of squares; what the data support is judged without them. New rows go to the nearest "
        "center, whatever the sizes."
    )


def _scored(sweep: Sweep, run: Run, X: Floats, random_state: int, progress: Progress) -> Sweep:
    """Return the sweep with this run in the place of the one with as many clusters."""
    at = sweep.ks.index(len(run.centers))
    unscored = Score(math.nan, note="not scored")

    def put(values: tuple, value: object) -> tuple:  # type: ignore[type-arg]
        return (*values[:at], value, *values[at + 1 :])

    held = replace(
        sweep,
        runs=put(sweep.runs, run),
        inertias=put(sweep.inertias, (run.inertia,)),
        scores={name: put(row, unscored) for name, row in sweep.scores.items()},
    )
    context = begin_context(
        X, n_init=1, sample_weight=None, random_state=random_state, progress=progress
    )
    criteria = [CRITERIA[name] for name in sweep.scores if name in CRITERIA]
    return run_sweep(context, sweep.ks, criteria, held)
