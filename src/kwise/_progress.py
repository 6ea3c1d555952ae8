"""Progress of long work: a callback that the caller draws, a bar, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import signature
from typing import Literal, ParamSpec, Protocol, TypeAlias, TypeVar

__all__ = ["AnyProgress", "Progress", "bar", "silent", "with_bar"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Progress(Protocol):
    """Called as work goes on; raise from it (KeyboardInterrupt, say) to stop.

    ``task`` is a short sentence for people ("silhouette, k = 4"), ``done`` and
    ``total`` count steps of that task.
    """

    def __call__(self, task: str, done: int, total: int) -> None:
        """Take note of the progress."""


# What a function's ``progress`` may be; True and "bar" draw a bar, False and None nothing.
AnyProgress: TypeAlias = Progress | bool | Literal["bar"] | None


def silent(task: str, done: int, total: int) -> None:
    """Take no note of the progress: the default."""


def with_bar(work: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let ``progress`` of a function be True or "bar" too: a bar in a notebook or a terminal.

    False and None are silence.
    """
    place = list(signature(work).parameters).index("progress")

    @wraps(work)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if len(args) > place:  # by place, as some take it
            kwargs["progress"] = args[place]
            args = args[:place] + args[place + 1 :]  # type: ignore[assignment]
        wanted = kwargs.get("progress", silent)
        if wanted is None or wanted is False:
            kwargs["progress"] = silent
        elif wanted is True or wanted == "bar":
            with bar() as progress:
                kwargs["progress"] = progress
                return work(*args, **kwargs)
        elif not callable(wanted):
            raise TypeError(
                f"progress={wanted!r} is not understood; pass True or 'bar' for a bar, or a "
                "function of task, done and total"
            )
        return work(*args, **kwargs)

    return run


@contextmanager
def bar(*, to_stderr: bool = False) -> Iterator[Progress]:
    """Draw a bar with the time left by rich, which knows notebooks and terminals."""
    from kwise._optional import require

    console = require("rich.console", extra="report")
    rich = require("rich.progress", extra="report")
    columns = (
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.TimeElapsedColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console.Console(stderr=to_stderr), transient=True) as bars:
        row = bars.add_task("reading", total=None)

        def show(task: str, done: int, total: int) -> None:
            """Draw the progress."""
            bars.update(row, description=task, completed=done, total=total)

        yield show
