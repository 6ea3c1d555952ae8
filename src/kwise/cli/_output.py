"""What commands print and write: results on stdout, progress on stderr."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kwise._progress import Progress, silent
from kwise.cli import in_options, printable
from kwise.cli._options import Format
from kwise.cli._streams import to_stdout
from kwise.cli._tables import in_color, table_for_eyes, without_color

if TYPE_CHECKING:
    from polars import DataFrame

    from kwise.io.model import Model
    from kwise.report.summary import TableFacts

__all__ = [
    "account_of",
    "as_json",
    "picture_of",
    "progress_bar",
    "put",
    "put_bytes",
    "put_model",
    "put_note",
    "rows_as",
    "say_account",
    "write_labels",
]

_WORST = 3  # warnings that are said unasked


def put(text: str, output: Path | None = None) -> None:
    """Print a result, or write it whole to a file."""
    text = text if text.endswith("\n") else text + "\n"
    if output is None or str(output) == "-":
        eyes = sys.stdout is not None and sys.stdout.isatty()
        to_stdout(in_color(text) if eyes else without_color(text))
        return
    from kwise._atomic import write_text

    write_text(output, without_color(text))


def put_bytes(content: bytes, output: Path | None = None) -> None:
    """Print a result that is no text, or write it whole to a file; not onto a terminal."""
    if output is not None and str(output) != "-":
        from kwise._atomic import written_whole

        with written_whole(output) as file:
            file.write(content)
        return
    if sys.stdout is not None and sys.stdout.isatty():
        raise ValueError("this is no text, and no terminal shows it; pass -o FILE")
    to_stdout(content)


def put_model(model: Model, output: Path) -> None:
    """Write a model to a file, or its bytes to stdout, whole."""
    from kwise.io.model_file import save_model

    if str(output) != "-":
        save_model(output, model)
        return
    made = io.BytesIO()
    save_model(made, model)
    to_stdout(made.getvalue())


def picture_of(output: Path | None) -> Path | None:
    """Return where a picture goes: nowhere with -, since stdout is the result's."""
    return None if str(output) == "-" else output


def write_labels(rows: DataFrame, path: Path, read: Iterable[str] = ()) -> None:
    """Write all rows of a table with their labels: CSV, or what the file's name ends in."""
    if str(path) == "-":
        put(rows.write_csv())
        return
    from kwise.analysis.joined import write_joined
    from kwise.io.overwriting import refuse_overwriting

    refuse_overwriting([("table", file) for file in read], path)
    write_joined(rows, path)


def put_note(text: str) -> None:
    """Print what is told beside a result that is in a file already; nobody need be there."""
    if sys.stdout is not None:
        put(text)


def as_json(answer: Mapping[str, object]) -> str:
    """Write an answer as JSON; what is not a number is null."""
    from kwise.report.summary import plain

    return json.dumps(plain(dict(answer)), indent=2, allow_nan=False)


def account_of(facts: TableFacts, *, verbose: bool) -> str:
    """Write the account of a table in one line and its worst warnings, or in full."""
    shown = facts.warnings if verbose else facts.warnings[:_WORST]
    lines = [facts.account, *(f"Beware: {warning}" for warning in shown)]
    if verbose:
        lines += [f"- {step}" for step in facts.steps]
        lines += [f"- {row.name}: {row.kind}, {row.fate}" for row in facts.columns]
    elif len(facts.warnings) > _WORST:
        more = len(facts.warnings) - _WORST
        lines.append(f"({more} more warning{'s' if more > 1 else ''}: -v)")
    return in_options("\n".join(lines))


def say_account(facts: TableFacts, *, verbose: bool, quiet: bool) -> None:
    """Say the account on stderr, where stdout holds rows alone; nothing if quiet was asked for."""
    if quiet and not verbose:
        return
    sys.stderr.write(printable(account_of(facts, verbose=verbose)) + "\n")


def rows_as(rows: Sequence[dict[str, object]], form: Format) -> str:
    """Write rows of equal keys as a table for eyes, as JSON or as CSV."""
    if form is Format.JSON:
        return json.dumps([_plain(row) for row in rows], indent=2, allow_nan=False)
    heads = list(rows[0]) if rows else []
    if form is Format.CSV:
        out = io.StringIO()
        writer = csv.DictWriter(out, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_plain(row) for row in rows)
        return out.getvalue()
    return table_for_eyes(rows)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Replace what JSON and CSV cannot say by None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Show how far the work is, with the time left, on a terminal's stderr alone."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from kwise._progress import bar

    with bar(to_stderr=True) as progress:
        yield progress
