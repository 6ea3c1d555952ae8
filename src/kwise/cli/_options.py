"""Options that several commands share, and the words they take."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

import typer

from kwise.table_options import TABLE_OPTIONS, Names, Option, Sentinels, options_in

__all__ = [
    "CHOICES",
    "Format",
    "FormatOption",
    "Join",
    "K",
    "Ks",
    "Labels",
    "Like",
    "MaxSize",
    "MinSize",
    "Output",
    "Quiet",
    "Seed",
    "TableArgument",
    "Truth",
    "Verbose",
    "named",
    "range_of",
    "size_of",
    "table_options",
]

# Parameter of a command -> the table whose names it takes. --help lists them; what is none of
# them is refused by the library, which knows the nearest.
CHOICES = {name: row.choices for name, row in TABLE_OPTIONS.items() if row.choices} | {
    "methods": "kwise.comparison:METHODS",
    "target": "kwise.io.exporters:EXPORTERS",
    "tasks": "kwise.benchmark:TASKS",
}

Command: TypeAlias = Callable[..., None]


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", help="CSV, Parquet, Arrow, NPY ...; - reads stdin.")
]
K = Annotated[int | None, typer.Option(min=1, help="The number of groups, where it is known.")]
MinSize = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Fewest rows of each group shown.")
]
MaxSize = Annotated[
    str | None,
    typer.Option(metavar="N", help="Most rows of each group shown; balanced: all of one size."),
]
Ks = Annotated[
    str, typer.Option(metavar="FROM:TO", help="Candidates: auto, 1:10, or a list such as 2,3,5.")
]
Truth = Annotated[
    str | None,
    typer.Option(metavar="A", help="Column of true labels to compare with, or FILE:COLUMN."),
]
Join = Annotated[
    str | None,
    typer.Option(
        metavar="A[=B]", help="Column that joins another file, there named B; else found out."
    ),
]
Like = Annotated[
    Path | None,
    typer.Option(metavar="MODEL", help="Last time's model, whose numbers and names go on."),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is stdout.")
]
Labels = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write all rows here too, the cluster of each beside it."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Say all that was done to the table, and all warnings."),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")]


def named(words: str | None) -> list[str]:
    r"""Split names at commas, as a line of CSV: a name that holds one stands in quotes.

    ``\,`` and ``,,`` are a comma inside a name as well.
    """
    if not words:
        return []
    parts = _NAME.findall(words + ",")
    names = [
        quoted.replace('""', '"') if quoted else re.sub(r"\\,|,,", ",", plain).strip()
        for quoted, plain in parts
    ]
    return [name for name in names if name]


_NAME = re.compile(r'\s*(?:"((?:[^"]|"")+)"\s*|((?:\\,|,,|[^,])*)),')


def size_of(words: str | None) -> int | Literal["balanced"] | None:
    """Read the largest size of a group: a number from 1, or balanced."""
    if words is None:
        return None
    told = words.strip().lower()
    if told == "balanced":
        return "balanced"
    if not told.isascii() or not told.isdigit() or int(told) < 1:
        raise ValueError(
            f"--max-size {words} is not understood; write a number of rows from 1, or balanced"
        )
    return int(told)


def range_of(words: str) -> list[int] | Literal["auto"]:
    """Read candidates: auto, 1:10 with both ends, or a list of numbers."""
    if words.strip().lower() == "auto":
        return "auto"
    try:
        if ":" in words:
            first, last = (int(part) for part in words.split(":"))
            numbers = list(range(first, last + 1))
        else:
            numbers = [int(part) for part in words.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise ValueError(
            f"--ks {words} is not understood; write auto, a range such as 1:10, or numbers such "
            "as 2,3,5, each at least 1"
        )
    return numbers


def named_options(context: typer.Context, options: Mapping[str, object]) -> dict[str, object]:
    """Return the options that were named in the command or its configuration."""
    sources = {name: context.get_parameter_source(name) for name in options}
    return {
        name: value
        for name, value in options.items()
        if getattr(sources[name], "name", "") != "DEFAULT"
    }


def table_options(group: type) -> Callable[[Command], Command]:
    """Give a command, which takes them as ``**options``, the options of a group of the table's."""

    def decorate(command: Command) -> Command:
        rows = options_in(group)

        @wraps(command)
        def run(**words: object) -> None:
            options = {name: _meant(kind, words.pop(name)) for name, (kind, _) in rows.items()}
            command(**words, **options)

        signature = inspect.signature(command, eval_str=True)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        asked = [_parameter(name, kind, row) for name, (kind, row) in rows.items()]
        run.__signature__ = signature.replace(parameters=[*own, *asked])  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in [*own, *asked]}
        return run

    return decorate


def _parameter(name: str, kind: Any, row: Option) -> inspect.Parameter:
    """Write an option as Typer reads it: names in one word, a flag, a number or a word."""
    word = {
        bool: bool,
        Names: str | None,
        Sentinels: str,
        (float | None): float | None,
        (int | None): int | None,
    }.get(kind, str if row.default is not None else str | None)
    option = typer.Option(f"--{name.replace('_', '-')}", help=row.help, metavar=row.metavar)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None if kind is Names else row.default,
        annotation=Annotated[word, option],
    )


def _meant(kind: Any, word: object) -> object:
    """Return what the library takes for a word: a list of names, and a count as a whole number."""
    if kind is Sentinels:
        listed = named(cast("str", word))
        return listed[0] if len(listed) == 1 else listed
    if kind is Names:
        return named(cast("str | None", word)) or None
    if isinstance(word, float) and word >= 1 and word == int(word):
        return int(word)
    return word
