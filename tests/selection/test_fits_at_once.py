"""Candidates that are fitted several at a time come out as they do one after the other."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise._core import threads
from kwise.selection import fitter
from kwise.selection.context import SweepContext
from kwise.selection.fitter import Fitter, fit_each, fit_many

KS = range(1, 12)


@pytest.fixture
def two_threads(monkeypatch):
    monkeypatch.setattr(threads, "_openmp_runtimes", list)
    monkeypatch.setattr(threads, "_usable_cores", lambda mask: 2)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


def _context(X):
    return SweepContext(X, None, n_init=3, seed=0)


# Rows that the engine holds in several forms, by their number and that of the clusters.
@pytest.mark.parametrize("shape", [(400, 2), (30_000, 3), (9_000, 24), (50, 80), (60_000, 70)])
@pytest.mark.usefixtures("two_threads")
def test_candidates_at_once_are_those_one_by_one(shape):
    X = make_blobs(shape[0], n_features=shape[1], centers=8, random_state=0)[0]
    alone, at_once = _context(X), _context(X)

    at_once.fit_all(KS)

    assert sorted(at_once.starts) == list(KS)
    for k in KS:
        run, other = alone.run(k), at_once.run(k)
        assert run.inertia == other.inertia
        assert np.array_equal(run.labels, other.labels)
        assert np.array_equal(run.centers, other.centers)
        assert alone.starts[k].inertias == at_once.starts[k].inertias


@pytest.mark.usefixtures("two_threads")
def test_no_two_fits_at_once_share_packed_rows():
    X = make_blobs(200, random_state=0)[0]
    at_work = set()

    def fit(fitter, k):
        assert id(fitter) not in at_work
        at_work.add(id(fitter))
        found = fitter.fit(k, n_init=2, random_state=0).best.inertia
        at_work.remove(id(fitter))
        return found

    alone = Fitter(X)
    expected = [alone.fit(k, n_init=2, random_state=0).best.inertia for k in KS]
    assert fit_many(Fitter(X), fit, KS) == expected


# The last two are not handed to the engine in one call: one is large, of two types the other.
@pytest.mark.parametrize("shape", [(300, 2), (40, 90), (60_000, 30), (300, 3)])
@pytest.mark.parametrize("k", [1, 4, 25])
def test_data_sets_at_once_are_those_one_by_one(shape, k, monkeypatch):
    tables = [make_blobs(shape[0], shape[1], random_state=seed)[0] for seed in range(4)]
    if shape == (300, 3):
        tables[2] = tables[2].astype(np.float32)
    seeds = [3, 4, 3, 5]
    calls = []
    engine = fitter.best_of_each
    monkeypatch.setattr(fitter, "best_of_each", lambda *a, **k: calls.append(1) or engine(*a, **k))

    found = fit_each([Fitter(X) for X in tables], k, n_init=2, seeds=seeds)

    assert bool(calls) == (shape in [(300, 2), (40, 90)] and k < 25)
    for X, seed, run in zip(tables, seeds, found, strict=True):
        alone = Fitter(X).fit(k, n_init=2, random_state=seed).best
        assert run.inertia == alone.inertia
        assert np.array_equal(run.labels, alone.labels)
        assert np.array_equal(run.centers, alone.centers)


def test_what_is_fitted_is_not_fitted_again():
    context = _context(np.arange(20.0)[:, None])
    context.fit_all([2, 3])
    first = context.starts[2]

    context.fit_all([2, 3, 4])

    assert context.starts[2] is first
    assert sorted(context.starts) == [2, 3, 4]
