"""The page: whole, escaped, self-contained, readable."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.report import render_page
from kwise.report.sections import SECTIONS

if TYPE_CHECKING:
    from kwise.analysis import Analysis

VOID = {"meta", "link", "input", "br", "img", "hr", "area", "base", "col", "source", "wbr"}


class Reader(HTMLParser):
    """Reads a page, and notes tags that are not closed in order, ids, addresses and text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


@pytest.fixture(scope="module")
def page(analysis: Analysis) -> str:
    return analysis.to_html()


@pytest.fixture(scope="module")
def reader(page: str) -> Reader:
    return Reader(page)


def test_every_tag_is_closed_in_order(reader: Reader) -> None:
    assert reader.wrong == []
    assert reader.open == []


def test_every_section_is_there_in_order(reader: Reader) -> None:
    found = [attrs["id"] for tag, attrs in reader.tags if tag == "section"]

    # Every section but those for data that k-means does not suit, and of what was last time.
    others = ("alternative", "flows", "drift")
    assert found == [section.name for section in SECTIONS if section.name not in others]


def test_no_id_stands_twice(reader: Reader) -> None:
    ids = reader.ids()

    assert len(ids) == len(set(ids))


def test_every_label_and_heading_reference_leads_somewhere(reader: Reader) -> None:
    ids = set(reader.ids())
    for _, attrs in reader.tags:
        for name in ("for", "aria-labelledby"):
            assert attrs.get(name) is None or attrs[name] in ids
        href = attrs.get("href") or ""
        assert not href.startswith("#") or href[1:] in ids


def test_nothing_is_loaded_from_elsewhere(reader: Reader, page: str) -> None:
    for _, attrs in reader.tags:
        for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            address = attrs.get(name) or ""
            assert not address or address.startswith(("#", "data:"))
    assert not re.search(r"url\((?!#)|@import", page)


def test_pictures_have_words_for_those_who_cannot_see_them(reader: Reader) -> None:
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg" and "role" in attrs]

    assert len(pictures) >= 4
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in pictures)


def test_every_candidate_is_inside_and_the_chosen_one_is_shown(
    reader: Reader, analysis: Analysis
) -> None:
    switch = {
        attrs["value"]: "checked" in attrs
        for tag, attrs in reader.tags
        if tag == "input" and attrs.get("name") == "k"
    }

    assert switch == {str(k): k == analysis.k for k in (1, 2, 3, 4)}
    for k in switch:
        assert sum(attrs.get("data-k") == k for _, attrs in reader.tags) > 5


def test_figures_take_the_colors_of_the_page(page: str) -> None:
    drawn = re.search(r'<svg[^>]*data-name="clusters".*?</svg>', page, re.DOTALL)

    assert drawn is not None
    assert "var(--ink)" in drawn[0]
    assert "#20242c" not in drawn[0]


def test_the_same_analysis_gives_the_same_page(flowers: pl.DataFrame) -> None:
    pages = [
        render_page(made.report_data, made.summary, day=date(2020, 1, 1))
        for made in (kwise.analyze(flowers, ks=[2, 3], random_state=3) for _ in range(2))
    ]

    assert pages[0] == pages[1]


def test_hostile_names_and_cells_are_only_text(hostile: Analysis) -> None:
    reader = Reader(hostile.to_html())

    assert reader.wrong == []
    scripts = [attrs for tag, attrs in reader.tags if tag == "script"]
    assert sum(attrs.get("type") is None for attrs in scripts) == 1
    assert not any(name.startswith("on") for _, attrs in reader.tags for name in attrs)
    assert any("<script>alert('x')</script>" in text for text in reader.text)
    assert not any("49" in text and "alert" in text for text in reader.text)


@pytest.mark.parametrize(
    ("n_rows", "n_columns"), [(20, 1), (5, 2), (40, 300)], ids=["one column", "five rows", "wide"]
)
def test_narrow_wide_and_small_tables_have_a_page(n_rows: int, n_columns: int) -> None:
    X = np.random.default_rng(0).normal(size=(n_rows, n_columns))
    made = kwise.analyze(X, ks=range(1, 4))

    reader = Reader(made.to_html())

    assert reader.wrong == []
    assert "map" in reader.ids()


def test_of_very_many_columns_the_page_says_that_it_shows_some() -> None:
    X = np.random.default_rng(0).normal(size=(30, 120))
    X[:15, 7] += 9.0
    made = kwise.analyze(X, k=2, scale="none")

    page = made.to_html()

    assert made.summary.profile[0] == made.report_data.columns[7]
    assert "most telling of 120 columns" in page


def test_a_given_k_is_shown_beside_what_the_data_support() -> None:
    X = np.random.default_rng(0).normal(size=(80, 2))

    analysis = kwise.analyze(X, k=3)

    assert (analysis.k, analysis.selection.k) == (3, 1)
    assert set(analysis.report_data.labels) == {1, 3}
    html = analysis.to_html()
    assert "Three groups, as asked; the data" in html
    assert Reader(html).wrong == []


def test_rows_all_alike_have_a_page() -> None:
    X = np.column_stack([np.repeat([1.0, 2.0], 10), np.repeat([5.0, 7.0], 10)])

    reader = Reader(kwise.analyze(X).to_html())

    assert reader.wrong == []


def test_as_many_groups_as_rows_have_a_page() -> None:
    X = np.random.default_rng(0).normal(size=(12, 2))

    reader = Reader(kwise.analyze(X, k=12).to_html())

    assert reader.wrong == []


def test_a_column_of_values_is_refused_as_labels() -> None:
    frame = pl.DataFrame({"x": np.arange(100.0) ** 2, "price": np.arange(100.0) ** 0.5})

    with pytest.raises(ValueError, match="outside='price'"):
        kwise.analyze(frame, columns="x", truth="price", k=2)
