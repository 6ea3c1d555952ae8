"""``kwise predict``: the clusters of new rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Output,
    Quiet,
    TableArgument,
    table_options,
)
from kwise.table_options import SourceOptions

if TYPE_CHECKING:
    from kwise.io import Table
    from kwise.io.model import Model
    from kwise.results import Labels


@table_options(SourceOptions)
def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    table: TableArgument,
    output: Output = None,
    margin: Annotated[
        bool, typer.Option("--margin", help="Say too how clear each row's place is, 0 to 1.")
    ] = False,
    form: FormatOption = Format.CSV,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Say to which cluster each row of a table belongs.

    Rows and clusters count from 1, as on the page; a row with a missing cell that the model
    leaves out has no cluster. Its margin is 1 - the distance to its own center over that to
    the next: 1 on a center, 0 halfway; rounded down, as in the page's download.

    For example:

      kwise predict model.kwise new.csv -o groups.csv

      kwise predict model.kwise new.csv --margin

      cat new.csv | kwise predict model.kwise - --format json
    """
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.io.model_file import load
    from kwise.io.reading import read_table

    with progress_bar(quiet=quiet) as progress:
        fitted = load(model)
        rows = read_table(table, **options, progress=progress, formats=fitted.formats)
        labels = fitted.predict(rows)
        margins = _margins(fitted, rows, labels) if margin else []
    told: list[dict[str, object]] = [
        {"row": i + 1, "cluster": label + 1 if label >= 0 else None}
        for i, label in enumerate(labels.tolist())
    ]
    for row, value in zip(told, margins):
        row["margin"] = value
    put(rows_as(told, form), output)
    lost = int((labels < 0).sum())
    if lost and not quiet:
        were = "row has" if lost == 1 else "rows have"
        sys.stderr.write(
            f"{lost:,} of {len(labels):,} {were} no cluster: a cell is missing there that the "
            "model needs\n"
        )


def _margins(model: Model, table: Table, labels: Labels) -> list[float | None]:
    """Return the margin of each row; None where it has no cluster, or there is but one."""
    import numpy as np

    from kwise.metrics.margins import row_margins

    found: list[float | None] = [None] * len(labels)
    if model.n_clusters > 1:
        placed = np.flatnonzero(labels >= 0)
        X = model.preparation.transform(table.frame)[placed]
        near = row_margins(X, model.centers, labels[placed])
        for i, value in zip(placed.tolist(), np.floor(100 * near.margin) / 100):
            found[i] = float(value)
    return found
