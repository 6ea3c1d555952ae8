"""What a command reads, it does not write over."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["INPUTS", "refuse_overwriting"]

# Parameters of commands that name files to read. A command's arguments are here, or are no files.
INPUTS = ("table", "model", "config")


def refuse_overwriting(parameters: Mapping[str, object], output: Path | None) -> None:
    """Raise where the output is one of the inputs, by whatever name, link or redirection."""
    written = _status(str(output or "-"), sys.stdout)
    if written is None or not stat.S_ISREG(written.st_mode):
        return  # new, or nothing that is read and written at once
    for what, name in _named(parameters):
        read = _status(name, sys.stdin)
        if read is not None and os.path.samestat(read, written):
            place = "standard output" if str(output or "-") == "-" else str(output)
            raise ValueError(
                f"{place} is the {what} itself{'' if name == place else f' ({name})'}, which would "
                "be lost; write to another file"
            )


def _named(parameters: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield every file that is read, and what it is."""
    for what in INPUTS:
        value = parameters.get(what)
        for name in value if isinstance(value, (list, tuple)) else [value]:
            if name is not None:
                yield what, str(name)


def _status(name: str, stream: Any) -> os.stat_result | None:
    """Return what a file is, or the one behind a stream; None where there is none."""
    with suppress(OSError, ValueError, AttributeError):  # no file, no descriptor, no stream
        return os.fstat(stream.fileno()) if name == "-" else Path(name).expanduser().stat()
    return None
