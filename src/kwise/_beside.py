"""Work done beside the rest, where there is somebody to do it: the answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar, TypeVarTuple, Unpack

__all__ = ["begin"]

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def begin(
    executor: Executor | None, function: Callable[[Unpack[Arguments]], T], *arguments: *Arguments
) -> Callable[[], T]:
    """Hand work to the executor, and return what waits for the result.

    Without an executor, or where its process died, the work is done when the result is asked for.
    """

    def here() -> T:
        """Do the work now."""
        return function(*arguments)

    if executor is None:
        return here
    try:
        future = executor.submit(function, *arguments)
    except BrokenProcessPool:
        return here

    def wait() -> T:
        """Return the result as soon as it is there."""
        try:
            return future.result()
        except BrokenProcessPool:
            return here()

    return wait
