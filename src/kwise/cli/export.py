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

    What is made numbers clusters from 1, as kwise predict does, and has nothing where a row has
    none: a program of Python, a query of SQL, a function of JavaScript, an ONNX graph, or JSON.

    For example:

      kwise export model.kwise --to python -o predictor.py

      kwise export model.kwise --to sql | duckdb customers.db
    """
    from kwise._registry import resolve
    from kwise.cli._output import put, put_bytes
    from kwise.io.exporters import EXPORTERS
    from kwise.io.model_file import load

    made = resolve(EXPORTERS, target, what="target of exports")(load(model))
    if isinstance(made, bytes):
        put_bytes(made, output)
    else:
        put(made, output)
