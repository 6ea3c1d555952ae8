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

_BYTES = 2  # of the number of an item


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


def in_two(function: Callable[[Item], T], items: Sequence[Item]) -> list[T]:
    """Do ``function`` for each item; a process that was begun for such work forks to help.

    Both take the next item as soon as they are free. A fork has all that this process has, so
    nothing but results is sent.
    """
    if sys.platform == "win32" or len(items) < 2 or not _is_forked():
        return [function(item) for item in items]
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    turns = _turns(len(items))
    child = context.Process(target=_send, args=(sender, function, items, turns), daemon=True)
    with warnings.catch_warnings():  # numpy's threads are idle, and know of forks
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    sender.close()
    try:
        found = _done(function, items, turns)
    finally:
        os.close(turns)
    with suppress(EOFError):  # what was wrong there will be said here
        found |= receiver.recv()
    return [found[i] if i in found else function(item) for i, item in enumerate(items)]


def _turns(count: int) -> int:
    """Return a pipe from which each of a few numbers is read once, by whichever process asks."""
    turns, writer = os.pipe()
    os.write(writer, b"".join(i.to_bytes(_BYTES, "little") for i in range(count)))
    os.close(writer)
    return turns


def _done(function: Callable[[Item], T], items: Sequence[Item], turns: int) -> dict[int, T]:
    """Do the items whose turn it is while there are any; return results by number."""
    found = {}
    while turn := os.read(turns, _BYTES):
        i = int.from_bytes(turn, "little")
        found[i] = function(items[i])
    return found


def _is_forked() -> bool:
    """Whether this process was forked from another of ours."""
    return parent_process() is not None and type(current_process()).__name__ == "ForkProcess"


def _send(
    sender: Connection, function: Callable[[Item], T], items: Sequence[Item], turns: int
) -> None:
    """Do in the fork what nobody else has begun."""
    end_with_parent()
    with suppress(OSError):  # nobody listens any more
        sender.send(_done(function, items, turns))


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
