"""Mapped files that end while they are read: zeros stand there, instead of the process's end."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from mmap import mmap

import numpy as np
from numpy.typing import NDArray

from kwise._core import _native

__all__ = ["survive_cuts"]


def survive_cuts(array: NDArray[np.generic], owner: object) -> Callable[[], bool]:
    """Let reading a mapped array survive that its file is cut off, for as long as its owner lives.

    Rows beyond the file's end are zeros then, as where its disk fails: what is returned says
    whether any were. Ask it once the rows are read.
    """
    mapped = getattr(array, "_mmap", None)
    if not isinstance(mapped, mmap):
        return bool
    watched = _native.watch_mapping(np.frombuffer(mapped, np.uint8))
    weakref.finalize(owner, _native.unwatch_mapping, watched)
    return partial(_native.mapping_missed, watched)
