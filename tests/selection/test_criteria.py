"""Every criterion finds four far-apart blobs, and says so when it cannot be computed."""

import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise.selection import CRITERIA, sweep_k


@pytest.fixture(scope="module")
def four_blobs():
    X, _ = make_blobs(
        240, centers=[(0, 0), (20, 0), (0, 20), (20, 20)], cluster_std=1.0, random_state=3
    )
    return X


@pytest.mark.parametrize("name", CRITERIA)
def test_four_far_apart_blobs_are_found(name, four_blobs):
    criterion = CRITERIA[name]

    sweep = sweep_k(four_blobs, range(1, 8), criteria=[name], n_init=3, random_state=0)

    assert criterion.choose(sweep.ks, sweep.scores[name]).k == 4


@pytest.mark.parametrize("name", CRITERIA)
def test_a_single_candidate_is_scored_or_explained(name, four_blobs):
    (score,) = sweep_k(four_blobs, [1], criteria=[name], n_init=1, random_state=0).scores[name]

    assert math.isfinite(score.value) == (CRITERIA[name].min_k == 1)
    assert math.isfinite(score.value) or "at least 2 clusters" in score.note


@pytest.mark.parametrize("name", CRITERIA)
def test_scores_do_not_depend_on_the_order_of_candidates(name, four_blobs):
    whole = sweep_k(four_blobs, [2, 3, 4], criteria=[name], n_init=2, random_state=5)
    first = sweep_k(four_blobs, [4], criteria=[name], n_init=2, random_state=5)

    later = sweep_k(four_blobs, [2, 3], criteria=[name], n_init=2, random_state=5, sweep=first)

    assert later.ks == whole.ks
    assert np.allclose(
        [each.value for each in later.scores[name]], [each.value for each in whole.scores[name]]
    )


@pytest.mark.parametrize(
    "X",
    [
        np.repeat([[0.0, 1.0], [2.0, 3.0], [9.0, 9.0]], 5, axis=0),
        np.random.default_rng(0).normal(size=(6, 40)),
        np.random.default_rng(0).normal(size=(30, 1)).astype(np.float32),
        np.column_stack([np.random.default_rng(0).normal(size=30), np.zeros(30)]),
        np.full((10, 2), 7.0),
    ],
    ids=[
        "duplicates",
        "more columns than rows",
        "one float32 column",
        "constant column",
        "constant",
    ],
)
@pytest.mark.parametrize("name", CRITERIA)
def test_hard_tables_give_a_number_or_a_note(name, X):
    scores = sweep_k(X, range(1, 6), criteria=[name], n_init=1, random_state=0).scores[name]

    for score in scores:
        assert math.isfinite(score.value) or score.note


@pytest.mark.parametrize("name", CRITERIA)
def test_weights_are_accepted(name, four_blobs):
    weight = np.random.default_rng(0).integers(1, 3, len(four_blobs))

    (score,) = sweep_k(
        four_blobs, [4], criteria=[name], n_init=1, sample_weight=weight, random_state=0
    ).scores[name]

    assert math.isfinite(score.value)
