"""What parts find merges into the answer of all rows, bit for bit."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import kwise
from kwise._core import columns, kmeans_plusplus, lloyd, pack
from kwise._core.columns import column_means, exact_means
from kwise._core.parts import CHUNK_ROWS, Whole, hold_part, hold_totals, seed_part

K = 9


def _rows(dtype, n=9000, d=6):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n, d)) + 6 * rng.integers(0, 5, size=(n, 1))
    return X.astype(dtype)


def _whole(X, weights):
    shift = column_means(X)
    largest = np.abs(X - shift).max(axis=0).astype(float)
    heaviest = 1.0 if weights is None else float(weights.max())
    return Whole(len(X), shift, largest, heaviest, weights is not None)


def _cuts(n, count):
    edges = np.linspace(0, n / CHUNK_ROWS, count + 1).round().astype(int) * CHUNK_ROWS
    return [slice(a, b) for a, b in zip(edges, [*edges[1:-1], n])]


def _weights(X, weighted):
    rng = np.random.default_rng(2)
    return rng.uniform(0.1, 3.0, len(X)).astype(X.dtype) if weighted else None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_parts", [1, 2, 3])
@pytest.mark.parametrize("kept", [False, True])
def test_any_cut_descends_as_one(dtype, weighted, n_parts, kept):
    X = _rows(dtype)
    weights = _weights(X, weighted)
    whole = _whole(X, weights)
    start = np.ascontiguousarray(X[:K] - whole.shift)
    one = lloyd(pack(X, whole.shift, weights, 1, K), start, 12, 0.0, 1)
    parts = [
        hold_part(X[at], None if weights is None else weights[at], whole, K, kept=kept, n_threads=1)
        for at in _cuts(len(X), n_parts)
    ]
    centers, none = start, np.zeros(0)
    for _ in range(12):
        totals = hold_totals(whole, K)
        moved = sum(part.assign(centers) for part in parts)
        for part in reversed(parts):
            totals.add(*part.sums())
        at = none.astype(np.int64)
        before = centers
        centers, shifts, _ = totals.move(centers, np.zeros((0, X.shape[1]), dtype), none, at, at)
        for part in parts:
            part.centers_moved(shifts)
        if moved == 0:
            break
    if moved:
        for part in parts:
            part.assign(centers)
        before = centers
    inertia = 0.0
    for chunk in np.concatenate([part.chunk_inertias(before) for part in parts]):
        inertia += chunk

    assert np.array_equal(centers, one["centers"])
    assert np.array_equal(np.concatenate([part.labels() for part in parts]), one["labels"])
    assert inertia == one["inertia"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_any_cut_draws_the_same_seeds(dtype, weighted):
    X = _rows(dtype)
    weights = _weights(X, weighted)
    whole, n_trials = _whole(X, weights), 3
    uniforms = np.random.default_rng(0).uniform(size=1 + (K - 1) * n_trials)
    rows = kmeans_plusplus(pack(X, whole.shift, weights, 1, K), K, uniforms, n_trials, 1)
    cuts = _cuts(len(X), 3)
    parts = [
        seed_part(X[at], whole.shift, None if weights is None else weights[at], 1) for at in cuts
    ]
    held = X - whole.shift

    def potential(row, kept):
        sums = [part.lower(np.ascontiguousarray(held[row]), kept) for part in parts]
        total = 0.0
        for chunk in np.concatenate(sums):
            total += chunk
        return total

    total, seeds = potential(rows[0], True), [rows[0]]
    for c in range(K - 1):
        targets = uniforms[1 + c * n_trials :][:n_trials] * float(dtype(total))
        before, found = 0.0, []
        for part, at in zip(parts, cuts):
            there, before = part.look_up(np.sort(targets)[len(found) :], len(X), before)
            found += [at.start + i for i in there if i < at.stop - at.start]
        found += [len(X) - 1] * (n_trials - len(found))
        trials = np.empty(n_trials, int)
        trials[np.argsort(targets)] = found
        best = int(np.argmin([dtype(potential(row, False)) for row in trials]))
        seeds.append(trials[best])
        total = potential(trials[best], True)

    assert seeds == rows.tolist()


def test_empty_clusters_take_the_farthest_rows_and_of_equal_ones_the_last():
    X = np.zeros((50, 1))
    X[[40, 7, 21]] = 10.0
    X[33] = 12.0
    start = np.array([[0.0], [90.0], [80.0], [70.0]])

    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(3\)"):
        model = kwise.KMeans(4, init=start, n_init=1, max_iter=1, tol=0).fit(X)

    # Rows 33, 40 and 21 in this order: row 7 is left for the one that is nearest.
    assert model.cluster_centers_.ravel().tolist() == pytest.approx([10 / 47, 12.0, 10.0, 10.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_means_of_very_many_rows_are_exact_sums_rounded_once(dtype, monkeypatch):
    X = _rows(dtype, 5000, 3) * np.array([1.0, 1e6, 1e-3], dtype)
    monkeypatch.setattr(columns, "MOST_IN_TURN", 4000)

    wide = X.astype(np.longdouble).mean(axis=0).astype(dtype)
    assert np.array_equal(column_means(X), wide)
    assert np.array_equal(exact_means(X[::-1].copy()), wide)


@pytest.mark.slow
def test_draws_from_many_float32_rows_reach_the_last():
    n = 2**24 + 2**22
    X = np.zeros((n, 1), np.float32)
    X[1:] = 1.0
    uniforms = np.array([0.0, 0.99])

    rows = kmeans_plusplus(pack(X, None, None, 2, 2), 2, uniforms, 1, 2)

    # All other rows are 1 away, and a float32 sum of these stands still at 2**24.
    assert abs(rows[1] - 0.99 * n) < 10
