"""Works done at once: in order, each on one thread, and the first failure is told."""

import threading

import pytest

from kwise._core import threads
from kwise._core.threads import abreast, effective_n_threads, in_turn


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


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_works_that_come_one_by_one_are_answered_in_order(at_once):
    held = []

    def works():
        for number in range(9):
            held.append(number)
            yield lambda number=number: (number, effective_n_threads())

    found = []
    for each in in_turn(works(), at_once):
        found.append(each[0])
        # Few are begun ahead of what has been taken.
        assert len(held) - len(found) <= 2
        assert at_once == 1 or each[1] == 1

    assert found == list(range(9))


def test_of_works_that_come_one_by_one_a_failure_is_raised_and_no_more_are_begun():
    taken = []

    def works():
        for number in range(20):
            taken.append(number)
            yield lambda number=number: 1 // (number - 3)

    with pytest.raises(ZeroDivisionError):
        list(in_turn(works(), 2))
    assert len(taken) < 10


def test_who_stops_listening_ends_the_works():
    coming = in_turn((lambda: 1 for _ in range(20)), 2)
    assert next(coming) == 1
    coming.close()
    assert threading.active_count() < 10
