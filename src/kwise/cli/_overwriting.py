"""What a command reads, it does not write over."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from kwise.cli._options import named
from kwise.io.overwriting import refuse_overwriting

__all__ = ["COLUMNS", "INPUTS", "OUTPUTS", "refuse_inputs"]

# Parameters of commands that name files to read. A command's arguments are here, or are no files.
INPUTS = ("table", "model", "config", "like", "before", "now")
# Parameters that name columns, which may be those of another file: FILE:COLUMN.
COLUMNS = ("outside", "truth")
# Parameters that name files to write.
OUTPUTS = ("output", "labels", "checkpoint")


def refuse_inputs(parameters: Mapping[str, object]) -> None:
    """Raise where something that is to be written is one of the inputs, or written twice."""
    for each in OUTPUTS:
        if each in parameters and (each == "output" or parameters[each] is not None):
            refuse_overwriting(_read(parameters), str(parameters[each] or "-"))
    for one, other in combinations([each for each in OUTPUTS if parameters.get(each)], 2):
        name = str(parameters[other])
        if _is_one_file(str(parameters[one]), name):
            raise ValueError(
                f"{name} would be both the {one} and the {other}, and one of them lost; "
                "name two files"
            )


def _is_one_file(one: str, other: str) -> bool:
    """Tell whether two names are of one file, which need not be there; devices may be shared."""
    if "-" in (one, other):
        return one == other
    there = [Path(each) for each in (one, other) if Path(each).exists()]
    if len(there) == 2:
        return there[0].is_file() and there[0].samefile(there[1])
    return not there and os.path.realpath(one) == os.path.realpath(other)


def _read(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield every file that is read, and what it is."""
    for what in INPUTS:
        value = parameters.get(what)
        for name in value if isinstance(value, (list, tuple)) else [value]:
            if name is not None:
                yield what, str(name)
    for what in COLUMNS:
        words = str(parameters.get(what) or "")
        for name in {words, *named(words)}:
            yield f"table of --{what}", name.rpartition(":")[0]
