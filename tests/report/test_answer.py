"""The headline is as sure as the answer."""

from dataclasses import replace

import numpy as np
import pytest

import kwise
from kwise.report.sections.answer import headline


@pytest.fixture(scope="module")
def summary():
    """Return the summary of two far groups."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    X[:30] += 12.0
    return kwise.analyze(X, ks=[1, 2, 3]).summary


@pytest.mark.parametrize(
    ("kind", "confidence", "said"),
    [
        ("clear", 0.95, "Two groups, clearly."),
        ("clear", 0.9, "Two groups, clearly."),
        ("clear", 0.74, "Probably two groups."),
        ("clear", 0.51, "The best-supported number of groups is two."),
        ("one group", 0.99, "One group: no clusters here."),
        ("one group", 0.8, "Probably one group: no clusters here."),
        ("one group", 0.6, "One group has most support: no clusters show."),
        ("unsuitable", 0.99, "Not groups of the kind that k\u2011means finds."),
        ("unsuitable", 0.8, "Probably not groups of the kind that k\u2011means finds."),
        ("unsuitable", 0.6, "Perhaps not groups of the kind that k\u2011means finds."),
        ("unclear", 0.4, "No clear number of groups. Two groups at best."),
    ],
)
def test_the_headline_is_as_sure_as_the_answer(summary, kind, confidence, said):
    answer = replace(summary.answer, kind=kind, confidence=confidence, candidates=(2,))
    assert headline(replace(summary, answer=answer)) == said
