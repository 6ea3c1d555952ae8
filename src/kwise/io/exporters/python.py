"""A model as one Python file that needs nothing but the standard library."""

from __future__ import annotations

from importlib.resources import files
from pprint import pformat
from typing import TYPE_CHECKING

from kwise.io.exporters.description import describe
from kwise.io.exporters.rules import reading_rules

if TYPE_CHECKING:
    from kwise.io.model import Model

BEGIN = "# --- model: the exporter replaces what stands between these marks\n"
END = "# --- end of model\n"
PROGRAM = "# --- program\n"
SHARED = "from kwise.io.exporters.predictor import ("


def export_python(model: Model) -> str:
    """Return the source of a predictor with the preparation folded in.

    The predictor's ``predict(row)`` takes a mapping from column names to cells and returns the
    number of the cluster, from 1 on, or None; run as a program, it labels a text table, in the
    words of ``kwise predict``.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    str
        Python source, for any Python from 3.9.

    Raises
    ------
    ValueError
        If the model fills missing cells from other rows.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model, export_python
    >>> fitted = kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]]))
    >>> predictor = {}
    >>> exec(export_python(as_model(fitted)), predictor)
    >>> predictor["predict"]({"column 1": 8.5}) == 1 + fitted.predict([[8.5]])[0]
    np.True_
    """
    before, _, rest = _source("predictor.py").partition(BEGIN)
    _, _, after = rest.partition(END)
    more, _, rest = _source("predictor_program.py").partition(PROGRAM)[2].partition(SHARED)
    labels = rest.partition(")\n\n\n")[2]
    words, _, imports = before.partition("annotations\n\n")
    lines = {*imports.split("\n"), *more.split("\n")} - {""}
    imports = "\n".join(sorted(lines, key=lambda each: (each.startswith("from"), each)))
    before = f"{words}annotations\n\n{imports}\n\n"
    rules = pformat(reading_rules(), width=99, compact=True)
    told = pformat(dict(describe(model)), width=99, compact=True, sort_dicts=False)
    return f"{before}MODEL = {told}\nRULES = {rules}\n{after}\n\n{labels}"


def _source(name: str) -> str:
    """Return a part of the predictor."""
    return files("kwise.io.exporters").joinpath(name).read_text(encoding="utf-8")
