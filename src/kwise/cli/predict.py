"""``kwise predict``: the clusters of new rows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Output,
    Quiet,
    TableArgument,
    table_options,
)
from kwise.cli._parts import EngineOption, is_in_parts, tables_of, write_parquet
from kwise.cli._schema import say_changes
from kwise.table_options import SourceOptions, changed_options

if TYPE_CHECKING:
    import polars as pl

    from kwise.io import Table
    from kwise.io.model import Model


@table_options(SourceOptions)
def predict(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file from kwise fit.")],
    table: TableArgument,
    output: Output = None,
    join: Annotated[
        bool, typer.Option("--join", help="Write the columns of the table before the cluster.")
    ] = False,
    distance: Annotated[
        bool, typer.Option("--distance", help="Say too how far each row is from its center.")
    ] = False,
    margin: Annotated[
        bool, typer.Option("--margin", help="Say too how clear each row's place is, 0 to 1.")
    ] = False,
    outlier: Annotated[
        bool,
        typer.Option(
            "--outlier", help="Say too what share of its cluster's fitted rows lies farther out."
        ),
    ] = False,
    second: Annotated[
        bool, typer.Option("--second", help="Say too which cluster is the next nearest.")
    ] = False,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Read and write in parts of 50,000 rows, in memory that stays flat. What has "
            "changed in the columns is told of the first part; rows that sum up others are seen "
            "within their part.",
        ),
    ] = False,
    form: FormatOption = Format.CSV,
    engine: EngineOption = None,
    quiet: Quiet = False,
    **options: Unpack[SourceOptions],
) -> None:
    """Say to which cluster each row of a table belongs.

    Rows and clusters count from 1, as on the page; a row with a missing cell that the model
    leaves out has no cluster. Its margin is 1 - the distance to its own center over that to
    the next: 1 on a center, 0 halfway; rounded down, as in the page's download. Outliers are the
    rows of which hardly any fitted row of their cluster lies farther out: 0.01, say, or 0.

    What has changed in the columns since the fit is said on stderr. The file is CSV, TSV, Parquet,
    Arrow, JSON or JSON lines, as its name ends.

    For example:

      kwise predict model.kwise new.csv -o groups.csv

      kwise predict model.kwise new.parquet --join --outlier -o scored.parquet

      cat new.csv | kwise predict model.kwise - --stream --margin --second

      kwise predict model.kwise 'parts/*.parquet' --engine local -o labels.parquet
    """
    from kwise.io.model_file import load

    fitted = load(model)
    asked = {"distance": distance, "margin": margin, "outlier": outlier, "second": second}
    extra = [name for name, wanted in asked.items() if wanted]
    in_parts = not (stream or changed_options(options)) and is_in_parts(table, engine)
    if engine and not in_parts:
        raise ValueError(
            f"--engine {engine}: tables in parts are read as they are, in no --stream "
            "and with no option of how a table is read; leave these out"
        )
    if outlier and fitted.distance_quantiles is None:
        raise ValueError(
            f"{model}: --outlier needs the distances of the fitted rows, which this model does not "
            "have; fit it again with this version of kwise"
        )
    if in_parts:
        answers = _answers(fitted, tables_of(table), extra, join, quiet)
        n, lost = _put_parts(answers, output, form)
    elif stream:
        from kwise.io.streaming import table_parts

        tables = table_parts(table, formats=fitted.formats, **options)
        n, lost = _put_parts(_answers(fitted, tables, extra, join, quiet), output, form)
    else:
        n, lost = _put_whole(fitted, table, extra, join, quiet, dict(options), output, form)
    _say_lost(n, lost, quiet)


def _say_lost(n: int, lost: int, quiet: bool) -> None:
    """Say how many rows have no cluster, and why."""
    if lost and not quiet:
        were = "row has" if lost == 1 else "rows have"
        sys.stderr.write(
            f"{lost:,} of {n:,} {were} no cluster: a cell is missing there that the model needs\n"
        )


def _put_whole(
    fitted: Model,
    table: str,
    extra: list[str],
    join: bool,
    quiet: bool,
    options: dict[str, Any],
    output: Path | None,
    form: Format,
) -> tuple[int, int]:
    """Label a table and write the answer; return the rows, and those without a cluster."""
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.io.reading import read_table
    from kwise.io.writing import WRITERS, write_table

    with progress_bar(quiet=quiet) as progress:
        rows = read_table(table, **options, progress=progress, formats=fitted.formats)
        found = _answer(fitted, rows, extra, join, 0)
        say_changes(fitted, rows, quiet)
    lost = found[_cluster_name(rows, join)].null_count()
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and form is Format.CSV and suffix in WRITERS:
        write_table(found, output)
    else:
        put(rows_as(list(found.iter_rows(named=True)), form), output)
    return found.height, lost


def _answers(
    fitted: Model, parts: Iterable[Table], extra: list[str], join: bool, quiet: bool
) -> Iterator[tuple[pl.DataFrame, int]]:
    """Yield the answer for one part after the other, and its rows without a cluster."""
    first = 0
    for part in parts:
        found = _answer(fitted, part, extra, join, first)
        if first == 0:
            say_changes(fitted, part, quiet)
        first += found.height
        yield found, found[_cluster_name(part, join)].null_count()


def _put_parts(
    parts: Iterator[tuple[pl.DataFrame, int]], output: Path | None, form: Format
) -> tuple[int, int]:
    """Write parts as they come; return the rows, and those without a cluster."""
    from contextlib import nullcontext

    from kwise._atomic import written_whole
    from kwise.cli._streams import to_stdout

    suffix = "" if output is None else output.suffix.lower()
    lines = form is Format.JSON or suffix in (".jsonl", ".ndjson")
    if output is not None and suffix in (".parquet", ".pq"):
        return write_parquet(parts, output)
    if form is Format.TABLE or suffix not in ("", ".csv", ".jsonl", ".ndjson"):
        raise ValueError(
            "Parts are written as CSV, JSON lines or Parquet (a name that ends with .csv, .jsonl "
            "or .parquet)"
        )
    n = lost = 0
    to_file = output is not None and str(output) != "-"
    with written_whole(output) if to_file else nullcontext() as file:  # type: ignore[arg-type]
        for found, missing in parts:
            text = found.write_ndjson() if lines else found.write_csv(include_header=n == 0)
            if file is None:
                to_stdout(text)
            else:
                file.write(text.encode())
            n, lost = n + found.height, lost + missing
    return n, lost


def _cluster_name(table: Table, join: bool) -> str:
    """Return the name of the new column: another one where the table has it already."""
    name = "cluster"
    while join and name in table.frame.columns:
        name += "_"
    return name


def _answer(fitted: Model, table: Table, extra: list[str], join: bool, first: int) -> pl.DataFrame:
    """Return one row for each row of a table; ``first`` rows came before."""
    import numpy as np
    import polars as pl

    places = fitted.place(table) if extra else None
    labels = fitted.predict(table) if places is None else places.labels
    columns = {_cluster_name(table, join): _numbers(labels)}
    if places is not None:
        columns |= {
            "distance": pl.Series(places.distance).fill_nan(None),
            "margin": pl.Series(np.floor(100 * places.margin) / 100).fill_nan(None),
            "outlier": pl.Series(np.round(places.outlier, 4)).fill_nan(None),
            "second": _numbers(places.second),
        }
    wanted = [next(iter(columns)), *extra]
    if join:
        kept = set(table.frame.columns)
        made = [columns[name].alias(name if name not in kept else f"{name}_") for name in wanted]
        return table.frame.with_columns(made)
    rows = pl.arange(first + 1, first + len(labels) + 1, eager=True)
    return pl.DataFrame({"row": rows, **{name: columns[name] for name in wanted}})


def _numbers(labels: Any) -> pl.Series:
    """Return clusters as people count them, from 1; null where there is none."""
    import numpy as np
    import polars as pl

    numbers = np.add(labels, 1, dtype=np.int64)
    found = pl.Series(numbers)
    return found if numbers.all() else pl.select(pl.when(found > 0).then(found)).to_series()
