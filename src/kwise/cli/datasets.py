"""``kwise datasets``: tables to learn with."""

from __future__ import annotations

from typing import Annotated

import typer

from kwise.cli._options import Format, FormatOption, Output, Quiet


def datasets(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which one; without it, all are listed.")
    ] = None,
    output: Output = None,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
) -> None:
    """List the data sets that kwise knows, or write one as CSV.

    Bundled ones come along; published ones are downloaded once, verified and kept. An
    interrupted download goes on at the next call.

    For example:

      kwise datasets

      kwise datasets california -o housing.csv
    """
    from kwise.cli._output import progress_bar, put, rows_as

    if name is None:
        put(rows_as(_listed(), form), output)
        return
    from kwise.io.datasets import load_dataset

    with progress_bar(quiet=quiet) as progress:
        table = load_dataset(name, progress=progress)
    put(table.frame.write_csv(), output)


def _listed() -> list[dict[str, object]]:
    """Return one row per data set."""
    from kwise.io.datasets import BUNDLED, PUBLISHED, cache_folder, is_cached

    cache = cache_folder()
    bundled = [
        {
            "name": each.name,
            "here": True,
            "MB": 0.0,
            "licence": "as shipped with scikit-learn",
            "what": each.title,
        }
        for each in BUNDLED.values()
    ]
    published = [
        {
            "name": each.name,
            "here": is_cached(each, cache),
            "MB": round(each.size / 1e6, 1),
            "licence": each.licence,
            "what": each.title,
        }
        for each in PUBLISHED.values()
    ]
    return [*bundled, *published]
