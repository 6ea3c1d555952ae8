"""The command line: ``kwise COMMAND ...``; one file a command, listed in ``COMMANDS``.

To add one: a file with a function of the command's name, and its row in ``COMMANDS``. The
library is imported inside the function, so that ``kwise --help`` answers at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from kwise._optional import require
from kwise.exceptions import KwiseError, MissingDependencyError
from kwise.table_options import TABLE_OPTIONS

__all__ = ["COMMANDS", "main", "script"]

# Name of a command -> the module and the function that carry it out, in the order of --help.
COMMANDS = {
    "report": "kwise.cli.report:report",
    "select-k": "kwise.cli.select:select_k",
    "fit": "kwise.cli.fit:fit",
    "predict": "kwise.cli.predict:predict",
    "export": "kwise.cli.export:export",
    "explain": "kwise.cli.explain:explain",
    "compare": "kwise.cli.compare:compare",
    "bench": "kwise.cli.bench:bench",
    "datasets": "kwise.cli.datasets:datasets",
    "doctor": "kwise.cli.doctor:doctor",
}

USER_MISTAKE, INTERRUPTED = 2, 130

# What errors of the library advise, in the words of Python: these arguments are options.
_ARGUMENT = re.compile(
    rf"\b({'|'.join([*TABLE_OPTIONS, 'k', 'ks', 'outside', 'truth'])})="
    r"(?:'([^']*)'|\['([^'\]]*)'\]|True\b|\.\.\.)"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``kwise``; by default those of this process.

    Returns
    -------
    int
        0; 2 for a mistake of the user, said in one line on stderr; 130 for Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    # A command is short, and its arrays are freed without the collector, whose walks through
    # freshly imported libraries would be a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        require("typer", extra="report")
        from kwise.cli._app import run

        return run(words)
    except KeyboardInterrupt:
        return _stop("stopped; nothing was written", INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has had enough; Python need not say so
        return 0
    except MemoryError:
        return _stop("not enough memory for this table", USER_MISTAKE)
    except (KwiseError, MissingDependencyError, OSError, ValueError, TypeError) as error:
        return _stop(_in_one_line(error), USER_MISTAKE)
    finally:
        if collecting:
            gc.enable()


def script() -> int:
    """Run this process, which is ours alone, as the command ``kwise``.

    Returns
    -------
    int
        The exit code of ``main``.
    """
    from kwise.cli._lazy_imports import import_late

    # Matrices are small here: threads of a BLAS would wait for each other, and round by number.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import_late()
    gc.disable()  # not even at the end, where all memory is given back anyway
    code = main()
    _leave(code)
    return code


def _leave(code: int) -> None:
    """End this process: taking a thousand modules apart would be a tenth of a second and more.

    What was to be done at the end is done. Where threads are at work or a stream is closed,
    nothing happens: Python ends the process in its own way.
    """
    if threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _stop(message: str, code: int) -> int:
    """Say why the command stops."""
    sys.stderr.write(f"kwise: {message}\n")
    return code


def _in_one_line(error: BaseException) -> str:
    """Write an error as one line; a system's error names its file."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror.lower()}"
    words = " ".join(str(error).split()) or type(error).__name__
    return printable(_ARGUMENT.sub(_as_option, words))


def _as_option(argument: re.Match[str]) -> str:
    """Write an argument of Python as the command line's option: missing='mean' as --missing."""
    name, value = argument[1].replace("_", "-"), argument[2] or argument[3]
    return f"--{name} {value}" if value else f"--{name}"


def printable(text: str) -> str:
    """Replace control characters: a name in a table must not move a terminal's cursor."""
    return "".join(
        each if each in "\n\t" or each.isprintable() or each.isspace() else "\ufffd"
        for each in text
    )


Command = Callable[..., None]
