"""How benchmarks measure: in turn, by medians, with a note of what was measured and on what."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

# NumPy's OpenBLAS does not know every processor and is then slow, which would favor kwise.
os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

import numpy as np
import sklearn

import kwise

Clock = Callable[[], float]

# "cpu" is for busy machines, with one thread: it counts this process's time only.
CLOCKS: Mapping[str, Clock] = {"wall": time.perf_counter, "cpu": time.process_time}

# Work of fewer seconds is run right before it is timed, untimed, for as long as threads that others
# left spinning may go on.
BRIEF = 0.1
SPINNING = 0.03


def interleaved(
    runs: Mapping[str, Callable[[], object]],
    repeats: int,
    *,
    clock: Clock = time.perf_counter,
    budget: float = float("inf"),
) -> dict[str, list[float]]:
    """Time every contestant in turn, after one warm-up.

    ``repeats`` times over, or at least three times until ``budget`` seconds are spent. A timed call
    of less than ``BRIEF`` seconds follows ``SPINNING`` seconds of untimed ones of the same
    contestant: or else it would pay for threads that another left spinning (OpenMP's do so for
    milliseconds, and take a core), and for the other's rows in the caches.
    """
    times: dict[str, list[float]] = {who: [] for who in runs}
    brief = {who: _is_brief(run) for who, run in runs.items()}
    begin = clock()
    for repeat in range(repeats):
        if repeat >= 3 and clock() - begin > budget:
            break
        for who, run in runs.items():
            ready = time.perf_counter() + SPINNING
            while brief[who] and time.perf_counter() < ready:
                run()
            start = clock()
            run()
            times[who].append(clock() - start)
    return times


def _is_brief(run: Callable[[], object]) -> bool:
    """Run once, and tell whether that was over soon."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start < BRIEF


def n_threads() -> int:
    """Return how many threads both sides use."""
    return int(os.environ.get("OMP_NUM_THREADS", len(os.sched_getaffinity(0))))


def engine() -> dict[str, object]:
    """Say how kwise was built and what it uses."""
    return kwise.build_info()


def machine() -> dict[str, object]:
    """Say what was measured, and on what."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return {
        "cpu": cpu[0].partition(": ")[2] if cpu else platform.processor(),
        "threads": n_threads(),
        "OPENBLAS_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", ""),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "kwise": engine(),
        "commit": commit.stdout.strip(),
    }
