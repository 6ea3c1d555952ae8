"""Works done at once: in order, each on one thread, and the first failure is told."""

import threading

import pytest

from kwise._core import threads
from kwise._core.threads import abreast, effective_n_threads


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    monkeypatch.setattr(threads, "_openmp_runtimes", list)
    monkeypatch.setattr(threads, "_usable_cores", lambda mask: 2)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def test_works_meet_and_answer_in_order():
    both_there = threading.Barrier(2, timeout=30)

    found = abreast(
        [lambda: (both_there.wait(), "first")[1], lambda: (both_there.wait(), "then")[1]]
    )

    assert found == ["first", "then"]


def test_each_has_one_thread_and_the_caller_all():
    assert abreast([effective_n_threads] * 3) == [1, 1, 1]
    assert effective_n_threads() == 2


def test_within_a_work_others_follow_one_by_one():
    def outer():
        return set(abreast([threading.get_ident] * 4))

    assert all(len(found) == 1 for found in abreast([outer, outer]))


def test_a_failure_is_raised():
    with pytest.raises(ZeroDivisionError):
        abreast([lambda: 1, lambda: 1 // 0, lambda: 2])


def test_the_caller_is_told_before_each_result_and_may_stop():
    told = []

    assert abreast([lambda: 0, lambda: 1], told.append) == [0, 1]
    assert told == [0, 1]

    def stop(number):
        if number:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        abreast([lambda: 0, lambda: 1], stop)
