"""Fits work and agree in forked and fresh processes and in threads, and can be interrupted."""

import multiprocessing
import os
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from joblib import Parallel, delayed

from kwise import KMeans

X = np.random.RandomState(0).normal(size=(30_000, 4))


def _labels(seed: int) -> np.ndarray:
    return KMeans(8, random_state=seed, max_iter=20).fit(X).labels_


def _send_labels(pipe, seed: int) -> None:
    pipe.send(_labels(seed))


def _labels_of_a_fork(seed: int) -> np.ndarray:
    """Fit in a forked child; a child that hangs is ended and fails the test."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    with warnings.catch_warnings():
        # Newer versions of Python warn of any fork of a process with threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = context.Process(target=_send_labels, args=(theirs, seed))
        child.start()
    try:
        assert ours.poll(60), "the forked child hangs"
        return ours.recv()
    finally:
        child.kill()
        child.join()


def test_a_fork_after_threads_were_used_fits_the_same():
    expected = _labels(0)  # starts the pool that the fork does not inherit

    for _ in range(3):
        np.testing.assert_array_equal(_labels_of_a_fork(0), expected)
    np.testing.assert_array_equal(_labels(0), expected)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_joblib_workers_fit_the_same(backend):
    expected = [_labels(seed) for seed in range(4)]

    found = Parallel(n_jobs=2, backend=backend)(delayed(_labels)(seed) for seed in range(4))

    np.testing.assert_array_equal(found, expected)


def test_many_threads_may_fit_at_once():
    expected = [_labels(seed) for seed in range(8)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(_labels, range(8)))

    np.testing.assert_array_equal(found, expected)


def test_an_interrupt_stops_a_fit_and_keeps_what_was_there():
    model = KMeans(3, random_state=0).fit(X)
    before = dict(vars(model))
    model.set_params(n_clusters=64, n_init=10_000, init="random", tol=0)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))

    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(np.random.RandomState(1).uniform(size=(100_000, 6)))

    for name in ("cluster_centers_", "labels_", "inertia_", "n_features_in_"):
        assert vars(model)[name] is before[name]
    np.testing.assert_array_equal(model.predict(X), model.labels_)
