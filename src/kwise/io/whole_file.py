"""All bytes of a file, read on several threads where it is large: new memory takes the time."""

from __future__ import annotations

import io
import os
import stat
import sys
from functools import partial
from itertools import pairwise
from typing import BinaryIO

from kwise._core.threads import abreast

__all__ = ["read_whole"]

_LARGE = 64 << 20  # what is smaller is simply read
_PIECE = 16 << 20


def read_whole(file: BinaryIO) -> bytes:
    """Return what is in an open file from its beginning to the size that it has now.

    A file that is cut meanwhile gives fewer bytes; one without a size (a pipe) is read to its end.
    """
    told = os.fstat(file.fileno())
    if not stat.S_ISREG(told.st_mode) or told.st_size < _LARGE or sys.platform != "linux":
        return file.read()
    # Nobody else holds these bytes, so that both share them, and nothing is copied at the end.
    held = io.BytesIO(bytes(told.st_size))
    with held.getbuffer() as view:
        edges = [*range(0, told.st_size, _PIECE), told.st_size]
        fill = partial(_fill, file.fileno(), view)
        read = abreast([partial(fill, *each) for each in pairwise(edges)])
    if not all(read):
        held.truncate(_PIECE * read.index(False))
    return held.getvalue()


def _fill(descriptor: int, view: memoryview, first: int, last: int) -> bool:
    """Read the bytes between two places of a file; say whether all are there."""
    if sys.platform == "linux":  # others are not asked: not all have preadv
        while first < last:
            n = os.preadv(descriptor, [view[first:last]], first)
            if not n:
                break
            first += n
    return first >= last
