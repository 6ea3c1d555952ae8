"""A matplotlib figure as SVG for the page: in the page's colors, with a layer for each k."""

from __future__ import annotations

import base64
import io
import json
import warnings
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kwise.report.svg_tree import LAYER, RASTER, parse_svg, picture, write_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.etree.ElementTree import Element

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
    "planes_of",
    "png",
    "raster_mark",
    "to_svg",
]

# Number of the axes -> candidate k (None: shown always) -> picture.
Rasters: TypeAlias = "Mapping[int, Mapping[int | None, str]]"


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


def layer(ax: Axes, k: int | None, draw: Callable[[], object], *, kind: str = "k") -> None:
    """Draw what only candidate ``k`` shows: the page hides it while another is looked at.

    A layer of another ``kind`` can be hidden apart from the rest; with None it is of every k.
    """
    before = set(ax.get_children())
    draw()
    for i, artist in enumerate(ax.get_children()):
        if artist not in before:
            artist.set_gid(f"{LAYER}-{kind}-{'all' if k is None else k}-{i}")


def png(index: NDArray[np.uint8], colors: NDArray[np.uint8]) -> str:
    """Write indexed pixels as a PNG in a data address."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(index))
    picture.putpalette(colors[:, :3].tobytes(), rawmode="RGB")
    out = io.BytesIO()
    picture.save(out, format="PNG", transparency=colors[:, 3].tobytes(), compress_level=4)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def to_svg(
    figure: Figure,
    *,
    name: str,
    label: str,
    rasters: Rasters | None = None,
    extra: Sequence[Element] = (),
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Return the figure as one ``<svg>`` element.

    ``name`` keeps its inner names apart from those of other figures, ``label`` is what a
    screen reader says, ``rasters`` are pictures that fill the axes marked by ``raster_mark``,
    ``extra`` are elements to be put on top,
    and ``attributes`` are those of the whole.
    """
    from matplotlib import rc_context

    dressed = {"role": "img", "data-name": name, "aria-label": label, **(attributes or {})}
    out = io.StringIO()
    with (
        warnings.catch_warnings(),
        rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": True}),
    ):
        # The reader's browser brings the letters; that matplotlib's own font lacks some is no news.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    root = parse_svg(out.getvalue())
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib.update(dressed)
    for place, pictures in (rasters or {}).items():
        _fill(root, figure, place, pictures)
    root.extend(extra)
    return write_svg(root)


def raster_mark(ax: Axes, place: int = 0) -> None:
    """Mark axes number ``place`` of the figure as those that pictures will fill."""
    from matplotlib.patches import Rectangle

    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    mark = Rectangle((left, bottom), right - left, top - bottom, fc="none", lw=0, zorder=1)
    mark.set_gid(f"{RASTER}-{place}")
    ax.add_patch(mark)


def planes_of(figure: Figure, axes: Mapping[str, Axes]) -> dict[str, str]:
    """Return the attribute that tells scripts where planes lie: what they show, box, bounds."""
    width, height = figure.get_size_inches() * 72
    found = []
    for name, ax in axes.items():
        box = ax.get_position()
        place = [box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height]
        bounds = [*map(float, ax.get_xlim()), *map(float, ax.get_ylim())]
        found.append({"shows": name, "box": [round(float(v), 2) for v in place], "bounds": bounds})
    return {"data-planes": json.dumps(found)}


def pixels_of(figure: Figure, ax: Axes, points: Floats) -> Floats:
    """Return where points of the axes lie in the figure's SVG, shape (..., 2)."""
    box = ax.get_position()
    width, height = figure.get_size_inches() * 72
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x = (box.x0 + (points[..., 0] - left) / (right - left) * box.width) * width
    y = (1 - box.y0 - (points[..., 1] - bottom) / (top - bottom) * box.height) * height
    return np.stack([x, y], axis=-1)


def _fill(root: Element, figure: Figure, place: int, pictures: Mapping[int | None, str]) -> None:
    """Put the pictures where the marked axes are; those of a k are hidden with it."""
    box = figure.axes[place].get_position()
    width, height = figure.get_size_inches() * 72
    where = (box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height)
    mark = next(each for each in root.iter() if each.get("id") == f"{RASTER}-{place}")
    mark.clear()
    mark.extend(picture(address, where, k) for k, address in pictures.items())
