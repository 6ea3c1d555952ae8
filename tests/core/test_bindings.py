"""The bindings answer or refuse in words, whatever they are called with."""

import sys
from pathlib import Path

import numpy as np
import pytest

from kwise._core import _native

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
import bindings

X = np.arange(40.0).reshape(10, 4)
CENTERS = X[:3].copy()
X32 = X.astype(np.float32)
LABELS = np.zeros(10, np.int32)


def _dense():
    return _native.Points64(X, None, None, 1)


def _sparse(columns=(0, 1), starts=(0, 1, 2), n_features=2, n_values=2, weights=None):
    return _native.SparsePoints64(
        np.ones(n_values),
        np.array(columns, np.int32),
        np.array(starts, np.int64),
        n_features,
        weights,
        1,
    )


def _seeded(points, k=3, starts=2, trials=2, drawn=0.5, tols=None):
    uniforms = np.full((len(points), starts, 1 + (k - 1) * 2), drawn)
    tolerances = np.zeros(len(points) if tols is None else tols)
    return _native.best_of_seeded_runs(points, k, uniforms, trials, 3, tolerances, 1)


def _silhouette():
    return _native.Silhouette(X, None, (LABELS + np.arange(10, dtype=np.int32)) % 2, 2, 1)


def _part():
    return _native.Part64(X, np.zeros(4), None, 10, np.abs(X).max(axis=0), 1.0, False, 3, True, 1)


DAMAGED = {
    "no rows": lambda: _native.Points64(X[:0], None, None, 1),
    "no columns": lambda: _native.Points64(X[:, :0], None, None, 1),
    "more rows than 32 bits": lambda: _native.Points64(
        np.broadcast_to(X[:1], (2**31, 4)), None, None, 1
    ),
    "a short shift": lambda: _native.Points64(X, np.zeros(3), None, 1),
    "short weights": lambda: _native.Points64(X, None, np.ones(9), 1),
    "no threads": lambda: _native.Points64(X, None, None, 0),
    "a million threads": lambda: _native.Points64(X, None, None, 1_000_000),
    "a column too large": lambda: _sparse(columns=(0, 2)),
    "a negative column": lambda: _sparse(columns=(-1, 0)),
    "starts that fall": lambda: _sparse(starts=(0, 2, 1)),
    "starts beyond the values": lambda: _sparse(starts=(0, 1, 3)),
    "starts above zero": lambda: _sparse(starts=(1, 1, 2)),
    "no starts": lambda: _sparse(starts=()),
    "too few columns": lambda: _sparse(columns=(0,)),
    "no features": lambda: _sparse(n_features=0),
    "sparse weights": lambda: _sparse(weights=np.ones(3)),
    "wide centers": lambda: _native.lloyd(_dense(), np.zeros((3, 5)), 3, 0.0, 1),
    "narrow centers": lambda: _native.lloyd(_dense(), np.zeros((3, 1)), 3, 0.0, 1),
    "no centers": lambda: _native.lloyd(_dense(), np.zeros((0, 4)), 3, 0.0, 1),
    "wide starts": lambda: _native.best_of_runs(_dense(), np.zeros((2, 3, 5)), 3, 0.0, 1),
    "no starts to run": lambda: _native.best_of_runs(_dense(), np.zeros((0, 3, 4)), 3, 0.0, 1),
    "a data set twice": lambda: _seeded([_dense()] * 2),
    "no data set": lambda: _seeded([]),
    "no rows for a data set": lambda: _seeded([None]),
    "no starts to seed": lambda: _seeded([_dense()], starts=0),
    "draws of another number of trials": lambda: _seeded([_dense()], trials=3),
    "more seeds than rows of a set": lambda: _seeded([_dense()], k=11),
    "a draw of 1 for a set": lambda: _seeded([_dense()], drawn=1.0),
    "a tolerance too many": lambda: _seeded([_dense()], tols=2),
    "wide centers to assign": lambda: _native.assign(X, np.zeros((3, 9)), 1),
    "wide centers of sparse rows": lambda: _native.assign(_sparse(), CENTERS, 1),
    "wide centers of distances": lambda: _native.distances(X, np.zeros((3, 9)), 1),
    "one center, and none next to it": lambda: _native.own_and_next(X, CENTERS[:1], LABELS, 1),
    "a label of no center": lambda: _native.own_and_next(X, CENTERS, LABELS + 3, 1),
    "a cluster beyond the last": lambda: _native.cluster_spread(
        X, None, LABELS + 2, 2, np.zeros(4), 1
    ),
    "a short origin": lambda: _native.cluster_spread(X, None, LABELS, 2, np.zeros(3), 1),
    "a label too large": lambda: _native.inertia(X, None, CENTERS, LABELS + 3, 1),
    "a negative label": lambda: _native.inertia(X, None, CENTERS, LABELS - 1, 1),
    "short labels": lambda: _native.inertia(X, None, CENTERS, LABELS[:9], 1),
    "a label of sparse rows": lambda: _native.inertia(
        _sparse(), np.zeros((1, 2)), LABELS[:2] + 1, 1
    ),
    "more seeds than rows": lambda: _native.kmeans_plusplus(
        _dense(), 11, np.zeros(11), 1, 1, "automatic"
    ),
    "no seeds": lambda: _native.kmeans_plusplus(_dense(), 0, np.zeros(1), 1, 1, "automatic"),
    "no trials": lambda: _native.kmeans_plusplus(_dense(), 2, np.zeros(1), 0, 1, "automatic"),
    "a draw of 1": lambda: _native.kmeans_plusplus(_dense(), 2, np.ones(2), 1, 1, "automatic"),
    "a code too large": lambda: _native.Silhouette(X, None, LABELS + 2, 2, 1),
    "a code of no row": lambda: _native.Silhouette(X, None, LABELS, 2, 1),
    "a row too large": lambda: _silhouette().values_of(np.array([10])),
    "a negative row": lambda: _silhouette().sums_of(np.array([-1])),
    "too many steps": lambda: _silhouette().run(0, 10**6),
    "a part with other centers": lambda: _part().assign(CENTERS[:2]),
    "a part without labels": lambda: _part().labels(),
    "short shifts of a part": lambda: _part().centers_moved(np.zeros(2)),
    "a part of fewer rows": lambda: _native.Part64(
        X, np.zeros(4), None, 9, np.ones(4), 1.0, False, 3, True, 1
    ),
    "sums of another shape": lambda: _native.Totals64(9, np.ones(4), 1.0, False, 3).add(
        np.zeros(5), np.zeros(3)
    ),
    "a wide seed": lambda: _native.PartSeeding64(X, np.zeros(4), None, 1).lower(np.zeros(5), True),
    "nothing to dip": lambda: _native.dip(np.zeros(0)),
    "values that fall": lambda: _native.dip(np.array([1.0, 0.0])),
}


@pytest.mark.parametrize("other", [_sparse, lambda: _native.Points32(X32, None, None, 1)])
def test_data_sets_of_two_types_are_not_taken(other):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        _seeded([_dense(), other()])


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_refused_in_words(damage):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        DAMAGED[damage]()


def test_every_entry_answers_or_refuses():
    entries = {name for name in dir(_native) if callable(getattr(_native, name))}
    entries = {name.removesuffix("32").removesuffix("64") for name in entries}
    fuzzed = {name.partition(",")[0] for name in bindings.ENTRIES}

    outcomes = bindings.fuzz(2200, seed=7)

    assert entries - {"isa", "machine_isa"} <= fuzzed
    assert all(counts["answered"] and len(counts) > 1 for counts in outcomes.values()), outcomes
