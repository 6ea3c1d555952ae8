"""What a division is worth, apart from whether groups are there."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise import sweep_k
from kwise.selection.usefulness import usefulness_in_words, usefulness_of

CRITERIA = ["stability", "prediction_strength"]


@pytest.fixture(scope="module")
def groups():
    X, _ = make_blobs([60, 30, 10], centers=[(0, 0), (20, 0), (0, 20)], random_state=0)
    return usefulness_of(sweep_k(X, range(1, 6), criteria=CRITERIA, random_state=0))


def test_groups_that_are_there_are_a_dependable_division(groups):
    three = next(each for each in groups if each.k == 3)

    assert three.dependability == "high"
    assert three.variance_explained > 0.95
    assert three.smallest_share == pytest.approx(0.1)
    assert usefulness_in_words(groups).startswith("As a mere division of the rows, 3 parts hold")


def test_halves_of_a_round_cloud_are_not():
    X = np.random.default_rng(0).normal(size=(400, 4))
    found = usefulness_of(sweep_k(X, [1, 2, 3], criteria=CRITERIA, random_state=0))

    assert [each.dependability for each in found] == ["low", "low"]
    assert "no number of parts comes back" in usefulness_in_words(found)


def test_a_long_strip_is_divided_usefully_without_groups():
    X = np.random.default_rng(0).uniform(size=(600, 2)) * [10, 1]
    found = usefulness_of(sweep_k(X, [1, 2], criteria=CRITERIA, random_state=0))

    assert found[0].dependability != "low"


def test_what_was_not_scored_is_unknown_and_nothing_is_said_of_it():
    X = np.random.default_rng(0).normal(size=(50, 2))
    found = usefulness_of(sweep_k(X, [2, 3], criteria=["bic"], random_state=0))

    assert [each.dependability for each in found] == ["unknown", "unknown"]
    assert np.isnan(found[0].variance_explained)
    assert usefulness_in_words(found) == ""
