"""``kwise fit``: a model file, preparation included."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

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

if TYPE_CHECKING:
    from kwise.analysis import Analysis
    from kwise.analysis.at_scale import ScaleFit
    from kwise.io import Table


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

    What was found is said on stderr. Of tables of more than a million rows columns and the
    number of groups are decided on a sample, while centers are those of all rows; tables that
    memory does not hold, or with --engine, --max-memory or --checkpoint, are read in parts.

    For example:

      kwise fit customers.csv --k 4 -o customers.kwise

      kwise predict customers.kwise new.csv -o groups.csv

      kwise fit 'parts/*.parquet' --k 100 --checkpoint run.kwise-fit -o parts.kwise
    """
    asked = {"k": k, "ks": range_of(ks), "random_state": seed}
    sizes = {"min_size": min_size, "max_size": size_of(max_size), "like": like}
    needs_all = any(each is not None for each in sizes.values())
    if is_in_parts(table, engine, max_memory, checkpoint):
        if needs_all:
            raise ValueError(
                "--min-size, --max-size and --like need all rows in memory; leave out --engine, "
                "--max-memory and --checkpoint, or these"
            )
        places = {"engine": engine, "max_memory": max_memory, "checkpoint": checkpoint}
        _fit_in_parts(table, output, labels, quiet, **asked, **places, **options)
        return

    from kwise.analysis.analyze import split_options
    from kwise.cli._output import progress_bar
    from kwise.io import read_table

    with progress_bar(quiet=quiet) as progress:
        reading, preparing = split_options(options)
        read = read_table(table, **reading, progress=progress)
        settings = {**asked, **preparing, "progress": progress}
        if _is_long(read) and not needs_all:
            _fit_long(read, output, labels, quiet, **settings)
            return
        analysis = _fit_whole(read, output, labels, **sizes, **settings)
    if not quiet:
        from kwise.cli._output import say_account

        sys.stderr.write(f"{output}: {analysis.verdict}\n")
        say_account(analysis.account, verbose=verbose, quiet=quiet)


def _fit_whole(table: Table, output: Path, labels: Path | None, **settings: Any) -> Analysis:
    """Cluster a table, save the model and labels, and return what was found."""
    from kwise.analysis import analyze
    from kwise.cli._output import put_model, write_labels

    analysis = analyze(table, outside=[], **settings)
    if labels is not None:
        write_labels(analysis.labeled(), labels, analysis.table.files)
    if str(output) == "-":
        put_model(analysis.to_model(), output)
    else:
        analysis.save(output)
    return analysis


def _is_long(table: Table) -> bool:
    """Tell whether a sample decides."""
    from kwise.analysis.at_scale import LONG

    return table.frame.height > LONG


def _fit_long(
    table: Table, output: Path, labels: Path | None, quiet: bool, **settings: Any
) -> None:
    """Cluster all rows of a long table, save the model and labels, and say what was found."""
    import numpy as np

    from kwise.analysis.at_scale import fit_table
    from kwise.analysis.joined import joined
    from kwise.cli._output import put_model, write_labels

    found = fit_table(table, **settings)
    if labels is not None:
        clusters = {"cluster": found.model.predict(table)}
        rows = joined(table.frame, np.arange(table.frame.height), clusters)
        write_labels(rows, labels, table.files)
    put_model(found.model, output)
    _say_found(output, found, [], quiet)


def _say_found(output: Path, found: ScaleFit, more: Sequence[str], quiet: bool) -> None:
    """Say what a sample decided, and what was found of all rows."""
    if not quiet:
        told = [f"{output}: {found.sample.verdict}", *found.steps, *more]
        sys.stderr.write("\n".join(told) + "\n")


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
    _say_found(output, found, written, quiet)
