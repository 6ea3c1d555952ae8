"""``kwise components``: the clustering of a table in its first principal components."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Join,
    K,
    Output,
    Quiet,
    Seed,
    TableArgument,
    Truth,
    Verbose,
    range_of,
    table_options,
)
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kwise.analysis import Analysis
    from kwise.selection.components import ComponentSweep


@table_options(TableOptions)
def components(
    table: TableArgument,
    output: Output = None,
    numbers: Annotated[
        str, typer.Option(metavar="FROM:TO", help="Numbers of components: auto, or 2:10.")
    ] = "auto",
    truth: Truth = None,
    join: Join = None,
    k: K = None,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Cluster the first principal components of a table, for each number of them.

    With -o FILE.svg (or .png, .pdf) a picture is drawn too. The number of groups is the one that
    the data support, two at least, where --k does not say it.

    For example:

      kwise components genes.csv --truth labels.csv:Class --k 5

      kwise components wine.csv --truth cultivar --numbers 1:8 -o components.svg
    """
    asked = range_of(numbers)

    from kwise.analysis import analyze
    from kwise.cli._output import picture_of, progress_bar, put, put_note
    from kwise.selection.components import sweep_components

    picture = picture_of(output)
    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            outside=[],
            truth=truth,
            join=join,
            k=k,
            random_state=seed,
            progress=progress,
            **options,
        )
        found = sweep_components(
            analysis.X,
            _numbers(analysis) if asked == "auto" else asked,
            n_clusters=max(analysis.k, min(2, len(analysis.X))),
            truth=_labels(analysis),
            random_state=seed,
            progress=progress,
        )
    say = put if picture is None else put_note
    if picture is not None:
        _draw(found, picture)
    say(_printed(found, analysis, form, verbose=verbose, quiet=quiet))


def _numbers(analysis: Analysis) -> range:
    """Return 1 to 10 components, or as many as there are."""
    return range(1, min(10, *analysis.X.shape) + 1)


def _labels(analysis: Analysis) -> NDArray[np.str_] | None:
    """Return the known labels of the rows that were clustered, as words."""
    if analysis.truth is None:
        return None
    column = analysis.table.frame[analysis.truth].to_numpy()
    labels: NDArray[np.str_] = column[analysis.rows].astype(str)
    return labels


def _draw(found: ComponentSweep, output: Path) -> None:
    """Write the picture whole, of the kind that the file's name ends in."""
    from matplotlib.figure import Figure

    from kwise.plots import plot_components
    from kwise.plots._saving import save_figure

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    plot_components(found, ax=figure.add_subplot())
    save_figure(figure, output)


def _printed(
    found: ComponentSweep, analysis: Analysis, form: Format, *, verbose: bool, quiet: bool
) -> str:
    """Write a row for each number of components, and what cannot be compared."""
    from kwise.cli._output import account_of, as_json, rows_as, say_account

    rows: list[dict[str, object]] = [dict(row) for row in found.table()]
    if form is Format.JSON:
        told = {"k": found.n_clusters, "components": rows, "caution": found.caution}
        return as_json({**told, "table": asdict(analysis.account)})
    if form is Format.CSV:
        say_account(analysis.account, verbose=verbose, quiet=quiet)
        return rows_as(rows, form)
    head = f"k = {found.n_clusters}, {len(analysis.X):,} rows"
    account = account_of(analysis.account, verbose=verbose)
    return f"{head}\n{account}\n\n{rows_as(rows, form)}\n\n{found.caution}"
