"""What a command reads, it does not write over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    """Raise where something that is to be written is one of the inputs."""
    for each in OUTPUTS:
        if each in parameters and (each == "output" or parameters[each] is not None):
            refuse_overwriting(_read(parameters), str(parameters[each] or "-"))


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
