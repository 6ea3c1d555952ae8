"""The page fits its answer: what leads, what is folded, and one color for one cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.datasets import make_moons

import kwise
from kwise.plots.palette import CLUSTERS, cluster_color, contrast, ink_on

if TYPE_CHECKING:
    from kwise.analysis import Analysis


def leading(page: str) -> list[str]:
    """Return the sections that lie open, in their order."""
    return re.findall(r'<section id="(\w+)"', page.partition('<div class="folds">')[0])


@pytest.fixture(scope="module")
def one() -> str:
    return kwise.analyze(np.random.default_rng(0).normal(size=(200, 3))).to_html()


def test_a_clear_answer_leads_with_its_groups(analysis: Analysis) -> None:
    assert leading(analysis.to_html()) == ["answer", "clusters", "map", "outside", "truth"]


def test_one_group_is_told_by_the_answer_and_its_picture(one: str) -> None:
    assert leading(one) == ["answer", "map"]


def test_data_of_another_kind_lead_with_the_other_method() -> None:
    X, _ = make_moons((250, 150), noise=0.05, random_state=0)

    page = kwise.analyze(X, ks=range(1, 6)).to_html()

    assert leading(page) == ["answer", "alternative"]


def test_headings_carry_the_words_of_the_field(analysis: Analysis) -> None:
    folded = analysis.to_html().partition('<div class="folds">')[2]

    heads = re.findall(r"<summary><h2[^>]*>([^<:]+)", folded)
    assert {"Choosing k", "Profiles", "Silhouettes", "Stability"} <= set(heads)


def test_what_compares_groups_is_hidden_while_one_is_looked_at(one: str) -> None:
    assert '<section id="silhouettes" aria-labelledby="h-silhouettes" class="compares">' in one


def test_a_cluster_has_one_color_in_words_and_pictures(analysis: Analysis) -> None:
    page, data = analysis.to_html(), analysis.report_data

    for k, places in data.lineage.of_k.items():
        for c, place in enumerate(places):
            color = cluster_color(place)
            assert f'[data-k="{k}"] .c{c + 1}{{--c:{color};--on:{ink_on(color)}}}' in page
    tree = re.search(r'<svg[^>]*data-name="tree".*?</svg>', page, re.DOTALL)
    assert tree is not None
    for color in data.colors(4):
        assert color in tree[0]


def test_words_on_every_color_can_be_read() -> None:
    assert all(contrast(ink_on(color), color) >= 4.5 for color in CLUSTERS)
    assert all(contrast(ink_on(cluster_color(c)), cluster_color(c)) >= 4.5 for c in range(60))


def test_a_silhouette_is_one_number_everywhere(analysis: Analysis) -> None:
    from kwise._formatting import coefficient

    page = analysis.to_html()
    told = coefficient(analysis.summary.chosen.silhouette)

    assert f"the mean silhouette is {told}" in page
    assert f">mean {told}</text>" in page
    assert f'<b data-k="{analysis.k}">{told}</b>' in page
