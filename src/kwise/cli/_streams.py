"""The standard streams as a command finds them: closed, full, of any encoding, left by readers."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from contextlib import suppress

__all__ = ["make_ready", "put_away", "to_stdout"]


def make_ready() -> None:
    """Ready the streams of a process that is ours alone.

    What is not read by eyes is UTF-8 in every locale, the same bytes as in files. The numbers of
    closed streams are taken, so that no file is opened under one of them and written by whoever
    means the stream.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(number, True)
    os.close(number)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    # What matplotlib tells of its own folders is no news of the table.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    if isinstance(sys.stdout, io.TextIOWrapper):
        eyes = sys.stdout.isatty()
        sys.stdout.reconfigure(
            encoding=None if eyes else "utf-8",
            errors="backslashreplace",
            newline=None if eyes else "\n",  # as in files on Windows, too
        )


def to_stdout(content: str | bytes) -> None:
    """Write a result to standard output, or say why it cannot be."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "it is closed; -o FILE writes to a file", "standard output")
    try:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from error


def put_away() -> None:
    """Write what is left; what nobody takes must not be tried again at the end of the process."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
