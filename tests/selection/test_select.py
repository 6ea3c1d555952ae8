"""The verdict: groups where there are some, one where there are none, always a whole number."""

import json

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise.selection import judge_sweep, select_k, sweep_k


@pytest.fixture(scope="module")
def three():
    return make_blobs(300, centers=[(0, 0), (9, 0), (0, 9)], random_state=0)[0]


def test_three_blobs_are_three_clear_groups(three):
    found = select_k(three, range(1, 8), random_state=0)

    assert (found.k, found.kind) == (3, "clear")
    assert found.candidates == (3,)
    assert found.choices["silhouette"].k == 3
    assert found.directions["davies_bouldin"] == "lower"
    assert found.confidence > 0.6
    assert found.verdict.startswith("3 clusters")


def test_one_gaussian_is_one_group():
    X = np.random.default_rng(0).normal(size=(300, 2))

    found = select_k(X, range(1, 6), random_state=0)

    assert (found.k, found.kind) == (1, "one group")


def test_a_sweep_is_read_without_fitting(three):
    sweep = sweep_k(three, range(1, 6), random_state=0)

    found = judge_sweep(sweep)

    assert found.sweep is sweep
    assert found.k == select_k(three, range(1, 6), random_state=0).k
    assert "pass the data" in found.reasons[-1]


def test_a_sweep_without_the_scores_of_the_verdict_is_refused(three):
    sweep = sweep_k(three, range(1, 6), criteria=["silhouette"], random_state=0)

    with pytest.raises(ValueError, match="no scores by inertia"):
        judge_sweep(sweep)
    with pytest.raises(TypeError, match="rows to select_k"):
        judge_sweep(three)


def test_the_same_seed_gives_the_same_selection(three):
    first, second = (select_k(three, range(1, 5), random_state=3) for _ in range(2))

    assert first.table() == second.table()
    assert first.verdict == second.verdict


def test_candidates_beyond_the_distinct_rows_are_left_out_and_said():
    X = np.repeat([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]], 20, axis=0)

    found = select_k(X, random_state=0)

    assert found.sweep.ks == (1, 2, 3)
    assert any("left out" in reason for reason in found.reasons)


def test_table_is_ready_for_json(three):
    rows = select_k(three, [2, 3], random_state=0).table()

    assert [row["k"] for row in rows] == list(range(1, 11))
    assert json.loads(json.dumps(rows))[2]["chosen"] is True


def test_candidates_can_be_added_without_fitting_the_others_again(three):
    first = select_k(three, range(1, 5), random_state=0)
    whole = select_k(three, range(1, 8), random_state=0)

    later = select_k(three, range(1, 8), random_state=0, sweep=first.sweep)

    assert later.sweep.ks == whole.sweep.ks
    assert later.sweep.run(3) is first.sweep.run(3)
    assert (later.k, later.kind, later.verdict) == (whole.k, whole.kind, whole.verdict)
    assert np.allclose(later.support, whole.support)


@pytest.mark.parametrize("ks", [[2], [3], [1, 2], range(5, 9), range(1, 14), [15]])
@pytest.mark.parametrize("criteria", [["silhouette"], ["gap_first_peak", "bic"]])
def test_what_the_data_support_does_not_depend_on_what_is_asked(three, ks, criteria):
    free = select_k(three, random_state=0)

    asked = select_k(three, ks, criteria=criteria, random_state=0)

    assert (asked.k, asked.kind, asked.confidence) == (free.k, free.kind, free.confidence)
    assert asked.shown in ks
    assert set(asked.choices) == set(criteria)


def test_a_given_k_is_set_beside_what_the_data_support(three):
    assert select_k(three, [3], random_state=0).verdict.startswith("You asked for 3, and the data")
    found = select_k(three, [2], random_state=0)

    assert (found.k, found.shown, found.asked) == (3, 2, (2,))
    assert found.verdict == "You asked for 2; the data support 3 (over 99 % sure)."


def test_of_several_candidates_the_best_supported_is_shown():
    X = make_blobs(400, centers=[(0, 0), (9, 0), (0, 9), (9, 9)], random_state=0)[0]

    assert select_k(X, range(2, 7), random_state=0).shown == 4
    assert select_k(X, range(2, 4), random_state=0).shown in (2, 3)


def test_the_table_shows_the_support_of_every_candidate(three):
    found = select_k(three, random_state=0)

    assert [row["support"] for row in found.table()] == list(found.support)
    assert sum(found.support) == pytest.approx(1.0)
