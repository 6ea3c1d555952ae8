"""``kwise update``: more rows for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from kwise.cli._options import Format, FormatOption, Quiet, TableArgument, table_options
from kwise.table_options import SourceOptions


@table_options(SourceOptions)
def update(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    table: TableArgument,
    batch_id: Annotated[
        str | None,
        typer.Option(
            "--batch-id", metavar="ID", help="A batch is taken in once; by default by its cells."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to; - is stdout, the default MODEL itself.",
        ),
    ] = None,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Take more rows into a model.

    Each row goes to the nearest center, and each center becomes the mean of all rows that it was
    ever given: counts and sums are in the model file. The same batch is taken in once, however
    often it is sent; the file is replaced whole, and says in its history which batches it has.

    For example:

      kwise update customers.kwise may.csv --batch-id 2024-05

      kwise update customers.kwise may.csv -o grown.kwise
    """
    from kwise.cli._output import as_json, progress_bar, put_model, put_note, rows_as
    from kwise.cli._schema import say_changes
    from kwise.io.model_file import load
    from kwise.io.reading import read_table
    from kwise.io.updating import update_file

    with progress_bar(quiet=quiet) as progress:
        fitted = load(model)
        rows = read_table(table, **options, progress=progress, formats=fitted.formats)
        if str(output) == "-":
            put_model(fitted.update(rows, batch=batch_id).model, Path("-"))
        else:
            done = update_file(model, rows, batch_id, output)
    say_changes(fitted, rows, quiet)
    if str(output) == "-":
        return
    if form is Format.JSON:
        put_note(as_json(done.to_dict()))
    elif form is Format.CSV:
        put_note(rows_as(done.table(), form))
    else:
        put_note(f"{done}\n\n{rows_as(done.table(), form)}")
