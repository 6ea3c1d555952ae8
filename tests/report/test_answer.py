"""The headline is as sure as the answer."""

from dataclasses import replace

import numpy as np
import pytest

import kwise
from kwise.report.sections.answer import _numbers, headline


@pytest.fixture(scope="module")
def summary():
    """Return the summary of two far groups."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    X[:30] += 12.0
    return kwise.analyze(X, ks=[1, 2, 3]).summary


@pytest.mark.parametrize(
    ("kind", "confidence", "said"),
    [
        ("clear", 0.98, "Two groups, clearly."),
        ("clear", 0.97, "Two groups, clearly."),
        ("clear", 0.9, "Probably two groups."),
        ("clear", 0.7, "Probably two groups."),
        ("one group", 0.99, "One group: no clusters here."),
        ("one group", 0.8, "Probably one group: no clusters here."),
        ("one group", 0.6, "One group has most support: no clusters show."),
        ("unsuitable", 0.99, "Not groups of the kind that k\u2011means finds."),
        ("unsuitable", 0.8, "Probably not groups of the kind that k\u2011means finds."),
        ("unsuitable", 0.6, "Perhaps not groups of the kind that k\u2011means finds."),
        (
            "unclear",
            0.4,
            "A division into two parts holds; how many separate groups there are is unclear.",
        ),
    ],
)
def test_the_headline_is_as_sure_as_the_answer(summary, kind, confidence, said):
    answer = replace(summary.answer, kind=kind, confidence=confidence, candidates=(2,))
    assert headline(replace(summary, answer=answer)) == said


@pytest.mark.parametrize(
    ("k", "kind", "confidence", "said"),
    [
        (2, "clear", 0.99, "Two groups, as asked, and the data support two."),
        (4, "clear", 0.99, "Two groups, as asked; the data support four."),
        (4, "clear", 0.8, "Two groups, as asked; the data probably support four."),
        (1, "one group", 0.99, "Two groups, as asked; the data show one."),
        (4, "unclear", 0.6, "Two groups, as asked; how many the data support is unclear."),
        (3, "unsuitable", 0.99, "Two groups, as asked; the data hold groups of another kind."),
    ],
)
def test_the_headline_says_what_was_asked_and_what_the_data_support(
    summary, k, kind, confidence, said
):
    answer = replace(summary.answer, k=k, shown=2, asked=(2,), kind=kind, confidence=confidence)
    assert headline(replace(summary, answer=answer)) == said


def test_an_unclear_answer_that_is_likely_says_so(summary):
    answer = replace(summary.answer, kind="unclear", confidence=0.6, candidates=(2, 3))

    assert headline(replace(summary, answer=answer)) == "More likely than not two groups; or 3."


def test_few_rows_get_no_headline_of_groups():
    few = kwise.analyze(np.array([[0.0], [1.0], [9.0], [10.0]])).summary

    assert headline(few) == "Too few rows to tell groups."


def test_an_unclear_answer_leads_with_the_division_that_holds(summary):
    answer = replace(summary.answer, kind="unclear", confidence=0.3, candidates=(2, 6), division=2)
    told = replace(summary, answer=answer)

    assert headline(told) == (
        "A division into two parts holds; how many separate groups there are is unclear."
    )
    assert ("division", "2 parts") in [each[:2] for each in _numbers(told)]


def test_an_unclear_answer_without_one_names_the_candidates(summary):
    answer = replace(
        summary.answer, kind="unclear", confidence=0.3, candidates=(2, 3), division=None
    )
    assert headline(replace(summary, answer=answer)).startswith("No clear number of groups.")


def test_a_silhouette_of_a_sample_says_so_beside_its_number(summary):
    told = {label: small for label, _, small in _numbers(summary)}
    assert told["silhouette"] == "from \u22121 to 1, higher is better"

    rows = [
        replace(row, notes=("1,000 sampled rows, each against all",))
        if row.name == "silhouette"
        else row
        for row in summary.answer.criteria
    ]
    sampled = replace(summary, answer=replace(summary.answer, criteria=tuple(rows)))

    told = {label: small for label, _, small in _numbers(sampled)}
    assert told["silhouette"] == "1,000 sampled rows, each against all"
