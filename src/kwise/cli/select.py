"""``kwise select-k``: how many groups, with the scores of every criterion."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Unpack

from kwise.cli._options import (
    Format,
    FormatOption,
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
    from kwise.report.summary import TableFacts
    from kwise.results import Alternative, Selection


@table_options(TableOptions)
def select_k(
    table: TableArgument,
    output: Output = None,
    ks: Ks = "auto",
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Say how many groups there are, and what speaks for it.

    For example:

      kwise select-k penguins.csv

      kwise select-k rows.parquet --ks 2:20 --format csv > scores.csv
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar, put

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            ks=candidates,
            random_state=seed,
            progress=progress,
            **options,
        )
    put(_printed(analysis.selection, analysis.account, form, verbose=verbose, quiet=quiet), output)


def _printed(
    selection: Selection, account: TableFacts, form: Format, *, verbose: bool, quiet: bool
) -> str:
    """Write the choice: all of it as JSON, the scores as CSV, or both for eyes."""
    from kwise.cli._output import account_of, as_json, rows_as, say_account

    if form is Format.JSON:
        answer = {
            "k": selection.k,
            "shown": selection.shown,
            "asked": selection.asked,
            "kind": selection.kind,
            "verdict": selection.verdict,
            "confidence": selection.confidence,
            "candidates": selection.candidates,
            "reasons": selection.reasons,
            "structures": [each.kind for each in selection.structures],
            "columns": [asdict(each) for each in selection.columns],
            "usefulness": [asdict(each) for each in selection.usefulness],
            "alternative": _other(selection.alternative),
            "choices": {name: choice.k for name, choice in selection.choices.items()},
            "directions": dict(selection.directions),
            "scores": selection.table(),
            "table": asdict(account),
        }
        return as_json(answer)
    rows = rows_as(selection.table(), form)
    if form is Format.CSV:
        say_account(account, verbose=verbose, quiet=quiet)
        return rows
    reasons = "\n".join(f"  {reason}" for reason in selection.reasons)
    told = account_of(account, verbose=verbose)
    return f"{selection.verdict}\n{told}\n\n{rows}\n\n{reasons}"


def _other(alternative: Alternative | None) -> dict[str, object] | None:
    """Tell of the better method's groups: their sizes, the largest first, and how good they are."""
    if alternative is None:
        return None
    return {
        "method": alternative.method,
        "settings": alternative.settings,
        "sizes": alternative.sizes,
        "without_group": alternative.without_group,
        "rows_seen": alternative.n_seen,
        "rows_judged": alternative.n_judged,
        "information": alternative.information,
        "information_kmeans": alternative.information_kmeans,
        "entropy": alternative.entropy,
        "entropy_kmeans": alternative.entropy_kmeans,
        "standard_error": alternative.error,
    }
