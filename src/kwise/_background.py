"""Work done beside the rest, where there is somebody to do it: the answer is the same."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import Connection
from typing import TypeVar, TypeVarTuple, Unpack

__all__ = ["begin", "in_two"]

T = TypeVar("T")
Item = TypeVar("Item")
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


def in_two(function: Callable[[Sequence[Item]], list[T]], items: Sequence[Item]) -> list[T]:
    """Return ``function(items)``; a process that was begun for such work forks to do half.

    ``function`` returns one result for each item, in their order. A fork has all that this
    process has, so nothing but results is sent.
    """
    if len(items) < 2 or not _is_forked():
        return function(items)
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(sender, function, items[1::2]), daemon=True)
    with warnings.catch_warnings():  # numpy's threads are idle, and know of forks
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    sender.close()
    mine = function(items[::2])
    try:
        others = receiver.recv()
    except EOFError:  # what was wrong there will be said here
        others = function(items[1::2])
    found: list[T] = [*mine, *others]
    found[::2], found[1::2] = mine, others
    return found


def _is_forked() -> bool:
    """Whether this process was forked from another of ours."""
    return parent_process() is not None and type(current_process()).__name__ == "ForkProcess"


def _send(
    sender: Connection, function: Callable[[Sequence[Item]], list[T]], items: Sequence[Item]
) -> None:
    """Do one half in the fork."""
    with suppress(OSError):  # nobody listens any more
        sender.send(function(items))
