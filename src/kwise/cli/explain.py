"""``kwise explain``: what the groups of a table are, in words."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Unpack

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

if TYPE_CHECKING:
    from kwise.report.summary import Cluster


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
        clusters = analysis.summary.chosen.clusters
    account = analysis.account
    if form is Format.TABLE:
        head = f"{analysis.verdict}\n{account_of(account, verbose=verbose)}"
        put("\n\n".join([head, *map(_words, clusters)]), output)
        return
    rows = [_row(each) for each in clusters]
    if form is Format.CSV:
        say_account(account, verbose=verbose, quiet=quiet)
        put(rows_as(rows, form), output)
        return
    told = {"verdict": analysis.verdict, "clusters": rows, "table": asdict(account)}
    put(as_json(told), output)


def _row(cluster: Cluster) -> dict[str, object]:
    """Return what is told of a cluster as one row."""
    rule = cluster.rule
    return {
        "cluster": cluster.number,
        "name": cluster.name,
        "rows": cluster.size,
        "share": cluster.share,
        "explanation": cluster.sentence,
        "rule": rule.text if rule else None,
        "rule_precision": rule.precision if rule else None,
        "rule_recall": rule.recall if rule else None,
    }


def _words(cluster: Cluster) -> str:
    """Write what is told of a cluster in lines."""
    from kwise._formatting import count, percent

    lines = [
        f"{cluster.number}. {cluster.name}: {count(cluster.size)} rows ({percent(cluster.share)})",
        *textwrap.wrap(cluster.sentence, 88, initial_indent="   ", subsequent_indent="   "),
    ]
    rule = cluster.rule
    if rule:
        found = f"{percent(rule.recall)} of its rows; {percent(rule.precision)} of"
        lines.append(f"   Rule: {rule.text} ({found} those that meet it)")
    return "\n".join(lines)
