"""``kwise compare``: k-means beside other methods on the same prepared table."""

from __future__ import annotations

from typing import Annotated

import typer

from kwise.cli._options import (
    Categories,
    CategoriesOption,
    Columns,
    Components,
    Delimiter,
    Drop,
    Format,
    FormatOption,
    K,
    Missing,
    MissingOption,
    Output,
    Quiet,
    Scale,
    ScaleOption,
    Seed,
    TableArgument,
    TransformSkew,
    Transpose,
    components_of,
    named,
)


def compare(
    table: TableArgument,
    output: Output = None,
    methods: Annotated[
        str | None, typer.Option(metavar="A,B", help="Methods to run; default: all.")
    ] = None,
    columns: Columns = None,
    drop: Drop = None,
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
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    categories: CategoriesOption = Categories.DROP,
    transform_skew: TransformSkew = False,
    components: Components = None,
    delimiter: Delimiter = None,
    transpose: Transpose = False,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
) -> None:
    """Run several clustering methods on one table, and set their answers side by side.

    With -o FILE.svg (or .png, .pdf) a panel of pictures is drawn too.

    For example:

      kwise compare moons.csv --k 2 -o panel.svg

      kwise compare wine.csv --truth cultivar --format csv
    """
    from kwise.analysis.compare import compare as compared
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.plots import save_comparison

    with progress_bar(quiet=quiet) as progress:
        found = compared(
            table,
            methods=named(methods) or None,
            columns=named(columns) or None,
            drop=named(drop),
            truth=truth,
            k=k,
            eps=eps,
            metric=metric,
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
        if output is not None:
            save_comparison(found, output)
    rows = rows_as(found.table(), form)
    if form is Format.TABLE:
        rows = f"k = {found.n_clusters}, {len(found.plane):,} rows\n\n{rows}\n\n{found.caution}"
    put(rows)
