"""``kwise breaks``: natural breaks of one column."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Output,
    Quiet,
    Seed,
    TableArgument,
    Verbose,
    table_options,
)
from kwise.table_options import SourceOptions

if TYPE_CHECKING:
    from kwise.analysis.breaks import Breaks


@table_options(SourceOptions)
def breaks(
    table: TableArgument,
    column: Annotated[str, typer.Option(metavar="A", help="The column of numbers to cut.")],
    output: Output = None,
    classes: Annotated[
        str, typer.Option(metavar="K", help="How many classes: a number, or auto.")
    ] = "auto",
    weights: Annotated[
        str | None, typer.Option(metavar="A", help="Column of weights, such as inhabitants.")
    ] = None,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Cut the values of a column into natural classes, the best there are, and say how many.

    The classes are those of least variance within (Fisher-Jenks), found exactly.

    For example:

      kwise breaks counties.csv --column income --classes 5

      kwise breaks counties.csv --column income --weights inhabitants --format json
    """
    wanted = _classes(classes)

    from kwise.analysis.breaks import find_breaks
    from kwise.cli._output import progress_bar, put

    with progress_bar(quiet=quiet) as progress:
        found = find_breaks(
            table,
            column,
            wanted,
            weights=weights,
            random_state=seed,
            progress=progress,
            **options,
        )
    put(_printed(found, form, verbose=verbose, quiet=quiet), output)


def _classes(words: str) -> int | Literal["auto"]:
    """Read the number of classes."""
    if words.strip().lower() == "auto":
        return "auto"
    if words.strip().isdecimal() and int(words) > 0:
        return int(words)
    raise ValueError(f"--classes {words} is not understood; write a number from 1, or auto")


def _printed(found: Breaks, form: Format, *, verbose: bool, quiet: bool) -> str:
    """Write the classes: all of it as JSON, the rows as CSV, or both for eyes."""
    from kwise.cli._output import account_of, as_json, rows_as, say_account

    if form is Format.JSON:
        chosen = found.selection
        return as_json(
            {
                "column": found.column,
                "k": chosen.k,
                "shown": chosen.shown,
                "kind": chosen.kind,
                "verdict": chosen.verdict,
                "confidence": chosen.confidence,
                "reasons": chosen.reasons,
                "breaks": found.bounds,
                "classes": found.table(),
                "goodness_of_fit": found.goodness_of_fit,
                "table": asdict(found.account),
            }
        )
    rows = rows_as(found.table(), form)
    if form is Format.CSV:
        say_account(found.account, verbose=verbose, quiet=quiet)
        return rows
    told = account_of(found.account, verbose=verbose)
    fit = f"The classes explain {100 * found.goodness_of_fit:.1f} % of the variance."
    return f"{found.verdict}\n{told}\n\n{rows}\n\n{fit}"
