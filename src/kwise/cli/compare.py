"""``kwise compare``: k-means beside other methods on the same prepared table."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    K,
    Output,
    Quiet,
    Seed,
    TableArgument,
    Verbose,
    named,
    table_options,
)
from kwise.table_options import TableOptions


@table_options(TableOptions)
def compare(
    table: TableArgument,
    output: Output = None,
    methods: Annotated[
        str | None, typer.Option(metavar="A,B", help="Methods to run; default: all.")
    ] = None,
    truth: Annotated[
        str | None, typer.Option(metavar="A", help="Column of true labels to compare with.")
    ] = None,
    k: K = None,
    eps: Annotated[
        float | None, typer.Option(help="Reach of DBSCAN; default: the knee of near distances.")
    ] = None,
    metric: Annotated[
        str, typer.Option(help="Distance of k-medoids; correlation is 1 - Pearson r.")
    ] = "euclidean",
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
    from kwise.cli._output import (
        account_of,
        as_json,
        progress_bar,
        put,
        put_beside,
        rows_as,
        say_account,
    )
    from kwise.plots import save_comparison

    with progress_bar(quiet=quiet) as progress:
        found = compared(
            table,
            methods=named(methods) or None,
            truth=truth,
            k=k,
            eps=eps,
            metric=metric,
            random_state=seed,
            progress=progress,
            **options,
        )
        if output is not None:
            save_comparison(found, output)
    say = put if output is None else put_beside
    account = found.account
    assert account is not None
    if form is Format.JSON:
        told = {"k": found.n_clusters, "methods": found.table(), "caution": found.caution}
        say(as_json({**told, "table": asdict(account)}))
        return
    rows = rows_as(found.table(), form)
    if form is Format.CSV:
        say_account(account, verbose=verbose, quiet=quiet)
        say(rows)
        return
    head = f"k = {found.n_clusters}, {len(found.plane):,} rows"
    say(f"{head}\n{account_of(account, verbose=verbose)}\n\n{rows}\n\n{found.caution}")
