"""Work handed to others comes back the same, or is done here."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import kwise
from kwise._background import begin, end_with_parent, in_two


def doubled(items):
    """Return every item twice as large."""
    return [2 * item for item in items]


def doubled_in_two(n):
    """Do the same where a fork may help; tell which processes did it."""

    def double(item):
        time.sleep(0.2)  # so that there is something to do for both
        return 2 * item, os.getpid()

    found = in_two(double, range(n))
    return [value for value, _ in found], len({process for _, process in found})


def slept_in_two(seconds):
    """Sleep for so long each, in two processes."""
    return in_two(time.sleep, seconds)


def died_of_an_item(n):
    """Refuse one item, wherever it is done."""

    def refuse(item):
        if item == 1:
            raise ValueError("no ones")
        return item

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


def test_a_forked_process_forks_for_help_and_keeps_the_order(forked):
    assert begin(forked, doubled_in_two, 5)() == ([0, 2, 4, 6, 8], 2)


def test_who_is_free_takes_the_next_item(forked):
    slow = 0.6
    begun = time.monotonic()
    begin(forked, slept_in_two, [slow, *[slow / 4] * 4])()
    assert time.monotonic() - begun < 1.5 * slow


def test_a_mistake_is_raised_whichever_process_makes_it(forked):
    with pytest.raises(ValueError, match="no ones"):
        begin(forked, died_of_an_item, 4)()


def test_a_page_and_its_numbers_are_the_same_with_an_executor():
    X = np.random.default_rng(0).normal(size=(60, 2))
    X += np.repeat([[0.0], [8.0], [16.0]], 20, axis=0)
    alone = kwise.analyze(X, ks=range(1, 5))
    with ThreadPoolExecutor(1) as executor:
        beside = kwise.analyze(X, ks=range(1, 5), executor=executor)
        assert beside.to_html(executor=executor) == alone.to_html()
    assert beside.selection.measures == alone.selection.measures


def ends_after_its_parent(lets_the_kernel_tell):
    """Fork, in a process of its own, one more that would sleep for ever; tell its number."""
    code = f"""
import multiprocessing, os, sys, time
import kwise._background as background
if not {lets_the_kernel_tell}:
    background._told_by_kernel = lambda: False

def forked():
    background.end_with_parent()
    print(os.getpid(), flush=True)
    time.sleep(1000)

multiprocessing.get_context("fork").Process(target=forked).start()
time.sleep(1000)
"""
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def is_running(process):
    """Whether a process is there, and no mere entry that its next parent has yet to read."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("lets_the_kernel_tell", [True, False])
def test_a_forked_process_ends_with_its_parent(lets_the_kernel_tell, end):
    parent = ends_after_its_parent(lets_the_kernel_tell)
    child = int(parent.stdout.readline())
    parent.send_signal(end)
    assert parent.communicate(timeout=20) == ("", None)  # the pipe is closed: nobody holds it
    assert parent.returncode == -end
    deadline = time.monotonic() + 10
    while is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_whose_parent_ended_first_ends(forked, monkeypatch):
    assert begin(forked, doubled, [1])() == [2]
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with pytest.raises(BrokenProcessPool):
        ProcessPoolExecutor(1, get_context("fork"), initializer=end_with_parent).submit(
            int
        ).result()
