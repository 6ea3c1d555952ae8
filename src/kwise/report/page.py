"""The page: sections joined into one file that needs nothing else."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kwise._background import in_two
from kwise._formatting import (
    coefficient,
    count,
    exact,
    listed,
    percent,
    rounded,
    said,
    score,
    short,
)
from kwise._optional import require
from kwise._progress import Progress, silent
from kwise.plots.palette import cluster_color, ink_on
from kwise.report.packing import (
    packed_alternative,
    packed_labels,
    packed_margins,
    packed_rows,
)
from kwise.report.points import points_of
from kwise.report.sections import ONE_GROUP, SECTIONS, Material, situation
from kwise.report.svg import draw_nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import Environment

    from kwise.report.data import ReportData
    from kwise.report.summary import Summary

__all__ = [
    "compile_templates",
    "draw_sections",
    "environment",
    "get_ready_to_draw",
    "page_style",
    "render_page",
]

_HERE = Path(__file__).parent
_LONG = 40  # letters of a table's cell that stay on one line
_SCRIPTS = ("page.js", "points.js")


def render_page(
    data: ReportData,
    summary: Summary,
    *,
    day: date | None = None,
    progress: Progress = silent,
    drawn: Callable[[], Mapping[str, Mapping[str, object]]] | None = None,
    compiled: Callable[[], Mapping[str, bytes]] | None = None,
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
    compiled : callable, optional
        Returns what ``compile_templates()`` returns, likewise.

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
    made, points = environment(), points_of(data)
    if compiled is not None:
        _code_of(made).update(compiled())
    material = Material(data, summary)
    applying = [each for each in SECTIONS if each.applies(material)]
    # Templates are read before pictures are waited for.
    templates = [made.get_template(f"sections/{each.name}.html") for each in applying]
    pictures = drawn() if drawn is not None else {}
    shown = []
    for i, (section, template) in enumerate(zip(applying, templates)):
        progress("drawing the page", i, len(applying))
        context = pictures.get(section.name) or section.filled(material)
        shown.append((section, template.render(summary=summary, section=section, **context)))
    about = situation(data)
    return (
        made.get_template("page.html")
        .render(
            summary=summary,
            leading=[each for each in shown if about in each[0].leads],
            folded=[each for each in shown if about not in each[0].leads],
            one_group=about == ONE_GROUP,
            day=(day or date.today()).isoformat(),
            style=page_style(),
            script="".join((_HERE / "assets" / name).read_text("utf-8") for name in _SCRIPTS),
            colors={k: _shades(places) for k, places in data.lineage.of_k.items()},
            other_colors=_shades(data.lineage.alternative),
            labels=packed_labels(data),
            margins=packed_margins(data),
            other_labels=packed_alternative(data),
            rows=packed_rows(data),
            points=points,
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


def compile_templates() -> dict[str, bytes]:
    """Return the code of all templates, for another process to render the page with.

    See Also
    --------
    render_page : Takes it.
    """
    made = environment()
    for name in made.list_templates():
        made.get_template(name)
    return _code_of(made)


def _code_of(made: Environment) -> dict[str, bytes]:
    """Return what an environment knows of its templates' code."""
    from kwise.report.template_code import TemplateCode

    assert isinstance(made.bytecode_cache, TemplateCode)
    return made.bytecode_cache.known


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
    made = in_two(lambda each: each.filled(material), drawing)
    return {section.name: context for section, context in zip(drawing, made)}


def page_style() -> str:
    """Return the style of every page."""
    return (_HERE / "assets" / "page.css").read_text("utf-8")


@cache
def environment() -> Environment:
    """Make the template environment: everything that is not markup is escaped."""
    jinja2 = require("jinja2", extra="report")
    from kwise.report.template_code import TemplateCode

    made: Environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=TemplateCode(),
    )
    made.filters |= {
        "coefficient": coefficient,
        "said": _said,
        "score": score,
        "short": short,
        "rounded": rounded,
        "count": count,
        "exact": exact,
        "percent": lambda share: percent(share).replace(" ", "\u00a0"),  # never broken in two
        "listed": listed,
        "cell": _cell,
        "before_colon": lambda title: title.partition(":")[0],
    }
    return made


def _cell(text: object) -> object:
    """Let words that are too long for a line of a table wrap; others stay on one."""
    words = str(text)
    if len(words) <= _LONG:
        return words
    return (
        require("markupsafe", extra="report").Markup('<span class="long">{}</span>').format(words)
    )


def _said(value: float | None, name: str) -> str:
    """Write a criterion's number as its kind is written; a dash where it has none."""
    return "–" if value is None else said(name, value)
