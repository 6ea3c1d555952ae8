"""A model as one function of JavaScript, for browsers and servers, without imports."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from kwise.io.exporters.description import describe
from kwise.io.exporters.rules import reading_rules

if TYPE_CHECKING:
    from kwise.io.model import Model

__all__ = ["export_javascript"]


def export_javascript(model: Model) -> str:
    """Return a script that defines ``predict(row)``, preparation folded in.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    str
        For any browser since 2020; it may stand inside an element ``script``, whatever the
        names of columns are.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model
    >>> from kwise.io.exporters import EXPORTERS
    >>> model = as_model(kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]])))
    >>> EXPORTERS["javascript"](model).count("import ")
    0
    """
    source = files("kwise.io.exporters").joinpath("predictor.js").read_text(encoding="utf-8")
    before, _, rest = source.partition("/*model*/ {}")
    between, _, after = rest.partition("/*rules*/ {}")
    return before + _literal(describe(model)) + between + _literal(reading_rules()) + after


def _literal(value: object) -> str:
    """Write JSON in ASCII as a literal that ends neither a script nor a comment."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("/", "\\/")
