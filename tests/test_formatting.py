"""Numbers as people read them."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from kwise._formatting import exact, fixed, listed, percent, rounded, short, shortened
from kwise.selection.reasons import who_finds_what


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (37.91, "37.9"),
        (206855.8, "206,856"),
        (0.00412, "0.00412"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (math.nan, "–"),
        (None, "–"),
        (2.5e9, "2.50e+09"),
        (1e-7, "1.00e-07"),
    ],
)
def test_short_keeps_what_matters(value: float | None, text: str) -> None:
    assert short(value) == text


def test_rounded_gives_numbers_of_one_column_the_same_digits() -> None:
    assert [rounded(value, 2.1) for value in (38.0, 33.94, -0.01)] == ["38.0", "33.9", "0.0"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.5, "50 %"),
        (0.0004, "< 0.1 %"),
        (0.9996, "> 99.9 %"),
        (0.007, "0.7 %"),
        (1.0, "100 %"),
        (0.0, "0 %"),
    ],
)
def test_percent_never_says_all_or_nothing_falsely(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2008.0, "2008"),
        (18.6, "18.6"),
        (206855.0, "206,855"),
        (12345.67, "12,345.7"),
        (-0.25, "−0.25"),
        (3e9, "3e+09"),
        (math.nan, "–"),
    ],
)
def test_exact_shows_a_cell_as_it_stands(value: float, text: str) -> None:
    assert exact(value) == text


def test_listed_joins_as_a_sentence_does() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefgh"), most=4) == "a, b, c and 5 more"


@pytest.mark.parametrize("value", [-0.0, -1e-9, -0.004])
def test_what_rounds_to_nothing_has_no_minus(value: float) -> None:
    assert fixed(value) == "0.00"
    assert fixed(value, 1, sign="+") == "+0.0"
    assert rounded(value, 10) == "0"
    assert percent(value) == "0 %"


def test_zero_has_no_minus() -> None:
    assert [short(-0.0), exact(-0.0), fixed(-0.0, 0)] == ["0", "0", "0"]
    assert [fixed(-0.006), fixed(0.25, 1, sign="+"), fixed(3, 1)] == ["-0.01", "+0.2", "3.0"]


def test_a_reason_tells_chance_agreement_without_a_minus() -> None:
    fields = {"label": "DBSCAN", "settings": "eps=1", "error": 0.1, "labels": [0, 1], "n_seen": 2}
    measured = {"information": 0.5, "information_kmeans": 0.1, "n_judged": 2, "n_clusters": 2}
    measured |= {"entropy": 1.0, "entropy_kmeans": 1.0}
    other: Any = SimpleNamespace(method="dbscan", **fields, **measured)
    suitability: Any = SimpleNamespace(measures={"dbscan_agree_same_k": -0.001})

    assert "adjusted Rand index of 0.00" in who_finds_what(other, suitability)


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    one, other = (f"a column whose long name ends in a letter, {letter}" for letter in "AB")

    assert shortened(one, 24) != shortened(other, 24)
    assert len(shortened(one, 24)) <= 24
    assert shortened("short", 24) == "short"
