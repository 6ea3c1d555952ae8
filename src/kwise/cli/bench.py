"""``kwise bench``: kwise timed beside scikit-learn on a table or a shape of one's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from kwise.cli._options import (
    Format,
    FormatOption,
    Output,
    Quiet,
    Seed,
    named,
    table_options,
)
from kwise.table_options import TableOptions

if TYPE_CHECKING:
    from kwise._progress import Progress
    from kwise.benchmark import Timing
    from kwise.results import Floats


@table_options(TableOptions)
def bench(
    table: Annotated[
        str | None, typer.Argument(metavar="[TABLE]", help="Rows of yours; else round groups.")
    ] = None,
    output: Output = None,
    shape: Annotated[
        str, typer.Option(metavar="NxD", help="Rows and columns, where no table is given.")
    ] = "100000x10",
    k: Annotated[int, typer.Option(min=2, help="Number of groups.")] = 8,
    tasks: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="What to time; default: all."),
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each; medians count.")] = 5,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
    **options: Unpack[TableOptions],
) -> None:
    """Time kwise beside scikit-learn: the same task in turn, the answers compared.

    A ratio says how many times longer scikit-learn takes; where the two answers differ there
    is none. Both use all threads that this process may (OMP_NUM_THREADS limits both).

    For example:

      kwise bench --shape 1000000x8 --k 16

      kwise bench housing.csv --columns latitude,longitude --format json
    """
    from kwise.benchmark import time_against_sklearn
    from kwise.cli._output import progress_bar, put

    with progress_bar(quiet=quiet) as progress:
        if table is None:
            X = _blobs(*_shape(shape), k, seed)
        else:
            X = _prepared(table, options, progress)
        timings = time_against_sklearn(
            X, k, tasks=named(tasks) or None, repeats=repeats, random_state=seed, progress=progress
        )
    put(_printed(timings, X.shape, k, form), output)


def _shape(words: str) -> tuple[int, int]:
    """Read rows and columns: 100000x10."""
    found = re.fullmatch(r"(\d[\d_,]*)\s*[x×X]\s*(\d+)", words.strip())  # noqa: RUF001
    numbers = [int(re.sub("[_,]", "", part)) for part in found.groups()] if found else [0, 0]
    if min(numbers) < 1:
        raise ValueError(f"--shape {words} is not understood; write rows x columns: 100000x10")
    return numbers[0], numbers[1]


def _blobs(n: int, d: int, k: int, seed: int) -> Floats:
    """Draw round groups that overlap a little."""
    from sklearn.datasets import make_blobs

    X: Floats = make_blobs(n, d, centers=k, cluster_std=4.0, random_state=seed)[0]
    return X


def _prepared(table: str, options: TableOptions, progress: Progress) -> Floats:
    """Read a table and prepare its rows as ``kwise fit`` would."""
    from kwise.analysis.analyze import prepared_rows, split_options
    from kwise.io import read_table
    from kwise.preparation import Preparation

    reading, preparing = split_options(options)
    rows = read_table(table, **reading, progress=progress)
    return prepared_rows(Preparation(**preparing), rows)[0]


def _printed(timings: tuple[Timing, ...], shape: tuple[int, ...], k: int, form: Format) -> str:
    """Write the times: with what was measured on as JSON, as rows, or for eyes."""
    from dataclasses import asdict

    from kwise.cli._output import rows_as

    about = _about(shape, k)
    if form is Format.JSON:
        import json

        return json.dumps(about | {"timings": [asdict(each) for each in timings]}, indent=2)
    if form is Format.CSV:
        return rows_as([asdict(each) for each in timings], form)
    rows: list[dict[str, object]] = [
        {
            "task": each.task,
            "kwise": _time(each.kwise_seconds),
            "scikit-learn": _time(each.sklearn_seconds),
            "ratio": f"{each.ratio:.1f}" if each.ratio is not None else "differs",
            "answer": each.answer,
        }
        for each in timings
    ]
    words = ", ".join(f"{name} {value}" for name, value in about.items())
    return f"{words}\n\n{rows_as(rows, form)}"


def _about(shape: tuple[int, ...], k: int) -> dict[str, object]:
    """Tell what was measured, and on what."""
    from importlib.metadata import version

    from kwise import build_info
    from kwise._core.threads import effective_n_threads

    return {
        "rows": shape[0],
        "columns": shape[1],
        "k": k,
        "threads": effective_n_threads(),
        "instructions": build_info()["isa"],
        "kwise": version("kwise"),
        "scikit-learn": version("scikit-learn"),
    }


def _time(seconds: float) -> str:
    """Write a time in milliseconds, with the digits that matter."""
    return f"{1e3 * seconds:,.4g} ms" if seconds < 10 else f"{seconds:,.1f} s"
