"""Rules turn curves into a choice."""

import math
import subprocess
import sys

import pytest

from kwise.results import Score
from kwise.selection import rules


def curve(*values, error=math.nan):
    return [Score(value, error) for value in values]


def test_highest_prefers_the_smaller_k_on_a_tie():
    assert rules.highest([2, 3, 4], curve(0.5, 0.9, 0.9)).k == 3


def test_lowest_passes_over_what_was_not_computed():
    assert rules.lowest([1, 2, 3], curve(math.nan, 2.0, 1.0)).k == 3


def test_nothing_computed_gives_no_choice_and_the_reason():
    choice = rules.highest([1], [Score(math.nan, note="needs two")])

    assert choice.k is None
    assert choice.reason == "needs two"


def test_knee_is_found():
    pytest.importorskip("kneed")

    assert rules.knee([1, 2, 3, 4, 5, 6], curve(100, 50, 10, 9, 8, 7)).k == 3


def test_knee_without_kneed_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "kneed", None)

    choice = rules.knee([1, 2, 3], curve(9, 2, 1))

    assert choice.k is None
    assert "pip install" in choice.reason


def test_a_knee_loads_no_library_that_draws():
    pytest.importorskip("kneed")
    code = (
        "import sys; from kwise.results import Score; from kwise.selection.rules import knee; "
        "print(knee(range(1, 7), [Score(float(y)) for y in (100, 50, 10, 9, 8, 7)]).k); "
        "print('matplotlib' in sys.modules, 'kneed' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert told.stdout.split() == ["3", "False", "False"]


def test_tibshirani_stops_where_the_next_is_no_better_than_its_error():
    scores = curve(0.1, 0.5, 0.55, 0.9, error=0.1)

    assert rules.first_within_one_standard_error([1, 2, 3, 4], scores).k == 2


def test_first_se_max_takes_the_first_k_near_the_first_peak():
    scores = curve(0.1, 0.85, 0.9, 0.7, 2.0, error=0.1)

    assert rules.first_se_max([1, 2, 3, 4, 5], scores).k == 2


def test_above_takes_the_largest_k_that_reaches_the_threshold():
    assert rules.above(0.8)([1, 2, 3, 4], curve(1.0, 0.9, 0.85, 0.4)).k == 3


def test_below_takes_the_smallest_k_that_comes_down():
    assert rules.below(1.0)([1, 2, 3], curve(5.0, 0.9, 0.2)).k == 2
    assert rules.below(0.1)([1, 2, 3], curve(5.0, 0.9, 0.2)).k is None
