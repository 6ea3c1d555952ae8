"""``kwise fit``: a model file, preparation included."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Unpack

import typer

from kwise.cli._options import (
    K,
    Ks,
    Labels,
    Like,
    MaxSize,
    MinSize,
    Quiet,
    Seed,
    TableArgument,
    Verbose,
    range_of,
    size_of,
    table_options,
)
from kwise.cli._parts import CheckpointOption, EngineOption, MemoryOption, is_in_parts
from kwise.table_options import TableOptions


@table_options(TableOptions)
def fit(
    table: TableArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The model; - is stdout.")
    ],
    k: K = None,
    ks: Ks = "auto",
    labels: Labels = None,
    min_size: MinSize = None,
    max_size: MaxSize = None,
    like: Like = None,
    seed: Seed = 0,
    engine: EngineOption = None,
    max_memory: MemoryOption = None,
    checkpoint: CheckpointOption = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Cluster a table and save the model, preparation included.

    What was found is said on stderr. Tables that memory does not hold, or with --engine,
    --max-memory or --checkpoint, are read in parts: columns and the number of groups are
    decided on a sample, centers are those of all rows.

    For example:

      kwise fit customers.csv --k 4 -o customers.kwise

      kwise predict customers.kwise new.csv -o groups.csv

      kwise fit 'parts/*.parquet' --k 100 --checkpoint run.kwise-fit -o parts.kwise
    """
    candidates, most = range_of(ks), size_of(max_size)
    if is_in_parts(table, engine, max_memory, checkpoint):
        if any(each is not None for each in (min_size, most, like)):
            raise ValueError(
                "--min-size, --max-size and --like need all rows in memory; leave out --engine, "
                "--max-memory and --checkpoint, or these"
            )
        places = {"engine": engine, "max_memory": max_memory, "checkpoint": checkpoint}
        _fit_in_parts(
            table, output, labels, quiet, k=k, ks=candidates, random_state=seed, **places, **options
        )
        return

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar, put_model, say_account, write_labels

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            outside=[],
            k=k,
            ks=candidates,
            min_size=min_size,
            max_size=most,
            like=like,
            random_state=seed,
            progress=progress,
            **options,
        )
        if labels is not None:
            write_labels(analysis.labeled(), labels, analysis.table.files)
        if str(output) == "-":
            put_model(analysis.to_model(), output)
        else:
            analysis.save(output)
    if not quiet:
        sys.stderr.write(f"{output}: {analysis.verdict}\n")
        say_account(analysis.account, verbose=verbose, quiet=quiet)


def _fit_in_parts(
    table: str, output: Path, labels: Path | None, quiet: bool, **settings: Any
) -> None:
    """Cluster all rows of files, save the model and labels, and say what was found."""
    from kwise.analysis.at_scale import fit_files
    from kwise.cli._labeled_rows import label_files
    from kwise.cli._output import progress_bar, put_model

    with progress_bar(quiet=quiet) as progress:
        say = None if quiet else lambda told: sys.stderr.write(f"{told}\n")
        found = fit_files(table, progress=progress, say=say, **settings)
        written = [] if labels is None else [str(label_files(found.model, table, labels))]
        put_model(found.model, output)
    if not quiet:
        told = [f"{output}: {found.sample.verdict}", *found.steps, *written]
        sys.stderr.write("\n".join(told) + "\n")
