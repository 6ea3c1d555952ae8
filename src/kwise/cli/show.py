"""``kwise show`` and ``kwise card``: what a model file says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kwise.cli._options import Format, FormatOption, Output

Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")]


def show(model: Model, output: Output = None, form: FormatOption = Format.TABLE) -> None:
    """Say what is in a model file: verdict, data, clusters, preparation, history.

    For example:

      kwise show customers.kwise
    """
    from kwise.cli._output import as_json, put
    from kwise.io.model_card import facts, shown
    from kwise.io.model_file import load

    fitted = load(model)
    if form is Format.CSV:
        raise ValueError("a model is no table; pass --format table or json")
    put(as_json(facts(fitted)) if form is Format.JSON else shown(fitted), output)


def card(model: Model, output: Output = None) -> None:
    """Write a card for a model in Markdown: data, date, verdict, clusters and limits.

    For example:

      kwise card customers.kwise -o customers.md
    """
    from kwise.cli._output import put
    from kwise.io.model_file import load

    put(load(model).card(), output)
