"""``kwise compare``: k-means beside other methods on the same prepared table."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Join,
    K,
    Labels,
    Output,
    Quiet,
    Seed,
    TableArgument,
    Truth,
    Verbose,
    named,
    table_options,
)
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    from polars import DataFrame

    from kwise.comparison import Comparison


@table_options(TableOptions)
def compare(
    table: TableArgument,
    output: Output = None,
    methods: Annotated[
        str | None, typer.Option(metavar="A,B", help="Methods to run; default: all.")
    ] = None,
    truth: Truth = None,
    join: Join = None,
    k: K = None,
    eps: Annotated[
        float | None, typer.Option(help="Reach of DBSCAN; default: the knee of near distances.")
    ] = None,
    metric: Annotated[
        str, typer.Option(help="Distance of k-medoids; correlation is 1 - Pearson r.")
    ] = "euclidean",
    labels: Labels = None,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Run several clustering methods on one table, and set their answers side by side.

    With -o FILE.svg (or .png, .pdf) a panel of pictures is drawn too.

    For example:

      kwise compare moons.csv --k 2 -o panel.svg

      kwise compare wine.csv --truth cultivar --format csv
    """
    from kwise.analysis.compare import compare as compared
    from kwise.cli._output import picture_of, progress_bar, put, put_note, write_labels
    from kwise.plots import save_comparison

    picture = picture_of(output)
    with progress_bar(quiet=quiet) as progress:
        found = compared(
            table,
            methods=named(methods) or None,
            truth=truth,
            join=join,
            k=k,
            eps=eps,
            metric=metric,
            random_state=seed,
            progress=progress,
            **options,
        )
        if picture is not None:
            save_comparison(found, picture)
        if labels is not None:
            write_labels(_labeled(found), labels)
    say = put if picture is None else put_note
    say(_printed(found, form, verbose=verbose, quiet=quiet))


def _labeled(found: Comparison) -> DataFrame:
    """Return the table with a column for what each method found; empty cells are noise."""
    from kwise.analysis.joined import joined

    assert found.frame is not None
    assert found.rows is not None
    columns = {each.name: each.labels for each in found.outcomes if each.labels is not None}
    return joined(found.frame, found.rows, columns)


def _printed(found: Comparison, form: Format, *, verbose: bool, quiet: bool) -> str:
    """Write what every method found: all of it as JSON, the rows as CSV, or both for eyes."""
    from kwise.cli._output import account_of, as_json, rows_as, say_account

    account = found.account
    assert account is not None
    if form is Format.JSON:
        told = {"k": found.n_clusters, "methods": found.table(), "caution": found.caution}
        return as_json({**told, "table": asdict(account)})
    rows = rows_as(found.table(), form)
    if form is Format.CSV:
        say_account(account, verbose=verbose, quiet=quiet)
        if not quiet:
            sys.stderr.write(f"{found.caution}\n")
        return rows
    head = f"k = {found.n_clusters}, {len(found.plane):,} rows"
    return f"{head}\n{account_of(account, verbose=verbose)}\n\n{rows}\n\n{found.caution}"
