"""Starts and iterations of k-means as scikit-learn's callbacks are told of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from kwise._callbacks import Task, task_ended, task_of
from kwise.results import Run

__all__ = ["Heard", "StartTasks", "n_starts"]

Heard: TypeAlias = Callable[[int, float], None]


def n_starts(kmeans: Any) -> int | None:
    """Return how many starts there will be, where the parameters alone say it."""
    if isinstance(kmeans.n_init, int):
        return kmeans.n_init if isinstance(kmeans.init, str) or callable(kmeans.init) else 1
    return None


class _Stop(Exception):  # noqa: N818 - it is no error
    """A callback wants no more iterations."""


@dataclass(frozen=True)
class StartTasks:
    """Tells callbacks of every start and iteration of a fit."""

    kmeans: Any
    fit: Task

    @classmethod
    def of(cls, kmeans: Any) -> StartTasks | None:
        """Return them for a fit that callbacks listen to."""
        fit = task_of(kmeans)
        return None if fit is None else cls(kmeans, fit)

    def run(self, descend: Callable[[int, Heard | None], Run], max_iter: int) -> tuple[Run, bool]:
        """Descend from one start; return the run, and whether to leave out the starts to come.

        Where a callback stops the iterations, the run is that of as many iterations.
        """
        start, done = self.fit.subcontext("start", max_subtasks=max_iter), 0
        start.call_on_fit_task_begin(estimator=self.kmeans)

        def heard(iteration: int, _: float) -> None:
            """Tell of one iteration."""
            nonlocal done
            done = iteration
            if task_ended(self.kmeans, start, "iteration"):
                raise _Stop

        try:
            run = descend(max_iter, heard)
        except _Stop:
            run = descend(done, None)
        found = {
            "cluster_centers_": run.centers,
            "labels_": run.labels,
            "inertia_": run.inertia,
            "n_iter_": run.n_iter,
        }
        stop = start.call_on_fit_task_end(
            estimator=self.kmeans, reconstruction_attributes=lambda: found
        )
        return run, stop
