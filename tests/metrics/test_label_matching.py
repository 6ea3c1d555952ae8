"""Matching gives clusters the names they agree with most."""

import numpy as np
import pytest

from kwise.metrics import match_labels


def test_permuted_labels_match_perfectly():
    true = np.random.default_rng(0).integers(0, 5, 200)
    found = np.array([3, 0, 4, 1, 2])[true]

    match = match_labels(true, found)

    assert match.accuracy == 1.0
    assert (match.labels == true).all()
    assert (match.table == np.diag(np.bincount(true))).all()


def test_extra_clusters_come_last_and_stay_unmatched():
    match = match_labels(["a", "a", "a", "b"], [7, 7, 8, 9])

    assert match.found_names == (7, 9, 8)
    assert match.mapping == {7: "a", 9: "b"}
    assert match.table.tolist() == [[2, 0, 1], [0, 1, 0]]
    assert match.accuracy == 0.75


def test_matching_beats_greedy_choice():
    # Greedy would give cluster 0 to class 0 (3 rows) and leave 0 agreement for the rest.
    true = [0] * 3 + [1] * 2 + [0] * 2
    found = [0] * 3 + [0] * 2 + [1] * 2

    assert match_labels(true, found).accuracy == pytest.approx(4 / 7)


def test_empty_labels_are_refused():
    with pytest.raises(ValueError, match="at least one row"):
        match_labels([], [])
