"""Maps have a frame: degrees, kilometers, outlines; and a biplot has arrows."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from kwise.plots.arrows import draw_arrows
from kwise.plots.map_frame import draw_outlines, draw_scale_bar, outlines, write_degrees


def _map(left: float, right: float, bottom: float, top: float):
    ax = Figure().add_subplot()
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    return ax


def test_outlines_are_lines_on_the_globe() -> None:
    lines = outlines()

    assert len(lines) > 100
    assert all(line.shape[1] == 2 and len(line) > 1 for line in lines)
    assert all((np.abs(line) <= (180, 90)).all() for line in lines)


def test_outlines_are_drawn_where_there_are_any() -> None:
    assert draw_outlines(_map(-125, -114, 32, 42))
    assert not draw_outlines(_map(-150, -140, -5, 5))  # open sea


@pytest.mark.parametrize(("latitude", "degrees"), [(0.0, 10.0), (60.0, 20.0), (-60.0, 20.0)])
def test_the_bar_is_as_long_as_it_says(latitude: float, degrees: float) -> None:
    ax = _map(0.0, degrees, latitude - 3, latitude + 3)

    draw_scale_bar(ax)

    x = ax.lines[0].get_xdata()
    km = float(ax.texts[0].get_text().removesuffix(" km").replace(",", ""))
    assert km == pytest.approx((x[1] - x[0]) * 111.195 * np.cos(np.radians(latitude)))
    assert km in (200.0, 100.0)


def test_degrees_have_their_side_of_the_world() -> None:
    ax = _map(-130, 10, -10, 40)
    write_degrees(ax)

    assert [ax.xaxis.get_major_formatter()(v, 0) for v in (-122.5, 0, 7)] == [
        "122.5° W",
        "0°",
        "7° E",
    ]
    assert [ax.yaxis.get_major_formatter()(v, 0) for v in (-8, 38)] == ["8° S", "38° N"]


def test_arrows_point_where_their_columns_grow() -> None:
    ax = _map(-3, 3, -2, 2)

    draw_arrows(np.array([[1.0, 0.0], [0.0, -0.5], [0.01, 0.0]]), ["a", "b$", "short"], ax=ax)

    ends = {each.get_text(): each.xy for each in ax.texts}
    assert set(ends) == {"a", "b$"}
    assert ends["a"][0] > 2
    assert ends["a"][1] == 0
    assert ends["b$"][1] < 0
