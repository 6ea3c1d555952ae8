"""Work handed to others comes back the same, or is done here."""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import kwise
from kwise._background import begin, in_two


def doubled(items):
    """Return every item twice as large."""
    return [2 * item for item in items]


def doubled_in_two(n):
    """Do the same where a fork may help; tell which processes did it."""
    found = in_two(lambda items: [(2 * item, os.getpid()) for item in items], range(n))
    return [value for value, _ in found], len({process for _, process in found})


def died_in_the_first_half(n):
    """Refuse one item, wherever it is done."""

    def refuse(items):
        if 1 in items:
            raise ValueError("no ones")
        return list(items)

    return in_two(refuse, range(n))


def end_of_the_process():
    """End the second process without a word; do something sensible in the first."""
    if os.getpid() != MAIN:
        os._exit(1)
    return "done here"


MAIN = os.getpid()


@pytest.fixture
def forked():
    """Return an executor with one process, forked from this."""
    with ProcessPoolExecutor(1, get_context("fork")) as executor:
        yield executor


def test_without_an_executor_work_is_done_when_it_is_asked_for():
    done = []
    wait = begin(None, done.append, 1)
    assert done == []
    wait()
    assert done == [1]


def test_an_executor_does_the_work(forked):
    assert begin(forked, doubled, [1, 2])() == [2, 4]


def test_work_of_a_process_that_died_is_done_here(forked):
    first = begin(forked, end_of_the_process)
    assert first() == "done here"
    assert begin(forked, end_of_the_process)() == "done here"


def test_this_process_does_not_fork():
    assert doubled_in_two(5) == ([0, 2, 4, 6, 8], 1)


def test_a_forked_process_forks_for_one_half_and_keeps_the_order(forked):
    assert begin(forked, doubled_in_two, 5)() == ([0, 2, 4, 6, 8], 2)


def test_a_mistake_in_the_half_of_a_fork_is_raised(forked):
    with pytest.raises(ValueError, match="no ones"):
        begin(forked, died_in_the_first_half, 4)()


def test_a_page_and_its_numbers_are_the_same_with_an_executor():
    X = np.random.default_rng(0).normal(size=(60, 2))
    X += np.repeat([[0.0], [8.0], [16.0]], 20, axis=0)
    alone = kwise.analyze(X, ks=range(1, 5))
    with ThreadPoolExecutor(1) as executor:
        beside = kwise.analyze(X, ks=range(1, 5), executor=executor)
        assert beside.to_html(executor=executor) == alone.to_html()
    assert beside.selection.measures == alone.selection.measures
