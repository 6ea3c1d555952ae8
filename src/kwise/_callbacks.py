"""scikit-learn's callbacks, which estimators take from its version 1.9 on: what a fit tells them.

A fit is a task of theirs, with its starts, splits or batches as tasks below. A callback that
says so ends the tasks that are left: the answer is then that of the tasks that were done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn before 1.9 has none: nothing can be set, and nothing is told

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Stands where scikit-learn's would."""

    def with_callbacks(method: Any) -> Any:
        """Return the method as it is."""
        return method


__all__ = ["CallbackSupportMixin", "Task", "Told", "task_ended", "task_of", "telling"]

Fit = TypeVar("Fit", bound=Callable[..., Any])


class Task(Protocol):
    """A task of a fit, as scikit-learn's contexts are."""

    def subcontext(self, task_name: str, *, max_subtasks: int | None = 0) -> Task:
        """Return a task below this one."""

    def call_on_fit_task_begin(self, *, estimator: Any, **facts: Any) -> Any:
        """Tell all callbacks that the task begins."""

    def call_on_fit_task_end(self, *, estimator: Any, **facts: Any) -> bool:
        """Tell all callbacks that the task has ended; return whether to stop."""


def telling(n_tasks: Callable[[Any], int | None]) -> Callable[[Fit], Fit]:
    """Let a method ``fit`` tell callbacks, where some are set, that it begins and ends.

    ``n_tasks`` returns the most tasks below: 0 where it has none, None where nobody knows.
    """

    def decorated(fit: Fit) -> Fit:
        @wraps(fit)
        def run(estimator: Any, X: Any, *args: Any, **keywords: Any) -> Any:
            if not getattr(estimator, "_skl_callbacks", None):
                return fit(estimator, X, *args, **keywords)
            return _told(estimator, fit, n_tasks(estimator), X, *args, **keywords)

        return run  # type: ignore[return-value]

    return decorated


@with_callbacks  # type: ignore[untyped-decorator, unused-ignore]
def _told(
    estimator: Any,
    fit: Callable[..., Any],
    n_tasks: int | None,
    X: Any,
    y: Any = None,
    *args: Any,
    **keywords: Any,
) -> Any:
    """Fit between the first and the last word to the callbacks."""
    given: dict[str, Any] = {"estimator": estimator, "X": X, "y": y}
    weights = args[0] if args else keywords.get("sample_weight")
    if weights is not None:
        given["metadata"] = {"sample_weight": weights}
    told = estimator._init_callback_context(max_subtasks=n_tasks)
    told.call_on_fit_task_begin(**given)
    answer = fit(estimator, X, y, *args, **keywords)
    told.call_on_fit_task_end(**given, reconstruction_attributes=lambda: _learned(estimator))
    return answer


def task_of(estimator: Any) -> Task | None:
    """Return the task of a fit that callbacks listen to, or None."""
    task: Task | None = getattr(estimator, "_callback_fit_ctx", None)
    return task


def task_ended(estimator: Any, parent: Task | None, name: str) -> bool:
    """Tell of a small task that is done; return whether its like are to stop."""
    return Told(estimator, parent).below(name).ended()


@dataclass(frozen=True)
class Told:
    """A task of a fit that callbacks are told of; silent where none listens."""

    estimator: Any
    task: Task | None

    @classmethod
    def of(cls, estimator: Any) -> Told:
        """Return the fit itself, once it has begun."""
        return cls(estimator, task_of(estimator))

    def below(self, name: str, max_subtasks: int | None = 0) -> Told:
        """Begin a task below this one."""
        if self.task is None:
            return self
        task = self.task.subcontext(name, max_subtasks=max_subtasks)
        task.call_on_fit_task_begin(estimator=self.estimator)
        return Told(self.estimator, task)

    def ended(self) -> bool:
        """Tell that this task has ended; return whether its like are to stop."""
        return self.task is not None and self.task.call_on_fit_task_end(estimator=self.estimator)


def _learned(estimator: Any) -> dict[str, Any]:
    """Return the attributes that a fit has set."""
    return {
        name: value
        for name, value in vars(estimator).items()
        if name.endswith("_") and not name.startswith("_")
    }
