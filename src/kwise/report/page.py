"""The page: sections joined into one file that needs nothing else."""

from __future__ import annotations

import base64
import gzip
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kwise._background import in_two
from kwise._formatting import count, exact, listed, percent, rounded, short
from kwise._optional import require
from kwise._progress import Progress, silent
from kwise.plots.palette import cluster_color, ink_on
from kwise.report.sections import ONE_GROUP, SECTIONS, Material, situation
from kwise.report.svg import draw_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import Environment

    from kwise.report.data import ReportData
    from kwise.report.summary import Summary

__all__ = ["draw_sections", "get_ready_to_draw", "render_page"]

_HERE = Path(__file__).parent
# Labels of every candidate travel in the page up to so many rows, those of the chosen k up
# to ten times as many; beyond that ``kwise predict`` writes them.
_MOST_LABELED = 200_000


def render_page(
    data: ReportData,
    summary: Summary,
    *,
    day: date | None = None,
    progress: Progress = silent,
    drawn: Callable[[], Mapping[str, Mapping[str, object]]] | None = None,
) -> str:
    """Return the whole page as HTML.

    Parameters
    ----------
    data : ReportData
        Arrays, for the pictures.
    summary : Summary
        Numbers and words.
    day : date, optional
        Date to be printed; by default today. All else depends on the arguments alone.
    progress : callable, optional
        Called as ``progress(task, done, total)``.
    drawn : callable, optional
        Returns what ``draw_sections(data)`` returns, if that is at work already.

    Returns
    -------
    str
        One HTML document: no scripts, styles, fonts or pictures from elsewhere.

    See Also
    --------
    kwise.report.summarizer.summarize : Make the summary.

    Notes
    -----
    Pictures take O(n_samples) time for every candidate.

    Examples
    --------
    >>> import kwise
    >>> import numpy as np
    >>> page = kwise.analyze(np.array([[0.0], [1.0], [9.0], [10.0]]), k=2).to_html()
    >>> page.startswith("<!doctype html>")
    True
    """
    environment = _environment()
    material = Material(data, summary)
    applying = [each for each in SECTIONS if each.applies(material)]
    # Templates are read before pictures are waited for.
    templates = [environment.get_template(f"sections/{each.name}.html") for each in applying]
    pictures = drawn() if drawn is not None else {}
    shown = []
    for i, (section, template) in enumerate(zip(applying, templates)):
        progress("drawing the page", i, len(applying))
        context = pictures.get(section.name) or section.context(material)
        shown.append((section, template.render(summary=summary, section=section, **context)))
    about = situation(data)
    return (
        environment.get_template("page.html")
        .render(
            summary=summary,
            leading=[each for each in shown if about in each[0].leads],
            folded=[each for each in shown if about not in each[0].leads],
            one_group=about == ONE_GROUP,
            day=(day or date.today()).isoformat(),
            style=(_HERE / "assets" / "page.css").read_text("utf-8"),
            script=(_HERE / "assets" / "page.js").read_text("utf-8"),
            colors={k: _shades(places) for k, places in data.lineage.of_k.items()},
            other_colors=_shades(data.lineage.alternative),
            labels=_packed_labels(data),
            margins=_packed_margins(data),
            other_labels=_packed_alternative(data),
            rows=_packed(data.rows.astype("<u4")) if _row_numbers_needed(data) else None,
        )
        .lstrip()
    )


def _shades(places: Sequence[int]) -> list[tuple[str, str]]:
    """Return the color of each cluster and that of words on it, by places in the palette."""
    return [(color, ink_on(color)) for color in map(cluster_color, places)]


def get_ready_to_draw() -> None:
    """Load what pictures need, while there is nothing to draw yet.

    See Also
    --------
    draw_sections : Draw.
    """
    draw_nothing()


def draw_sections(data: ReportData) -> dict[str, Mapping[str, object]]:
    """Return what the templates of the sections with pictures are given, by section.

    Parameters
    ----------
    data : ReportData
        The clustering, whole.

    Returns
    -------
    dict
        Contexts of all sections that apply and draw.
    """
    material = Material(data)
    drawing = [each for each in SECTIONS if each.draws and each.applies(material)]
    made = in_two(lambda some: [each.context(material) for each in some], drawing)
    return {section.name: context for section, context in zip(drawing, made)}


@cache
def _environment() -> Environment:
    """Make the template environment: everything that is not markup is escaped."""
    jinja2 = require("jinja2", extra="report")
    environment: Environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "short": short,
        "rounded": rounded,
        "count": count,
        "exact": exact,
        "percent": lambda share: percent(share).replace(" ", "\u00a0"),  # never broken in two
        "listed": listed,
        "before_colon": lambda title: title.partition(":")[0],
    }
    return environment


def _packed_labels(data: ReportData) -> dict[int, str]:
    """Pack the labels that readers can download, from 1, by candidate."""
    n = len(data.X)
    if n > 10 * _MOST_LABELED:
        return {}
    ks = [k for k in data.labels if n <= _MOST_LABELED or k == data.selection.shown]
    return {k: _packed((data.labels[k] + 1).astype("<u2")) for k in ks}


def _packed_alternative(data: ReportData) -> str | None:
    """Pack the groups of the better method, from 1; 0 for rows without one."""
    other = data.selection.alternative
    if other is None or len(data.X) > 10 * _MOST_LABELED:
        return None
    return _packed((other.labels + 1).astype("<u2"))


def _packed_margins(data: ReportData) -> str | None:
    """Pack the margin of every row under the k shown, in percent."""
    if data.margins is None or len(data.X) > 10 * _MOST_LABELED:
        return None
    return _packed(np.floor(100 * data.margins.margin).astype("u1"))


def _row_numbers_needed(data: ReportData) -> bool:
    """Whether rows were left out, so that places in the table must be told."""
    return len(data.rows) != data.account.n_rows and len(data.rows) <= 10 * _MOST_LABELED


def _packed(values: np.ndarray) -> str:
    """Compress numbers for a browser's DecompressionStream; the same bytes every time."""
    return base64.b64encode(gzip.compress(values.tobytes(), 6, mtime=0)).decode("ascii")
