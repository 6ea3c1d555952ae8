"""``kwise predict``: the clusters of new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kwise.cli._options import Format, FormatOption, Output, Quiet, TableArgument


def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    table: TableArgument,
    output: Output = None,
    form: FormatOption = Format.CSV,
    quiet: Quiet = False,
) -> None:
    """Say to which cluster each row of a table belongs.

    Rows and clusters count from 1, as on the page; a row with a missing cell that the model
    leaves out has no cluster.

    For example:

      kwise predict model.kwise new.csv -o groups.csv

      cat new.csv | kwise predict model.kwise - --format json
    """
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.io.model_file import load
    from kwise.io.reading import read_table

    with progress_bar(quiet=quiet) as progress:
        labels = load(model).predict(read_table(table, progress=progress))
    rows: list[dict[str, object]] = [
        {"row": i + 1, "cluster": label + 1 if label >= 0 else None}
        for i, label in enumerate(labels.tolist())
    ]
    put(rows_as(rows, form), output)
