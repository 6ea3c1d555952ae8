"""Work within a limit on address space (``ulimit -v``, batch systems), or say that it is too low.

Libraries reserve far more addresses than memory: a stack a thread, an arena of the allocator a
thread. Where that meets a limit they do not fail in words: they abort, or wait for ever.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from kwise._memory import address_space_limit

__all__ = ["live_within_limits"]

# Bytes of addresses, measured on the largest command: what all libraries take with one thread
# and one arena, with what is needed to work; with all threads; and what each processor adds.
NEEDED, COMFORT, EACH = 800 << 20, 1 << 30, 512 << 20
_ONE_ARENA = -8  # mallopt's M_ARENA_MAX


def live_within_limits() -> str | None:
    """Be frugal where addresses are few, before any library is loaded; say if too few."""
    limit = address_space_limit()
    if limit is None or limit >= COMFORT + EACH * (os.cpu_count() or 1):
        return None
    if limit < NEEDED:
        return (
            f"the address space is limited to {limit / 1e9:.2g} GB (ulimit -v), and the libraries "
            f"that kwise needs take {NEEDED / 1e9:.2g} GB; raise the limit"
        )
    for variable in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another libc has no arenas
            ctypes.CDLL(None).mallopt(_ONE_ARENA, 1)
    return None
