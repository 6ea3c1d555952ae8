"""``kwise export``: a saved model as a program that needs no kwise."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kwise.cli._options import Output


class Target(StrEnum):
    """What a model can be turned into."""

    PYTHON = "python"


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    target: Annotated[Target, typer.Option("--to", help="What to make.")] = Target.PYTHON,
    output: Output = None,
) -> None:
    """Turn a model into a predictor of its own, preparation folded in.

    For example:

      kwise export model.kwise --to python -o predictor.py
    """
    from kwise.cli._output import put
    from kwise.io.exporters import EXPORTERS
    from kwise.io.model_file import load

    put(EXPORTERS[target.value](load(model)), output)
