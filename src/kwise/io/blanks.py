"""Runs of blanks as one space, so that they are a delimiter like any other."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator

import numpy as np

__all__ = ["collapse_blanks"]

_BLOCK = 1 << 20
_SPACE, _TAB, _RETURN, _END = b" \t\r\n"


def collapse_blanks(data: bytes | mmap.mmap) -> bytes:
    """Make every run of blanks one space, and drop those at the ends of lines."""
    plain = data[:]
    if b'"' in plain:
        return re.sub(rb'("[^"\n]*")|[ \t]+', lambda match: match[1] or b" ", plain)
    return b"".join(map(_collapsed, _whole_lines(plain)))


def _whole_lines(data: bytes) -> Iterator[bytes]:
    """Cut the data behind line ends, into blocks of some size."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", min(start + _BLOCK, len(data)) - 1) + 1 or len(data)
        yield data[start:end]
        start = end


def _collapsed(lines: bytes) -> bytes:
    """Do so with whole lines: a run is left out before a line's end, or after one."""
    values = np.frombuffer(b"\n" + lines + b"\n", dtype=np.uint8)
    blank = (values == _SPACE) | (values == _TAB)
    ends = values == _END
    ends[:-1] |= (values[:-1] == _RETURN) & ends[1:]
    # Of each run the first blank is kept, as a space, unless what comes before or after ends lines.
    first = np.flatnonzero(blank[1:] & ~blank[:-1]) + 1
    after = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
    inside = first[(values[first - 1] != _END) & ~ends[after]]
    kept = ~blank & ~((values == _RETURN) & ends)
    kept[inside] = True
    found = values.copy()
    found[inside] = _SPACE
    collapsed: bytes = found[kept][1:-1].tobytes()
    return collapsed
