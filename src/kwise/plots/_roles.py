"""Colors and sizes by role: the style's where the reader chose one, else kwise's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kwise._optional import require
from kwise.plots import palette

__all__ = ["accent", "edge", "ink", "line", "muted", "own_style", "paper", "points", "styled"]

# Settings that are of the reader's machine rather than of a figure's look.
_NO_LOOK = ("backend", "interactive", "toolbar", "webagg", "tk.", "keymap", "savefig.directory")


def styled(key: str, own: Any) -> Any:
    """Return matplotlib's setting where a style sheet or the reader changed it, else ``own``."""
    matplotlib = require("matplotlib", extra="report")
    value = matplotlib.rcParams[key]
    return own if value == matplotlib.rcParamsDefault[key] else value


def points(size: float) -> float:
    """Return a size of letters that grows with the reader's ``font.size``."""
    matplotlib = require("matplotlib", extra="report")
    return size * float(matplotlib.rcParams["font.size"] / matplotlib.rcParamsDefault["font.size"])


def ink() -> str:
    """Return the color of words."""
    return _color("text.color", palette.INK)


def muted() -> str:
    """Return the color of what steps back: ticks, other runs."""
    return _color("xtick.color", palette.MUTED)


def line() -> str:
    """Return the color of grids and guides."""
    return _color("grid.color", palette.LINE)


def edge() -> str:
    """Return the color of the lines around axes."""
    return _color("axes.edgecolor", palette.LINE)


def paper() -> str:
    """Return the color behind everything."""
    return _color("axes.facecolor", palette.PAPER)


def accent() -> str:
    """Return the color of the one thing to be looked at: the first of the style's own."""
    cycle = styled("axes.prop_cycle", None)
    first = None if cycle is None else cycle.by_key().get("color", [None])[0]
    return palette.ACCENT if first is None else _hex(first)


@contextmanager
def own_style() -> Iterator[None]:
    """Draw in kwise's own colors, whatever style the reader has: the page has its own."""
    matplotlib = require("matplotlib", extra="report")
    look = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if not key.startswith(_NO_LOOK)
    }
    with matplotlib.rc_context(look):
        yield


def _color(key: str, own: str) -> str:
    """Return the style's color as ``"#rrggbb"``, or ``own``."""
    value = styled(key, own)
    return own if value in (own, "none", "auto", "inherit") else _hex(value)


def _hex(color: Any) -> str:
    """Write any of matplotlib's colors as ``"#rrggbb"``."""
    written: str = require("matplotlib.colors", extra="report").to_hex(color)
    return written
