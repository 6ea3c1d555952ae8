"""What was read is not written over, by whatever name, link, folder or pattern it is known."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["refuse_overwriting"]


def refuse_overwriting(read: Iterable[tuple[str, str]], output: str | Path) -> None:
    """Raise where the output is one of the files that were, or will be, read.

    Parameters
    ----------
    read : iterable of (str, str)
        What each file is, "table" for example, and its name; a folder or a pattern stands for its
        files, "-" for standard input.
    output : str or Path
        What is to be written; "-" is standard output.

    Raises
    ------
    ValueError
        If they are one file. Devices and pipes may be read and written at once.
    """
    written = _status(str(output), sys.stdout)
    if written is None or not stat.S_ISREG(written.st_mode):
        return
    for what, name in read:
        for file in _files(name):
            status = _status(file, sys.stdin)
            if status is None or not os.path.samestat(status, written):
                continue
            place = "standard output" if str(output) == "-" else str(output)
            beside = "" if file == place else f" ({file})"
            raise ValueError(
                f"{place} is the {what} itself{beside}, which would be lost; write to another file"
            )


def _files(name: str) -> Iterator[str]:
    """Yield the files that a name stands for."""
    yield name
    path = os.path.expanduser(name)  # noqa: PTH111 - "-" stays what it is
    if os.path.isdir(path):  # noqa: PTH112
        yield from (os.path.join(path, each) for each in os.listdir(path))  # noqa: PTH118, PTH208
    elif glob.has_magic(path):
        yield from glob.iglob(path, recursive=True, include_hidden=True)  # noqa: PTH207


def _status(name: str, stream: Any) -> os.stat_result | None:
    """Return what a file is, or the one behind a stream; None where there is none."""
    with suppress(OSError, ValueError, AttributeError):  # no file, no descriptor, no stream
        return os.fstat(stream.fileno()) if name == "-" else Path(name).expanduser().stat()
    return None
