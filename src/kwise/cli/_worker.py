"""A second process, which imports while the first does, and then works beside it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module

__all__ = ["second_process"]


@contextmanager
def second_process(prepare: str) -> Iterator[Executor | None]:
    """Fork before the libraries are there, so that both processes import them at once.

    ``prepare`` names the function, as "module:function", that loads what will be needed.

    Nothing is gained on one core; where libraries have started threads already, or forking is
    not the system's way, there is no second process either.
    """
    if not _worth_it():
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    others = set(active_children())
    executor = ProcessPoolExecutor(1, get_context("fork"), initializer=_begin)
    executor.submit(_load, prepare)
    try:
        yield executor
    finally:
        for child in set(active_children()) - others:  # its work is of no use any more
            child.terminate()
        executor.shutdown()


def _worth_it() -> bool:
    """Whether a fork is safe now, and has a core of its own."""
    threads = os.environ.get("OMP_NUM_THREADS", "2").partition(",")[0].strip()
    if sys.platform != "linux" or "numpy" in sys.modules:
        return False
    return threads != "1" and len(os.sched_getaffinity(0)) > 1


def _begin() -> None:
    """End with the first process, without a word: that one says what is to be said.

    Its input is not read here. Its output stays open until both are gone: who has read that to
    its end knows that nothing is at work any more.
    """
    from kwise._background import end_with_parent

    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)


def _load(place: str) -> None:
    """Load what will be needed; what is wrong with a module is said where it is used."""
    module, _, function = place.partition(":")
    getattr(import_module(module), function)()
