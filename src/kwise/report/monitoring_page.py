"""Pages of their own for drift and for matches: one section, one file that needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.monitoring_drawings import MOST_DRAWN, draw_drift, draw_flows, shades_of
from kwise.report.page import environment, page_style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.monitoring.drift_record import Drift
    from kwise.monitoring.matching import Match

__all__ = ["render_drift", "render_match"]


def render_drift(drift: Drift, *, table: str, model: str) -> str:
    """Return a page about what has changed in a table since a model was fitted.

    Parameters
    ----------
    drift : Drift
        What was found.
    table, model : str
        What they are called.

    Returns
    -------
    str
        One HTML document that needs nothing else.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.report import render_drift
    >>> model = kwise.analyze(np.array([[0.0], [1.0], [9.0], [10.0]] * 20), k=2).to_model()
    >>> page = render_drift(model.drift(np.array([[0.5], [9.5]])), table="new", model="old")
    >>> page.startswith("<!doctype html>")
    True
    """
    title = "Something has changed." if drift.alarm else "No drift shown."
    context = {
        "drift": drift,
        "figure": draw_drift(drift),
        "shades": shades_of(len(drift.clusters)),
    }
    return _page(title, f"{table} beside {model}", "drift", context)


def render_match(match: Match, *, table: str, models: tuple[str, str]) -> str:
    """Return a page about which clusters of one model go on as which of another.

    Parameters
    ----------
    match : Match
        What was found.
    table : str
        What the rows are called.
    models : tuple of str
        What the models are called.

    Returns
    -------
    str
        One HTML document that needs nothing else.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model, match_models
    >>> from kwise.report import render_match
    >>> rows = np.array([[0.0], [1.0], [9.0], [10.0]])
    >>> two, three = (as_model(kwise.KMeans(k, random_state=0).fit(rows)) for k in (2, 3))
    >>> page = render_match(match_models(two, three, rows), table="rows", models=("a", "b"))
    >>> page.startswith("<!doctype html>")
    True
    """
    n_before, n_now = (n - 1 for n in match.flows.shape)
    shades = shades_of(n_now)
    few = max(n_before, n_now) <= MOST_DRAWN
    context = {
        "match": match,
        "last_name": models[0],
        "figure": draw_flows(match, [color for color, _ in shades], models) if few else "",
        "shades": shades,
    }
    about = f"{models[0]} and {models[1]} on the rows of {table}"
    return _page("Which clusters go on.", about, "flows", context)


def _page(title: str, about: str, section: str, context: Mapping[str, object]) -> str:
    """Put one section on a page."""
    made = environment()
    body = made.get_template(f"sections/{section}.html").render(context)
    return (
        made.get_template("monitoring.html")
        .render(title=title, about=about, body=body, style=page_style())
        .lstrip()
    )
