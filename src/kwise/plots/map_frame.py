"""The frame of a map: degrees, a bar of kilometers, outlines of coasts and countries.

Nothing is asked of a network. Outlines are those of Natural Earth, scale 1:110 million, which are
in the public domain: good for a continent, coarse for a county. ``outlines.gz`` holds the number
of lines, their lengths, all longitudes and all latitudes, in hundredths of a degree.

References
----------
Natural Earth, "Admin 0: countries". https://www.naturalearthdata.com
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kwise.plots._roles import ink, muted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["draw_outlines", "draw_scale_bar", "outlines", "write_degrees"]

_KM_A_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km


@cache
def outlines() -> list[NDArray[np.float64]]:
    """Return lines of shape (n_points, 2): longitude and latitude in degrees."""
    packed = gzip.decompress((Path(__file__).parent / "outlines.gz").read_bytes())
    n_lines = int(np.frombuffer(packed, "<u4", 1)[0])
    sizes = np.frombuffer(packed, "<u2", n_lines, 4).astype(np.int64)
    points = np.frombuffer(packed, "<i2", -1, 4 + 2 * n_lines).reshape(2, -1).T / 100.0
    return np.split(points, np.cumsum(sizes)[:-1])


def draw_outlines(ax: Axes) -> bool:
    """Draw the outlines that cross the axes, in degrees; tell whether there are any."""
    from matplotlib.collections import LineCollection

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    low, high = np.array([left, bottom]), np.array([right, top])
    near = [
        line
        for line in outlines()
        if (line.min(axis=0) <= high).all() and (line.max(axis=0) >= low).all()
    ]
    if near:
        lines = LineCollection(near, colors=muted(), linewidths=0.8, zorder=1.5)
        ax.add_collection(lines, autolim=False)
    return bool(near)


def write_degrees(ax: Axes) -> None:
    """Write longitudes along x and latitudes along y as degrees: 122° W, 38° N."""
    ax.xaxis.set_major_formatter(lambda value, _: _degrees(value, "E", "W"))
    ax.yaxis.set_major_formatter(lambda value, _: _degrees(value, "N", "S"))


def draw_scale_bar(ax: Axes) -> None:
    """Draw a bar of a round number of kilometers, true in the middle latitude."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    middle = float(np.radians(np.clip((bottom + top) / 2, -85, 85)))
    km_a_degree = _KM_A_DEGREE * float(np.cos(middle))
    wanted = 0.25 * (right - left) * km_a_degree
    power = 10.0 ** np.floor(np.log10(wanted))
    km = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    x, y = left + 0.03 * (right - left), bottom + 0.04 * (top - bottom)
    ax.plot([x, x + km / km_a_degree], [y, y], color=ink(), lw=2.0, solid_capstyle="butt", zorder=3)
    ax.text(x, y + 0.012 * (top - bottom), f"{km:,g} km", color=ink(), fontsize=9, zorder=3)


def _degrees(value: float, positive: str, negative: str) -> str:
    """Write an angle with its side of the world."""
    if value == 0:
        return "0°"
    return f"{abs(value):.6g}° {positive if value > 0 else negative}"
