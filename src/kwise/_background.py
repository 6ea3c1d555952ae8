"""Work done beside the rest, where there is somebody to do it: the answer is the same."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import current_process, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from typing import TypeVar, TypeVarTuple, Unpack

__all__ = ["begin", "end_with_parent", "in_two"]

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
    if sys.platform == "win32" or len(items) < 2 or not _is_forked():
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
    end_with_parent()
    with suppress(OSError):  # nobody listens any more
        sender.send(function(items))


def end_with_parent() -> None:
    """Let this process, forked by another of ours, end when that one does, however it does.

    A parent that is killed cannot say so: the kernel does where it can (Linux), elsewhere a thread
    waits for the pipe that the parent alone holds open.
    """
    parent = parent_process()
    if parent is None:
        return
    if not _told_by_kernel():
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()
    elif os.getppid() != parent.pid:  # it ended before the kernel was asked
        os._exit(1)


def _told_by_kernel() -> bool:
    """Ask Linux for a SIGKILL at the parent's end, and say whether it comes."""
    if sys.platform != "linux":
        return False
    import ctypes

    set_parent_death_signal = 1
    try:
        return bool(ctypes.CDLL(None).prctl(set_parent_death_signal, int(signal.SIGKILL)) == 0)
    except (OSError, AttributeError):  # a libc without it
        return False


def _end_after(sentinel: int) -> None:
    """Wait for the parent's end."""
    wait_for([sentinel])
    os._exit(1)
