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

    sweep = sweep_k(four_blobs, range(1, 8), criteria=[name], n_init=3, random_state=3)

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


@pytest.mark.parametrize("name", CRITERIA)
def test_criteria_that_cannot_use_weights_say_so(name, four_blobs):
    weight = np.random.default_rng(0).integers(1, 3, len(four_blobs))

    (score,) = sweep_k(
        four_blobs, [4], criteria=[name], n_init=1, sample_weight=weight, random_state=0
    ).scores[name]

    said = {"used": "", "rows drawn by weight": "drawn by weight", "not used": "weights not used"}
    assert said[CRITERIA[name].weights] in score.note
    assert ("weights not used" in score.note) == (CRITERIA[name].weights == "not used")


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_says_what_it_is(name):
    criterion = CRITERIA[name]

    assert criterion.name == name
    assert all((criterion.label, criterion.direction, criterion.source, criterion.uncertainty))


@pytest.mark.parametrize("name", [n for n, c in CRITERIA.items() if c.weights != "not used"])
def test_weights_of_zero_leave_rows_out(name, four_blobs):
    X = np.vstack([four_blobs, np.full((20, 2), 500.0)])
    weight = np.r_[np.ones(len(four_blobs)), np.zeros(20)]

    sweep = sweep_k(X, range(1, 7), criteria=[name], n_init=3, sample_weight=weight, random_state=0)

    assert CRITERIA[name].choose(sweep.ks, sweep.scores[name]).k == 4


@pytest.mark.parametrize("name", CRITERIA)
def test_candidates_up_to_the_number_of_distinct_rows_are_scored_or_explained(name):
    X = np.repeat(np.arange(24.0)[:, None] ** 2, 2, axis=0)

    sweep = sweep_k(X, [1, 2, 22, 23, 24], criteria=[name], n_init=1, random_state=0)

    for score in sweep.scores[name]:
        assert math.isfinite(score.value) or score.note


def test_two_rules_read_the_same_gaps(four_blobs):
    names = ["gap", "gap_first_peak"]

    sweep = sweep_k(four_blobs, range(1, 7), criteria=names, n_init=2, random_state=0)

    assert sweep.scores["gap"] == sweep.scores["gap_first_peak"]
    assert {CRITERIA[name].choose(sweep.ks, sweep.scores[name]).k for name in names} == {4}


def test_the_gap_of_a_box_is_measured_against_the_same_box():
    X = np.random.default_rng(0).random((600, 2))

    sweep = sweep_k(X, range(1, 6), criteria=["gap"], n_init=3, random_state=0)

    assert abs(sweep.scores["gap"][0].value) < 0.1
    assert CRITERIA["gap"].choose(sweep.ks, sweep.scores["gap"]).k == 1


def test_a_small_group_beside_a_large_one_has_its_valley():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(800, 2)), rng.normal((9.0, 0.0), 1.0, (24, 2))])

    (score,) = sweep_k(X, [2], criteria=["separation"], n_init=5, random_state=0).scores[
        "separation"
    ]

    assert score.value > 0.5


def test_density_drops_at_borders_of_groups_and_not_of_halves():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(400, 2))
    two = one + np.repeat([0.0, 6.0], 200)[:, None]

    found = [
        sweep_k(X, [2, 3], criteria=["border_density"], random_state=0).scores["border_density"]
        for X in (one, two)
    ]

    assert found[0][0].value > 0.0
    assert found[1][0].value < -1.0
    assert found[1][1].value > -0.5


def test_a_gap_to_one_peak_finds_groups_and_not_skew():
    rng = np.random.default_rng(0)
    skewed = rng.exponential(size=(300, 2))
    groups = rng.normal(size=(300, 2)) + 8.0 * np.repeat(np.eye(2)[[0, 1]], 150, axis=0)

    chosen = []
    for X in (skewed, groups):
        sweep = sweep_k(X, range(1, 5), criteria=["unimodal_gap"], random_state=0)
        chosen.append(CRITERIA["unimodal_gap"].choose(sweep.ks, sweep.scores["unimodal_gap"]).k)

    assert chosen == [1, 2]
