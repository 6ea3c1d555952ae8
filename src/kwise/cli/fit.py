"""``kwise fit``: a model file, preparation included."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from kwise.cli._options import (
    Categories,
    CategoriesOption,
    Columns,
    Components,
    Delimiter,
    Drop,
    K,
    Ks,
    Missing,
    MissingOption,
    Quiet,
    Scale,
    ScaleOption,
    Seed,
    TableArgument,
    TransformSkew,
    Transpose,
    components_of,
    named,
    range_of,
)

if TYPE_CHECKING:
    from kwise.analysis import Analysis


def fit(
    table: TableArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The model; - is stdout.")
    ],
    columns: Columns = None,
    drop: Drop = None,
    k: K = None,
    ks: Ks = "1:10",
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    categories: CategoriesOption = Categories.DROP,
    transform_skew: TransformSkew = False,
    components: Components = None,
    delimiter: Delimiter = None,
    transpose: Transpose = False,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Cluster a table and save the model, preparation included.

    What was found is said on stderr.

    For example:

      kwise fit customers.csv --k 4 -o customers.kwise

      kwise predict customers.kwise new.csv -o groups.csv
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            columns=named(columns) or None,
            drop=named(drop),
            k=k,
            ks=candidates,
            scale=scale.value,
            missing=missing.value,
            categories=categories.value,
            transform_skew=transform_skew,
            components=components_of(components),
            delimiter=delimiter,
            transpose=transpose,
            random_state=seed,
            progress=progress,
        )
        if str(output) == "-":
            _to_stdout(analysis)
        else:
            analysis.save(output)
    if not quiet:
        sys.stderr.write(f"{output}: {analysis.verdict}\n")


def _to_stdout(analysis: Analysis) -> None:
    """Write the model's bytes to stdout, whole."""
    with TemporaryDirectory() as folder:
        sys.stdout.buffer.write(analysis.save(Path(folder) / "model.kwise").read_bytes())
    sys.stdout.buffer.flush()
