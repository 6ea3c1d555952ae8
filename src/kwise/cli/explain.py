"""``kwise explain``: what the groups of a table are, in words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Unpack

from kwise.cli._options import (
    Format,
    FormatOption,
    K,
    Ks,
    Output,
    Quiet,
    Seed,
    TableArgument,
    Verbose,
    range_of,
    table_options,
)
from kwise.table_options import TableOptions


@table_options(TableOptions)
def explain(
    table: TableArgument,
    output: Output = None,
    k: K = None,
    ks: Ks = "auto",
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Say in words what sets each group apart, with a rule that finds it.

    For example:

      kwise explain penguins.csv

      kwise explain penguins.csv --k 3 --format json
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import account_of, as_json, progress_bar, put, rows_as, say_account

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            k=k,
            ks=candidates,
            random_state=seed,
            progress=progress,
            **options,
        )
        explanation = analysis.explain()
    account = analysis.account
    if form is Format.TABLE:
        head = f"{analysis.verdict}\n{account_of(account, verbose=verbose)}"
        put(f"{head}\n\n{explanation}", output)
        return
    rows = explanation.table()
    if form is Format.CSV:
        say_account(account, verbose=verbose, quiet=quiet)
        put(rows_as(rows, form), output)
        return
    told = {"verdict": analysis.verdict, "clusters": rows, "table": asdict(account)}
    put(as_json(told), output)
