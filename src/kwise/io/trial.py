"""A trial, in a process of its own, of readers that damaged bytes can make end theirs.

Parquet and Arrow are read by compiled code that asks for what a file announces: a wrong byte can
announce 2^61 bytes, and the process ends, with nothing that Python could catch. What such a reader
survives once, it survives again: the same bytes give the same reading.
"""

from __future__ import annotations

import os
import subprocess
import sys

from kwise.exceptions import DataFileError

_PROGRAM = """
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
import polars as pl
name, n_rows = sys.argv[1:]
try:
    getattr(pl, name)(io.BytesIO(sys.stdin.buffer.read()), n_rows=int(n_rows) if n_rows else None)
except BaseException as error:
    print(str(error).partition("\\n")[0][:200] or type(error).__name__)
    sys.exit(3)
"""


def refuse_damaged(data: bytes, reader: str, n_rows: int | None, *, name: str, what: str) -> None:
    """Raise DataFileError where polars' reader cannot read the bytes, or ends its process."""
    if not sys.executable:  # within another program: there is no Python to ask
        return
    # -P: nothing is imported from the folder that is worked in.
    words = [sys.executable, "-P", "-c", _PROGRAM, reader, str(n_rows or "")]
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONIOENCODING": "utf-8:replace"}
    try:
        done = subprocess.run(words, input=data, capture_output=True, env=environment, check=False)
    except OSError:  # no process to be had: the reading itself will say what is wrong
        return
    if done.returncode == 0:
        return
    reason = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode != 3:
        reason = "its reader gave up"
    raise DataFileError(
        f"{name}: the {what} data is damaged or cut off ({reason}); write or fetch the file again"
    )
