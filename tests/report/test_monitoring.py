"""Sections about last time: on the page of a report, and on pages of their own."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import polars as pl
import pytest

import kwise
from kwise.cli import main
from kwise.io import match_models
from kwise.report import render_drift, render_match
from months import USED, month

HOSTILE = "<script>alert('x')</script>\"' onload=\"alert(1) $x_{$ & </style> {{ 7*7 }}"


@pytest.fixture(scope="module")
def last() -> kwise.io.Model:
    return kwise.analyze(month(900, 0), columns=USED, k=4).to_model()


def tags_of(page: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.add(tag)
            assert not any(name.startswith("on") for name, _ in attrs), attrs

    Reader().feed(page)
    return found


def test_the_page_of_a_drift_says_what_the_drift_says(last) -> None:
    found = last.drift(month(600, 1, shares=(0.2, 0.3, 0.2, 0.3), appeared=30))
    page = render_drift(found, table="march", model="last.kwise")

    assert "march beside last.kwise" in page
    assert "Something has changed." in page
    text = re.sub(r"\s+", " ", page)
    assert found.verdict in text
    assert all(f">{each.fate}" in text for each in found.clusters)
    assert "No drift shown." in render_drift(last.drift(month(50, 2)), table="t", model="m")


def test_the_page_of_a_match_says_what_the_match_says(last) -> None:
    rows = month(600, 3)
    other = kwise.analyze(rows, columns=USED, k=5).to_model()
    found = match_models(last, other, rows)

    page = render_match(found, table="rows", models=("a.kwise", "b.kwise"))

    assert "has split into" in page
    assert 'data-name="flows"' in page


def test_names_in_the_data_do_nothing_on_these_pages() -> None:
    rows = pl.DataFrame({HOSTILE: month(300, 4)["age"], "b": month(300, 4)["income"]})
    cells = pl.Series([HOSTILE, "other"] * 150)
    rows = rows.with_columns(cells.alias("<i>site</i>"))
    model = kwise.analyze(rows, columns=rows.columns, categories="one-hot", k=2).to_model()
    changed = rows.with_columns(pl.lit(HOSTILE).alias("<i>site</i>"))

    for page in (
        render_drift(model.drift(changed), table=HOSTILE, model=HOSTILE),
        render_match(match_models(model, model, rows), table=HOSTILE, models=(HOSTILE, HOSTILE)),
    ):
        assert not tags_of(page) & {"script", "i"}
        assert "http-equiv" in page


def test_the_report_has_both_sections_where_it_is_like_last_time(last) -> None:
    analysis = kwise.analyze(month(600, 5, appeared=60), like=last, ks=[4, 5])

    page = analysis.to_html()

    assert 'id="flows"' in page
    assert 'id="drift"' in page
    told = analysis.summary.to_dict()["last_time"]
    assert told["model"] == "the model given"
    assert told["drift"]["alarm"] is True
    assert 'id="flows"' not in kwise.analyze(month(600, 5), columns=USED, k=4).to_html()


def test_commands_write_these_pages(last, tmp_path, capsys) -> None:
    last.save(tmp_path / "m.kwise")
    month(300, 6).write_csv(tmp_path / "t.csv")
    model, table = str(tmp_path / "m.kwise"), str(tmp_path / "t.csv")

    assert main(["drift", model, table, "-o", str(tmp_path / "d.html")]) == 0
    assert main(["match", model, model, table, "-o", str(tmp_path / "m.html")]) == 0
    assert "4 of 4 clusters go on" in capsys.readouterr().out
    for name in ("d.html", "m.html"):
        assert (tmp_path / name).read_text("utf-8").startswith("<!doctype html>")
    assert main(["drift", model, table, "-o", model]) == 2
