"""``kwise fit``: a model file, preparation included."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    K,
    Ks,
    Labels,
    Quiet,
    Seed,
    TableArgument,
    Verbose,
    range_of,
    table_options,
)
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    from kwise.analysis import Analysis


@table_options(TableOptions)
def fit(
    table: TableArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The model; - is stdout.")
    ],
    k: K = None,
    ks: Ks = "auto",
    labels: Labels = None,
    seed: Seed = 0,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Cluster a table and save the model, preparation included.

    What was found is said on stderr.

    For example:

      kwise fit customers.csv --k 4 -o customers.kwise

      kwise predict customers.kwise new.csv -o groups.csv
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar, say_account, write_labels

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            outside=[],
            k=k,
            ks=candidates,
            random_state=seed,
            progress=progress,
            **options,
        )
        if labels is not None:
            write_labels(analysis.labeled(), labels)
        if str(output) == "-":
            _to_stdout(analysis)
        else:
            analysis.save(output)
    if not quiet:
        sys.stderr.write(f"{output}: {analysis.verdict}\n")
        say_account(analysis.account, verbose=verbose, quiet=quiet)


def _to_stdout(analysis: Analysis) -> None:
    """Write the model's bytes to stdout, whole."""
    from kwise.cli._streams import to_stdout
    from kwise.io import save_model

    made = io.BytesIO()
    save_model(made, analysis.to_model())
    to_stdout(made.getvalue())
