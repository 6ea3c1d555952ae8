"""Options that several commands share, and the words they take."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Categories",
    "CategoriesOption",
    "Columns",
    "Components",
    "Delimiter",
    "Drop",
    "Format",
    "FormatOption",
    "K",
    "Ks",
    "Missing",
    "MissingOption",
    "Output",
    "Quiet",
    "Scale",
    "ScaleOption",
    "Seed",
    "TableArgument",
    "TransformSkew",
    "Transpose",
    "named",
    "range_of",
]


class Scale(StrEnum):
    """How columns are brought to one scale."""

    STANDARD = "standard"
    MINMAX = "minmax"
    ROBUST = "robust"
    NONE = "none"
    NORMALIZE_ROWS = "normalize-rows"


class Missing(StrEnum):
    """What is done about missing cells."""

    DROP = "drop"
    MEDIAN = "median"
    MEAN = "mean"
    ERROR = "error"


class Categories(StrEnum):
    """What is done about columns of categories."""

    DROP = "drop"
    ONE_HOT = "one-hot"


class Format(StrEnum):
    """How a result is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", help="CSV, Parquet, Arrow, NPY ...; - reads stdin.")
]
Columns = Annotated[
    str | None, typer.Option(metavar="A,B", help="Columns to cluster by; default: all numbers.")
]
Drop = Annotated[str | None, typer.Option(metavar="A,B", help="Columns to leave out.")]
K = Annotated[int | None, typer.Option(min=1, help="The number of groups, where it is known.")]
Ks = Annotated[
    str, typer.Option(metavar="FROM:TO", help="Candidates: 1:10, or a list such as 2,3,5.")
]
ScaleOption = Annotated[
    Scale, typer.Option("--scale", help="How columns are brought to one scale.")
]
MissingOption = Annotated[
    Missing, typer.Option("--missing", help="Rows with missing cells: left out, or filled.")
]
CategoriesOption = Annotated[
    Categories, typer.Option("--categories", help="Columns of categories: left out, or one-hot.")
]
TransformSkew = Annotated[
    bool, typer.Option("--transform-skew", help="Even out strongly skewed columns first.")
]
Components = Annotated[
    float | None,
    typer.Option(help="Principal components: a count, or a share of variance below 1."),
]
Delimiter = Annotated[
    str | None,
    typer.Option(metavar="C", help="Between cells: a character, tab or whitespace; else found."),
]
Transpose = Annotated[bool, typer.Option("--transpose", help="Samples stand in columns.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; - is stdout.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print the result.")]


def named(words: str | None) -> list[str]:
    """Split names at commas; a comma inside a name is written twice."""
    if not words:
        return []
    parts = re.split(r"(?<!,),(?!,)", words)
    return [part.strip().replace(",,", ",") for part in parts if part.strip()]


def range_of(words: str) -> list[int]:
    """Read candidates: 1:10 with both ends, or a list of numbers."""
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
            f"--ks {words} is not understood; write a range such as 1:10, or numbers such as "
            "2,3,5, each at least 1"
        )
    return numbers


def components_of(number: float | None) -> float | None:
    """Read a count as a whole number, and a share as it is."""
    if number is not None and number >= 1 and number == int(number):
        return int(number)
    return number
