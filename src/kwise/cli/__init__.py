"""The command line: ``kwise COMMAND ...``; one file a command, listed in ``COMMANDS``.

To add one: a file with a function of the command's name, and its row in ``COMMANDS``. The
library is imported inside the function, so that ``kwise --help`` answers at once.
"""

from __future__ import annotations

import _thread
import atexit
import gc
import io
import os
import re
import shlex
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stderr, suppress

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
    "drift": "kwise.cli.drift:drift",
    "update": "kwise.cli.update:update",
    "match": "kwise.cli.match:match",
    "export": "kwise.cli.export:export",
    "show": "kwise.cli.show:show",
    "card": "kwise.cli.show:card",
    "explain": "kwise.cli.explain:explain",
    "compare": "kwise.cli.compare:compare",
    "components": "kwise.cli.components:components",
    "breaks": "kwise.cli.breaks:breaks",
    "segment": "kwise.cli.segment:segment",
    "bench": "kwise.cli.bench:bench",
    "datasets": "kwise.cli.datasets:datasets",
    "doctor": "kwise.cli.doctor:doctor",
}

USER_MISTAKE, OUR_MISTAKE, INTERRUPTED = 2, 70, 130
STOPPED = "stopped; nothing was written"

# What errors of the library advise, in the words of Python: these arguments are options.
_ARGUMENT = re.compile(
    rf"\b({'|'.join([*TABLE_OPTIONS, 'k', 'ks', 'classes', 'outside', 'truth', 'join'])})="
    r"(?:'([^']*)'|\[([^\]]*)\]|True\b|\.\.\.)"
)
_ITEM = re.compile(r"'((?:[^'\\]|\\.)*)'|(\.\.\.)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``kwise``; by default those of this process.

    Returns
    -------
    int
        0; 1 where ``drift`` raises an alarm; 2 for what the user can mend, 70 for an error of
        kwise's own, each said in one line on stderr (and where it arose, if ``KWISE_DEBUG`` is 1);
        130 for Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    # A command is short, and its arrays are freed without the collector, whose walks through
    # freshly imported libraries would be a tenth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        with redirect_stderr(io.StringIO()) if sys.stderr is None else nullcontext():
            return _outcome(words)
    finally:
        if collecting:
            gc.enable()


def _outcome(words: list[str]) -> int:
    """Run the words, and turn every way to fail into a line and an exit code."""
    try:
        require("typer", extra="report")
        from kwise.cli._app import run

        return run(words)
    except KeyboardInterrupt:
        return _stop(STOPPED, INTERRUPTED)
    except BrokenPipeError:
        return 0  # the reader of our output has had enough
    except MemoryError as error:
        return _stop(_in_one_line(error) if error.args else "not enough memory", USER_MISTAKE)
    except (KwiseError, MissingDependencyError, OSError, ValueError, TypeError) as error:
        return _stop(_in_one_line(error), USER_MISTAKE)
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # panics of libraries in Rust are no Exception
        what = f"{type(error).__name__}: {_in_one_line(error)}"
        return _stop(f"an error inside kwise ({what}); KWISE_DEBUG=1 shows where", OUR_MISTAKE)


def script() -> int:
    """Run this process, which is ours alone, as the command ``kwise``.

    Returns
    -------
    int
        The exit code of ``main``.
    """
    try:
        code = _in_a_process_of_its_own()
    except KeyboardInterrupt:  # before or after the command proper
        code = _stop(STOPPED, INTERRUPTED)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: there is nothing to stop any more
    from kwise.cli._streams import put_away

    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        put_away()
        # Taking a thousand modules apart would be a tenth of a second and more.
        os._exit(code)
    put_away()
    return code


def _in_a_process_of_its_own() -> int:
    """Make this process ready for a command, and run it."""
    from kwise.cli._frugal import live_within_limits
    from kwise.cli._lazy_imports import import_late
    from kwise.cli._streams import make_ready

    # Matrices are small here: threads of a BLAS would wait for each other, and round by number.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    make_ready()
    sys.unraisablehook = _ignored
    import_late()
    gc.disable()  # not even at the end, where all memory is given back anyway
    too_little = live_within_limits()
    return _stop(too_little, USER_MISTAKE) if too_little else main()


def _ignored(what: sys.UnraisableHookArgs) -> None:
    """Hear a Ctrl-C that came where nothing can be raised; of the rest no user knows anything."""
    if isinstance(what.exc_value, KeyboardInterrupt):
        later = threading.Timer(0.01, _thread.interrupt_main)  # here, too, nothing can be raised
        later.daemon = True
        later.start()
    elif _is_debugging():
        sys.__unraisablehook__(what)


def _is_debugging() -> bool:
    """Whether tracebacks are asked for."""
    return os.environ.get("KWISE_DEBUG", "0") not in ("", "0")


def _stop(message: str, code: int) -> int:
    """Say why the command stops."""
    if _is_debugging():
        traceback.print_exc()
    with suppress(OSError, ValueError):  # nobody listens
        sys.stderr.write(f"kwise: {message}\n")
        sys.stderr.flush()
    return code


def _in_one_line(error: BaseException) -> str:
    """Write an error as one line; a system's error names its file."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{_text(error.filename)}: {error.strerror[0].lower()}{error.strerror[1:]}"
    words = " ".join(str(error).split()) or type(error).__name__
    return printable(in_options(words))


def in_options(words: str) -> str:
    """Write arguments of Python as options: missing='mean' as --missing mean."""
    return _ARGUMENT.sub(_as_option, words)


def _text(name: object) -> str:
    """Write a file's name, whatever bytes it is of."""
    return os.fsdecode(name) if isinstance(name, (str, bytes)) else str(name)


def _as_option(argument: re.Match[str]) -> str:
    """Write one argument of Python as the command line's option; names are joined by commas."""
    name, value = argument[1].replace("_", "-"), argument[2]
    if argument[3] is not None:
        items = [item[1].replace(",", ",,") if item[2] is None else item[2]
                 for item in _ITEM.finditer(argument[3])]  # fmt: skip
        value = ",".join(items)
    return f"--{name} {shlex.quote(value)}" if value else f"--{name}"


def printable(text: str) -> str:
    """Replace control characters: a name in a table must not move a terminal's cursor."""
    return "".join(
        each if each in "\n\t" or each.isprintable() or each.isspace() else "\ufffd"
        for each in text
    )


Command = Callable[..., None]
