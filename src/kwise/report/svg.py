"""A matplotlib figure as SVG for the page: in the page's colors, with a layer for each k."""

from __future__ import annotations

import base64
import html
import io
import re
import warnings
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kwise.plots.palette import ACCENT, INK, LINE, MUTED, PAPER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from kwise.results import Floats

__all__ = [
    "Rasters",
    "draw_nothing",
    "layer",
    "new_figure",
    "pixels_of",
    "png",
    "raster_mark",
    "to_svg",
]

# Number of the axes -> candidate k (None: shown always) -> picture.
Rasters: TypeAlias = "Mapping[int, Mapping[int | None, str]]"

_RASTER = "raster-goes-here"
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
    (re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"), "\ufffd"),
    (re.compile(r"<metadata>.*?</metadata>", re.DOTALL), ""),
    (re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->", re.DOTALL), ""),
    (re.compile(rf'<g id="{_LAYER}-([a-z]+)-(\d+)-\d+">'), r'<g class="on-\1" data-k="\2">'),
    (re.compile(r'<g id="(?!raster)[^"]*">'), "<g>"),
    (re.compile(r'<g id="[^"]*"/>'), ""),
    (re.compile(r"font-family: [^;\"]*;? ?"), ""),
    (re.compile(r"font: ((?:[a-z0-9]+ )*)([\d.]+px)[^;\"]*"), r"\1font-size: \2"),
    (re.compile(r"(?<=[ \"])(?:bold|700) (?=font-size)"), "font-weight: 700; "),
    (re.compile(r" transform=\"rotate\(-0 [^)]*\)\""), ""),
    (re.compile(r"(?<=\d\.\d\d)\d+"), ""),  # a hundredth of a point is finer than a screen
    (re.compile(r"\s*\n\s*"), " "),
)


def new_figure(width: float, height: float) -> Figure:
    """Make a figure of so many inches that belongs to no window."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasSVG(figure)
    return figure


def draw_nothing() -> None:
    """Draw empty axes: what matplotlib loads for its first figure is there for the next."""
    figure = new_figure(1.0, 1.0)
    figure.add_axes((0.2, 0.2, 0.6, 0.6)).set_title("a", fontweight="bold")
    to_svg(figure, name="nothing", label="")
    png(np.zeros((1, 1), dtype=np.uint8), np.zeros((1, 4), dtype=np.uint8))


def layer(ax: Axes, k: int, draw: Callable[[], object], *, kind: str = "k") -> None:
    """Draw what only candidate ``k`` shows: the page hides it while another is looked at.

    A layer of another ``kind`` can be hidden apart from the rest.
    """
    before = set(ax.get_children())
    draw()
    for i, artist in enumerate(ax.get_children()):
        if artist not in before:
            artist.set_gid(f"{_LAYER}-{kind}-{k}-{i}")


def png(index: NDArray[np.uint8], colors: NDArray[np.uint8]) -> str:
    """Write indexed pixels as a PNG in a data address."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(index))
    picture.putpalette(colors[:, :3].tobytes(), rawmode="RGB")
    out = io.BytesIO()
    picture.save(out, format="PNG", transparency=colors[:, 3].tobytes(), compress_level=4)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def to_svg(
    figure: Figure, *, name: str, label: str, rasters: Rasters | None = None, extra: str = ""
) -> str:
    """Return the figure as one ``<svg>`` element.

    ``name`` keeps its inner names apart from those of other figures, ``label`` is what a
    screen reader says, ``rasters`` are pictures that fill the axes marked by ``raster_mark``,
    and ``extra`` is SVG to be put on top.
    """
    from matplotlib import rc_context

    out = io.StringIO()
    with (
        warnings.catch_warnings(),
        rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": True}),
    ):
        # The reader's browser brings the letters; that matplotlib's own font lacks some is no news.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
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
    for i, pictures in (rasters or {}).items():
        text = _with_pictures(text, figure, i, pictures)
    return re.sub(r"</svg>\s*$", lambda _: f"{extra}</svg>", text).strip()


def raster_mark(ax: Axes, place: int = 0) -> None:
    """Mark axes number ``place`` of the figure as those that pictures will fill."""
    from matplotlib.patches import Rectangle

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    mark = Rectangle((left, bottom), right - left, top - bottom, fc="none", lw=0, zorder=1)
    mark.set_gid(f"{_RASTER}-{place}")
    ax.add_patch(mark)


def pixels_of(figure: Figure, ax: Axes, points: Floats) -> Floats:
    """Return where points of the axes lie in the figure's SVG, shape (..., 2)."""
    box = ax.get_position()
    width, height = figure.get_size_inches() * 72
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x = (box.x0 + (points[..., 0] - left) / (right - left) * box.width) * width
    y = (1 - box.y0 - (points[..., 1] - bottom) / (top - bottom) * box.height) * height
    return np.stack([x, y], axis=-1)


def _with_pictures(
    text: str, figure: Figure, place: int, pictures: Mapping[int | None, str]
) -> str:
    """Put the pictures where the marked axes are; those of a k are hidden with it."""
    box = figure.axes[place].get_position()
    width, height = figure.get_size_inches() * 72
    where = (
        f'x="{box.x0 * width:.2f}" y="{(1 - box.y1) * height:.2f}" '
        f'width="{box.width * width:.2f}" height="{box.height * height:.2f}"'
    )
    drawn = "".join(
        f'<image{_of(k)} {where} preserveAspectRatio="none" xlink:href="{address}"/>'
        for k, address in pictures.items()
    )
    mark = re.compile(rf'<g id="{_RASTER}-{place}">.*?</g>', re.DOTALL)
    return mark.sub(lambda _: drawn, text, count=1)


def _of(k: int | None) -> str:
    """Return the attribute that ties an element to a candidate."""
    return "" if k is None else f' data-k="{k}"'
