"""The number of threads follows the usual limits."""

import os
import subprocess
import sys

import pytest
import threadpoolctl

from kwise._core.threads import effective_n_threads

ASK = "from kwise._core.threads import effective_n_threads; print(effective_n_threads())"


def _ask(**environment: str) -> int:
    kept = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=kept | environment, capture_output=True, check=True
    )
    return int(done.stdout)


@pytest.mark.parametrize("asked", ["1", "3"])
def test_omp_num_threads_is_followed(asked):
    assert _ask(OMP_NUM_THREADS=asked) == int(asked)


def test_without_a_wish_it_is_at_most_the_cpus_of_the_process():
    assert 1 <= _ask() <= len(os.sched_getaffinity(0))


def test_the_cpu_mask_is_followed():
    mask = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(mask)})
        assert effective_n_threads() == 1
    finally:
        os.sched_setaffinity(0, mask)


@pytest.mark.parametrize("user_api", [None, "openmp"])
def test_threadpoolctl_limits_are_followed(user_api):
    with threadpoolctl.threadpool_limits(1, user_api=user_api):
        assert effective_n_threads() == 1
