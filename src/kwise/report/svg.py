"""A matplotlib figure as SVG for the page: in the page's colors, with a layer for each k."""

from __future__ import annotations

import base64
import html
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from kwise.plots.palette import ACCENT, INK, LINE, MUTED, PAPER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["RASTER", "layer", "new_figure", "png", "to_svg"]

RASTER = "raster-goes-here"
_LAYER = "layer-of-k"
_ROLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    PAPER: "var(--surface)",
    ACCENT: "var(--accent)",
}
# What matplotlib writes, and what is left of it.
_CUTS = (
    (re.compile(r"<metadata>.*?</metadata>", re.DOTALL), ""),
    (re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL), ""),
    (re.compile(rf'<g id="{_LAYER}-(\d+)-\d+">'), r'<g data-k="\1">'),
    (re.compile(r'<g id="(?!raster)[^"]*">'), "<g>"),
    (re.compile(r'<g id="[^"]*"/>'), ""),
    (re.compile(r"font-family: [^;\"]*;? ?"), ""),
    (re.compile(r"font: ((?:[a-z0-9]+ )*)([\d.]+px)[^;\"]*"), r"\1font-size: \2"),
    (re.compile(r"(?<=[ \"])(?:bold|700) (?=font-size)"), "font-weight: 700; "),
    (re.compile(r" transform=\"rotate\(-0 [^)]*\)\""), ""),
    (re.compile(r"\s*\n\s*"), " "),
)


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of so many inches that belongs to no window."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    return figure


def layer(ax: Axes, k: int, draw: Callable[[], object]) -> None:
    """Draw what only candidate ``k`` shows: the page hides it while another is looked at."""
    before = set(ax.get_children())
    draw()
    for i, artist in enumerate(ax.get_children()):
        if artist not in before:
            artist.set_gid(f"{_LAYER}-{k}-{i}")


def png(index: NDArray[np.uint8], colors: NDArray[np.uint8]) -> str:
    """Write indexed pixels as a PNG in a data address."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(index))
    picture.putpalette(colors[:, :3].tobytes(), rawmode="RGB")
    out = io.BytesIO()
    picture.save(out, format="PNG", transparency=colors[:, 3].tobytes(), compress_level=6)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def to_svg(
    figure: Figure, *, name: str, label: str, rasters: Mapping[int, str] | None = None
) -> str:
    """Return the figure as one ``<svg>`` element.

    ``name`` keeps its inner names apart from those of other figures, ``label`` is what a
    screen reader says, ``rasters`` are pictures by k that fill the axes marked ``RASTER``.
    """
    from matplotlib import rc_context

    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": True}):
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    text = out.getvalue()
    for pattern, instead in _CUTS:
        text = pattern.sub(instead, text)
    for color, role in _ROLES.items():
        text = text.replace(color, role)
    text = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>',
        lambda found: (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="{found[1]}" role="img" data-name="{name}" '
            f'aria-label="{html.escape(label, quote=True)}">'
        ),
        text,
        count=1,
    )
    return _with_rasters(text, figure, rasters or {}).strip()


def _with_rasters(text: str, figure: Figure, rasters: Mapping[int, str]) -> str:
    """Put the pictures where the marked axes are."""
    if not rasters:
        return text
    box = figure.axes[0].get_position()
    width, height = figure.get_size_inches() * 72
    place = (
        f'x="{box.x0 * width:.2f}" y="{(1 - box.y1) * height:.2f}" '
        f'width="{box.width * width:.2f}" height="{box.height * height:.2f}"'
    )
    pictures = "".join(
        f'<image data-k="{k}" {place} preserveAspectRatio="none" xlink:href="{address}"/>'
        for k, address in rasters.items()
    )
    return re.sub(rf'<g id="{RASTER}">.*?</g>', lambda _: pictures, text, count=1, flags=re.DOTALL)
