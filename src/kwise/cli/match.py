"""``kwise match``: the clusters of two models, by the rows that they share."""

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
    import polars as pl

    from kwise.monitoring.matching import Match


@table_options(SourceOptions)
def match(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Last time's model.")],
    now: Annotated[Path, typer.Argument(metavar="NOW", help="This time's model.")],
    table: TableArgument,
    output: Output = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="A", help="Column that names rows; else their numbers do."),
    ] = None,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Say which clusters of one model are which of another.

    Clusters are matched one to one so that most rows of the table agree; what was split, merged, is
    new or gone is named, and how many rows moved from where to where. With --format csv the rows
    that moved are listed, with json everything; -o PAGE.html writes a page with a picture beside.

    For example:

      kwise match may.kwise june.kwise customers.csv

      kwise match may.kwise june.kwise customers.csv --by customer --format csv > moved.csv
    """
    from kwise._formatting import legible
    from kwise._registry import unknown_name
    from kwise.cli._output import progress_bar, put, put_note
    from kwise.io.matching import match_models
    from kwise.io.model_file import load
    from kwise.io.reading import read_table

    with progress_bar(quiet=quiet) as progress:
        models = load(before), load(now)
        rows = read_table(table, **options, progress=progress, formats=models[1].formats)
        if by is not None and by not in rows.frame.columns:
            raise ValueError(unknown_name(by, rows.frame.columns, what="column"))
        found = match_models(*models, rows)
    if output is not None and output.suffix in (".html", ".htm"):
        from kwise.report import render_match

        models_named = legible(before.name), legible(now.name)
        put(render_match(found, table=rows.name, models=models_named), output)
        put_note(_printed(found, rows.frame, by, form))
    else:
        put(_printed(found, rows.frame, by, form), output)


def _printed(found: Match, frame: pl.DataFrame, by: str | None, form: Format) -> str:
    """Write the match in words with its flows, as JSON, or the rows that moved."""
    from kwise.cli._output import as_json, rows_as

    keys = None if by is None else frame[by].to_list()
    if form is Format.JSON:
        return as_json({**found.to_dict(), "moved_rows": found.moved_rows(keys)})
    if form is Format.CSV:
        moved = found.moved_rows(keys)
        name = "row" if keys is None else "key"
        return rows_as(moved, form) if moved else f"{name},before,now\n"
    return f"{found}\n\n{rows_as(found.table(), form)}"
