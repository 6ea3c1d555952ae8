"""What carries no information changes no answer: order, seed, unit, offset, writing rows twice."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from kwise.selection import select_k, sweep_k

if TYPE_CHECKING:
    from collections.abc import Callable

    from kwise.results import Selection

RNG = np.random.default_rng(5)
TABLES = {
    "blobs": make_blobs(120, 3, centers=3, random_state=1)[0],
    "touching": RNG.normal(size=(140, 2)) + np.repeat([[0.0, 0.0], [2.8, 0.0]], 70, axis=0),
    "one group": RNG.normal(size=(100, 3)),
    "whole numbers": np.rint(2 * make_blobs(150, 2, centers=4, random_state=2)[0]),
    "moons": make_moons(140, noise=0.06, random_state=0)[0],
    "skewed": RNG.exponential(size=(120, 2)),
}
FAST = ("touching", "whole numbers")


@cache
def answer(name: str) -> Selection:
    """Return the answer for a table as it is."""
    return select_k(TABLES[name], n_init=4, random_state=0)


def same(found: Selection, known: Selection, *, exactly: bool = False) -> None:
    """Compare two answers; where k-means does not suit, its k is no part of the answer."""
    assert found.kind == known.kind
    assert found.k == known.k or (found.kind == "unsuitable" and not exactly)
    if exactly:
        assert found.confidence == pytest.approx(known.confidence, rel=1e-6)


def shuffled(X: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).permutation(X)


def twice(X: np.ndarray) -> np.ndarray:
    return np.random.default_rng(2).permutation(np.repeat(X, 2, axis=0))


def with_constant(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X[:, :1], np.full(len(X), 7.0), X[:, 1:]])


def in_another_unit(X: np.ndarray) -> np.ndarray:
    return X * 1024.0


def moved(X: np.ndarray) -> np.ndarray:
    return X + 4096.0


def in_single_precision(X: np.ndarray) -> np.ndarray:
    return X.astype(np.float32)


EXACT = (shuffled, in_another_unit, with_constant)
NEAR = (twice, moved, in_single_precision)


def cases() -> list[object]:
    """Pair every table with every change; most of them take a while."""
    return [
        pytest.param(
            name,
            change,
            change in EXACT,
            id=f"{name}, {change.__name__}",
            marks=[] if name in FAST else [pytest.mark.slow],
        )
        for name in TABLES
        for change in (*EXACT, *NEAR)
    ]


@pytest.mark.parametrize(("name", "change", "exactly"), cases())
def test_what_carries_no_information_changes_no_answer(
    name: str, change: Callable[[np.ndarray], np.ndarray], *, exactly: bool
) -> None:
    found = select_k(change(TABLES[name]), n_init=4, random_state=0)

    same(found, answer(name), exactly=exactly)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FAST else [pytest.mark.slow]) for n in TABLES]
)
def test_another_seed_and_equal_weights_change_no_answer(name: str) -> None:
    X = TABLES[name]

    same(select_k(X, n_init=4, random_state=11), answer(name))
    shares = np.full(len(X), 1.0 / len(X))
    same(select_k(X, n_init=4, sample_weight=shares, random_state=0), answer(name), exactly=True)


def test_nullable_and_object_columns_are_read_as_numbers() -> None:
    whole = pd.DataFrame(TABLES["whole numbers"].astype(int), columns=["a", "b"])

    for frame in (whole.astype("Int64"), whole.astype(object), whole.astype("float32")):
        found = select_k(frame, n_init=4, random_state=0)
        same(found, answer("whole numbers"), exactly=True)


def test_labels_follow_the_rows() -> None:
    X = TABLES["blobs"]
    order = np.random.default_rng(3).permutation(len(X))

    run, again = (sweep_k(Y, [3], criteria=[], random_state=0).run(3) for Y in (X, X[order]))

    assert again.inertia == run.inertia
    assert adjusted_rand_score(again.labels, run.labels[order]) == 1.0


def test_whole_weights_count_rows_and_others_only_in_proportion() -> None:
    X = TABLES["touching"]
    counts = np.random.default_rng(0).integers(1, 4, len(X)).astype(float)

    plain, tenfold, shares = (
        sweep_k(X, [1, 2], criteria=["bic"], sample_weight=weight, random_state=0)
        for weight in (counts, 10 * counts, counts / counts.sum())
    )

    assert tenfold.scores == plain.scores
    assert shares.scores["bic"][1].value != plain.scores["bic"][1].value
    told = select_k(X, sample_weight=counts, n_init=2, random_state=0).reasons
    assert "Weights were read as numbers of rows." in told


def test_most_of_the_rows_say_what_all_of_them_say_where_that_is_sure() -> None:
    X = TABLES["blobs"]
    known = answer("blobs")
    assert known.confidence > 0.8

    for seed in range(3):
        some = np.random.default_rng(seed).permutation(len(X))[: 9 * len(X) // 10]
        same(select_k(X[some], n_init=4, random_state=0), known)
