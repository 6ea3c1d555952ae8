"""``kwise report``: the whole way from a table to a page."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Join,
    K,
    Ks,
    Labels,
    Like,
    MaxSize,
    MinSize,
    Output,
    Quiet,
    Seed,
    Truth,
    Verbose,
    named,
    named_options,
    range_of,
    size_of,
    table_options,
)
from kwise.cli._parts import EngineOption, is_in_parts, sample_table
from kwise.cli._worker import second_process
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    from kwise.analysis import Analysis
    from kwise.cli._labeled_rows import LabeledRows
    from kwise.io import Table


@table_options(TableOptions)
def report(
    context: typer.Context,
    table: Annotated[
        str | None,
        typer.Argument(metavar="[TABLE]", help="The table; without it, a real one comes along."),
    ] = None,
    output: Output = None,
    outside: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Columns set beside the groups; FILE:A too."),
    ] = None,
    truth: Truth = None,
    join: Join = None,
    k: K = None,
    ks: Ks = "auto",
    labels: Labels = None,
    min_size: MinSize = None,
    max_size: MaxSize = None,
    like: Like = None,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    engine: EngineOption = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Find the groups in a table and write a page about them.

    For example:

      kwise report housing.csv --columns latitude,longitude --outside median_house_value

      kwise report penguins.csv --truth species -o penguins.html

      kwise report genes.csv --truth labels.csv:Class --key sample

      kwise report customers.csv --labels customers-with-groups.csv -o customers.pdf

      kwise report wide.csv --format json > summary.json

    A table that memory does not hold, or with --engine, is shown by a sample, and the page says so;
    --labels has all rows, each in the cluster of its nearest center.
    """
    candidates, most = range_of(ks), size_of(max_size)
    _check_printing(output)

    from kwise.cli._labeled_rows import write_all_labels
    from kwise.cli._output import progress_bar, put, put_note

    ready = "kwise.report:get_ready_to_draw"
    with second_process(ready) as executor, progress_bar(quiet=quiet) as progress:
        from kwise.analysis import analyze

        source, truth = _source(table, truth)
        parts = source if isinstance(source, str) and is_in_parts(source, engine) else None
        analysis = analyze(
            source if parts is None else sample_table(parts, seed),
            outside=named(outside) or None,
            truth=truth,
            join=join,
            k=k,
            ks=candidates,
            min_size=min_size,
            max_size=most,
            like=like,
            random_state=seed,
            progress=progress,
            executor=executor,
            **(options if like is None else named_options(context, options)),
        )
        written = None if labels is None else write_all_labels(analysis, labels, parts)
        analysis = _with_sums_of_all_rows(analysis, parts)
        page = _page_path(output, analysis.table, form)
        html = ""
        if page is not None:
            _refuse_overwriting(analysis.table, page)
            html = analysis.to_html(progress=progress, executor=executor)
    if page is None:
        put(_printed(analysis, form, page, written, verbose=verbose, quiet=quiet))
        return
    _put_page(html, page)
    if str(page) != "-":
        put_note(_printed(analysis, form, page, written, verbose=verbose, quiet=quiet))


def _with_sums_of_all_rows(analysis: Analysis, parts: str | None) -> Analysis:
    """Say what all rows of files in parts add up to, of which the analysis has a sample."""
    from kwise.analysis.all_rows import with_all_rows

    return analysis if parts is None else with_all_rows(analysis, parts)


def _check_printing(output: Path | None) -> None:
    """Say before the work, rather than after it, that nothing can print."""
    if _is_pdf(output):
        from kwise.report.pdf import find_browser

        find_browser()


def _refuse_overwriting(table: Table, page: Path) -> None:
    """Raise where the page is a file that the table was read from."""
    from kwise.io.overwriting import refuse_overwriting

    refuse_overwriting([("table", file) for file in table.files], page)


def _is_pdf(path: Path | None) -> bool:
    """Whether a page is to be printed rather than written."""
    return path is not None and path.suffix.lower() == ".pdf"


def _put_page(html: str, path: Path) -> None:
    """Write the page, or print it where the file's name ends in .pdf."""
    from kwise.cli._output import put, put_bytes

    if not _is_pdf(path):
        put(html, path)
        return
    from kwise.report.pdf import print_page

    put_bytes(print_page(html), path)


def _source(table: str | None, truth: str | None) -> tuple[str | Table, str | None]:
    """Return the table asked for, or the demonstration with its true labels."""
    if table is not None:
        return table, truth
    from kwise.io.datasets import demonstration

    shown = demonstration()
    return shown, truth or shown.truth


def _page_path(output: Path | None, table: Table, form: Format) -> Path | None:
    """Say where the page goes: nowhere if only numbers were asked for."""
    if output is not None:
        return output
    if form is not Format.TABLE:
        return None
    name = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in table.name)
    return Path(f"{name.strip('.') or 'table'}-clusters.html")


def _printed(
    analysis: Analysis,
    form: Format,
    page: Path | None,
    written: LabeledRows | None,
    *,
    verbose: bool,
    quiet: bool,
) -> str:
    """Write what goes to stdout: the whole summary as JSON, or one row for each cluster."""
    from kwise.cli._output import account_of, rows_as, say_account

    if form is Format.JSON:
        import json

        told = analysis.summary.to_dict()
        if written is not None:
            told["labels"] = asdict(written)
        return json.dumps(told, indent=2, allow_nan=False)
    clusters: list[dict[str, object]] = [
        {
            "cluster": each.number,
            "rows": each.size,
            "share": each.share,
            "silhouette": each.silhouette,
            **({"silhouette_rows": each.n_scored} if form is Format.CSV else {}),
            "name": each.name,
        }
        for each in analysis.summary.chosen.clusters
    ]
    if form is Format.CSV:
        say_account(analysis.account, verbose=verbose, quiet=quiet)
        notes = [str(written or ""), analysis.evidence.scored_words()]
        if not quiet:
            sys.stderr.writelines(f"{note}\n" for note in notes if note)
        return rows_as(clusters, form)
    account = account_of(analysis.account, verbose=verbose)
    if analysis.match is not None:
        account += f"\n\n{analysis.match}"
    places = f"page: {page}" if written is None else f"{written}\npage: {page}"
    table = rows_as(clusters, form) + _scored_rows(analysis)
    return f"{analysis.verdict}\n{account}\n\n{table}\n\n{places}"


def _scored_rows(analysis: Analysis) -> str:
    """Say which rows the silhouettes are of, where they are not of all."""
    words = analysis.evidence.scored_words()
    return f"\n{words}" if words else ""
