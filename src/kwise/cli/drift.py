"""``kwise drift``: what has changed since a model was fitted."""

from __future__ import annotations

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
    from kwise.monitoring.drift_record import Drift

DRIFTED = 1


@table_options(SourceOptions)
def drift(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    table: TableArgument,
    output: Output = None,
    level: Annotated[
        float, typer.Option(help="The rate of false alarms: so many fresh samples raise one.")
    ] = 0.05,
    threshold: Annotated[
        float, typer.Option(help="The share of rows that may change without an alarm.")
    ] = 0.0,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Say what has changed in a table since a model was fitted.

    Sizes of clusters, distances from their centers, every column and category are compared with the
    rows of the fit, each change with the least and the most that it may be; all intervals hold
    together. Exit code 1 is an alarm: a change that is larger than the threshold for sure; 0 is
    none.

    With -o PAGE.html a page is written beside what is printed.

    For example:

      kwise drift customers.kwise new.parquet

      kwise drift customers.kwise new.parquet --threshold 0.05 -o drift.html || echo look at it

      kwise drift customers.kwise new.parquet --format json > drift.json
    """
    from kwise.cli._output import progress_bar, put, put_note
    from kwise.io.model_file import load
    from kwise.io.reading import read_table

    with progress_bar(quiet=quiet) as progress:
        fitted = load(model)
        rows = read_table(table, **options, progress=progress, formats=fitted.formats)
        found = fitted.drift(rows, level=level, threshold=threshold)
    if output is not None and output.suffix in (".html", ".htm"):
        from kwise.report import render_drift

        put(render_drift(found, table=rows.name, model=model.name), output)
        put_note(_printed(found, form))
    else:
        put(_printed(found, form), output)
    if found.alarm:
        raise typer.Exit(DRIFTED)


def _printed(found: Drift, form: Format) -> str:
    """Write the drift: in words and a table, as JSON, or the table alone."""
    from kwise.cli._output import as_json, rows_as

    if form is Format.JSON:
        return as_json(found.to_dict())
    table = rows_as(found.table(), form)
    return table if form is Format.CSV else f"{found}\n\n{table}"
