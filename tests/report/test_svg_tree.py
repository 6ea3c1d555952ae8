"""Figures are edited as trees: what a column is called is never changed by it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.report.svg import layer, new_figure, to_svg

NAMES = [
    "dose 0.12345678 mg",
    "font-family: serif; x",
    '#20242c <g id="a">',
    "  two  spaces ",
    "a\x01b",
    "rotate(-0 1 2)",
]


@pytest.mark.parametrize("name", NAMES)
def test_words_are_left_as_they_are(name: str) -> None:
    figure = new_figure(2.0, 2.0)
    ax = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    ax.set_xlabel(name, parse_math=False)

    drawn = ET.fromstring(to_svg(figure, name="a", label=name.replace("\x01", "")))

    words = [each.text for each in drawn.iter() if each.tag.endswith("}text")]
    assert name.replace("\x01", "\ufffd") in words


def test_places_are_rounded_not_cut() -> None:
    figure = new_figure(2.0, 2.0)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.plot([0.123456, 0.5], [0.5, 0.56789])

    drawn = ET.fromstring(to_svg(figure, name="a", label="a"))

    path = next(each.get("d", "") for each in drawn.iter() if each.get("d", "").startswith("M 17"))
    assert path.split()[1] == str(round(0.123456 * 144, 2))
    assert path.split()[5] == str(round(144 - 0.56789 * 144, 2))


def test_layers_are_marked_and_roles_follow_the_page() -> None:
    from kwise.plots.palette import INK

    figure = new_figure(2.0, 2.0)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    layer(ax, 3, lambda: ax.axhline(0.5, color=INK))
    layer(ax, None, lambda: ax.axvline(0.5, color=INK), kind="arrow")

    drawn = to_svg(figure, name="a", label="a")

    assert 'class="on-k" data-k="3"' in drawn
    assert 'class="on-arrow"' in drawn
    assert "var(--ink)" in drawn
    assert INK not in drawn


def test_a_column_keeps_its_digits_on_the_page() -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    frame = pl.DataFrame({"dose 0.12345678 mg": X[:, 0], "b": X[:, 1]})

    page = kwise.analyze(frame, k=2).to_html()

    assert ">dose 0.12345678 mg</text>" in page
