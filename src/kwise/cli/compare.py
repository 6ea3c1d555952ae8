"""``kwise compare``: k-means beside other methods on the same prepared table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kwise.cli._options import (
    Columns,
    Components,
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
    Transpose,
    components_of,
    named,
)

if TYPE_CHECKING:
    from kwise.comparison import Comparison
    from kwise.io.table import Table


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
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    components: Components = None,
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
    from kwise import compare as compare_methods
    from kwise.analysis import prepared_rows
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.comparison import METHODS
    from kwise.io.reading import read_table
    from kwise.preparation import Preparation

    with progress_bar(quiet=quiet) as progress:
        read = read_table(table, transpose=transpose, progress=progress)
        if truth is not None:
            read.frame.get_column(truth) if truth in read.frame.columns else _refuse(truth, read)
        preparation = Preparation(
            columns=named(columns) or None,
            drop=[*named(drop), *([truth] if truth else [])],
            scale=scale.value,
            missing=missing.value,
            components=components_of(components),
        )
        X, rows = prepared_rows(preparation, read)
        found = compare_methods(
            X, named(methods) or list(METHODS), n_clusters=k, random_state=seed, progress=progress
        )
        table_rows = found.table()
        if truth is not None:
            words = read.frame[truth].cast(str).fill_null("").to_numpy()[rows]
            for row, agreement in zip(table_rows, _agreements(found, words)):
                row["ari"] = agreement
        if output is not None:
            from kwise.plots import save_comparison

            save_comparison(X, found, output)
    put(rows_as(table_rows, form))


def _refuse(name: str, table: Table) -> None:
    """Say that the table has no such column."""
    from kwise._tables import unknown_name

    raise ValueError(unknown_name(name, table.frame.columns, what="column"))


def _agreements(found: Comparison, truth: object) -> list[float | None]:
    """Return each method's adjusted Rand index with the true labels, noise as one group."""
    from sklearn.metrics import adjusted_rand_score

    return [
        None if each.labels is None else float(adjusted_rand_score(truth, each.labels))
        for each in found.outcomes
    ]
