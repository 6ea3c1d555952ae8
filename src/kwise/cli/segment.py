"""``kwise segment``: rows in order, cut where they change."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Unpack

from kwise.cli._options import (
    Format,
    FormatOption,
    K,
    Ks,
    Output,
    Quiet,
    TableArgument,
    Verbose,
    range_of,
    table_options,
)
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    from kwise.analysis.segments import TableSegments


@table_options(TableOptions)
def segment(
    table: TableArgument,
    output: Output = None,
    k: K = None,
    ks: Ks = "auto",
    form: FormatOption = Format.TABLE,
    verbose: Verbose = False,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Cut the rows of a table, in their order, into segments of rows that are alike.

    The segments are the best there are for their number, which a modified BIC chooses. With
    -o FILE.svg (or .png, .pdf) a picture is drawn too.

    For example:

      kwise segment sensor.csv --columns temperature,pressure -o segments.svg

      kwise segment sensor.csv --k 4 --format csv > segments.csv
    """
    candidates = range_of(ks)

    from kwise.analysis.segments import find_segments
    from kwise.cli._output import picture_of, progress_bar, put, put_note

    picture = picture_of(output)
    with progress_bar(quiet=quiet) as progress:
        found = find_segments(
            table,
            k=k,
            ks=None if candidates == "auto" else candidates,
            progress=progress,
            **options,
        )
        if picture is not None:
            from kwise.plots import save_segments

            save_segments(found.X, found.segmentation.run(found.k).labels, picture, found.columns)
    say = put if picture is None else put_note
    say(_printed(found, form, verbose=verbose, quiet=quiet))


def _printed(found: TableSegments, form: Format, *, verbose: bool, quiet: bool) -> str:
    """Write the segments: all of it as JSON, the rows as CSV, or both for eyes."""
    from kwise.cli._output import account_of, as_json, rows_as, say_account

    if form is Format.JSON:
        chosen = found.segmentation
        return as_json(
            {
                "k": chosen.k,
                "shown": found.k,
                "candidates": chosen.ks,
                "bic": chosen.bic,
                "inertia": [run.inertia for run in chosen.runs],
                "segments": found.table(),
                "table": asdict(found.account),
            }
        )
    rows = rows_as(found.table(), form)
    if form is Format.CSV:
        say_account(found.account, verbose=verbose, quiet=quiet)
        return rows
    return f"{_headline(found)}\n{account_of(found.account, verbose=verbose)}\n\n{rows}"


def _headline(found: TableSegments) -> str:
    """Say how many segments there are, and by what."""
    many = f"{found.k} segment{'s' if found.k > 1 else ''}"
    ks = found.segmentation.ks
    if len(ks) == 1:
        return f"{many}, as asked."
    return f"{many}: the lowest modified BIC among {ks[0]} to {ks[-1]}."
