"""How many threads native code may use now."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TypeVar

import joblib
import threadpoolctl

__all__ = [
    "abreast",
    "cpu_mask",
    "each_alone",
    "effective_n_threads",
    "in_turn",
    "one_blas_thread",
]

T = TypeVar("T")

# Of a thread that does one of several works abreast: it has one core.
_here = threading.local()
_SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def effective_n_threads() -> int:
    """Return the number of threads to use: at least 1.

    It is the smallest of: the limit of the OpenMP runtimes in this process, which
    ``OMP_NUM_THREADS``, ``threadpoolctl.threadpool_limits`` and joblib's workers set, and
    (unless ``OMP_NUM_THREADS`` is set) the physical cores in the process's CPU mask and its
    cgroup's quota (the processors, where the system is not Linux). kwise starts threads of its own
    and no OpenMP runtime; it follows the one that scikit-learn brings, so every tool that limits
    scikit-learn limits kwise as well. In works that are done ``abreast`` it is 1.
    """
    if getattr(_here, "is_abreast", False):
        return 1
    limits: list[int] = [runtime.num_threads for runtime in _openmp_runtimes()]
    if not _asked_for():
        limits.append(_usable_cores(cpu_mask()))
    elif not limits:
        limits.append(_asked_for())
    return max(1, min(limits))


def abreast(
    works: Sequence[Callable[[], T]], before: Callable[[int], None] | None = None
) -> list[T]:
    """Do works that share nothing they change at once, each on one thread; return what they found.

    Small fits leave all cores but one idle; several at a time do not. Answers do not depend on it.
    ``before`` is told the number of each work before its result is waited for; it may raise.
    """
    n_threads = min(effective_n_threads(), len(works))
    if n_threads < 2:
        return each_alone(works, before)

    with ThreadPoolExecutor(n_threads, initializer=_begin) as threads:
        tasks = [threads.submit(work) for work in works]
        try:
            return each_alone([task.result for task in tasks], before)
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def in_turn(works: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """Yield what works find, in their order; as ``abreast``, but so many at once at the most.

    Works are taken from where they come as there is room: few of them, and of what they found, are
    held at a time.
    """
    n_threads = min(effective_n_threads(), at_once)
    if n_threads < 2:
        yield from (work() for work in works)
        return
    with ThreadPoolExecutor(n_threads, initializer=_begin) as threads:
        tasks: deque[Future[T]] = deque()
        try:
            for work in works:
                tasks.append(threads.submit(work))
                if len(tasks) > n_threads:
                    yield tasks.popleft().result()
            while tasks:
                yield tasks.popleft().result()
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _begin() -> None:
    """Tell a thread that it has one core."""
    _here.is_abreast = True


def each_alone(
    works: Sequence[Callable[[], T]], before: Callable[[int], None] | None = None
) -> list[T]:
    """Do works one after the other, on as many threads as there are, told of as by ``abreast``."""
    found = []
    for number, work in enumerate(works):
        if before is not None:
            before(number)
        found.append(work())
    return found


def one_blas_thread() -> threadpoolctl.threadpool_limits:
    """Return a context in which matrix products use one thread; kwise's own engine is untouched.

    Their sums hang on the number of threads. Small ones lose time to threads that wait for each
    other, and a second process has the other core.
    """
    return threadpoolctl.threadpool_limits(limits=1, user_api="blas")


def _asked_for() -> int:
    """Return the number in ``OMP_NUM_THREADS``, 0 where there is none."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(first) if first.isdigit() else 0


@cache
def _openmp_runtimes() -> list[threadpoolctl.LibController]:
    """Find the OpenMP runtimes that scikit-learn has loaded; asking them costs microseconds."""
    import sklearn.utils  # noqa: F401 - loads its OpenMP runtime, so that it can be found

    controller = threadpoolctl.ThreadpoolController()
    return list(controller.select(user_api="openmp").lib_controllers)


def cpu_mask() -> frozenset[int]:
    """Return the CPUs that this process may run on: all, where the system has no masks."""
    if sys.platform == "linux":
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


@cache
def _usable_cores(mask: frozenset[int]) -> int:
    """Count the physical cores behind ``mask``, at most what the cgroup's quota allows."""
    try:
        cores = len({Path(_SIBLINGS.format(cpu)).read_text("ascii") for cpu in mask})
    except OSError:
        cores = len(mask)
    return min(cores, int(joblib.cpu_count()))
