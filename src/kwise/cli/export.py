"""``kwise export``: a saved model as a program that needs no kwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kwise.cli._options import Output


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    target: Annotated[str, typer.Option("--to", help="What to make.")] = "python",
    output: Output = None,
) -> None:
    """Turn a model into a predictor of its own, preparation folded in.

    For example:

      kwise export model.kwise --to python -o predictor.py
    """
    from kwise._registry import resolve
    from kwise.cli._output import put
    from kwise.io.exporters import EXPORTERS
    from kwise.io.model_file import load

    put(resolve(EXPORTERS, target, what="target of exports")(load(model)), output)
