"""What a text holds at all, seen in its bytes: most tables of numbers hold hardly any letters."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from kwise._core.threads import abreast

__all__ = ["holds_alone", "holds_letter", "is_ascii"]

_BLOCK = 1 << 20  # bytes that the cache holds
_SHARE = 64  # blocks that one thread looks at in turn
_SMALL = 0x20  # what sets a small letter apart from a large one


def is_ascii(data: bytes | mmap.mmap) -> bool:
    """Say whether all bytes stand for characters of ASCII."""
    return not _any(data, 0, lambda block: int(block.max()) > 0x7F)


def holds_letter(data: bytes | mmap.mmap, letter: str, start: int = 0) -> bool:
    """Say whether a letter of ASCII, small or large, stands somewhere from a byte on."""
    small = ord(letter.lower())

    def look(block: NDArray[np.uint8]) -> bool:
        # Digits and their marks lie below all letters: of numbers the largest byte tells enough.
        if int(block.max()) < small & ~_SMALL:
            return False
        return bool(((block | _SMALL) == small).any())

    return _any(data, start, look)


def holds_alone(data: bytes | mmap.mmap, mark: bytes, before: bytes, after: bytes) -> bool:
    """Say whether a byte stands between one of some bytes and one of others."""

    def look(block: NDArray[np.uint8]) -> bool:
        alone = block[1:-1] == mark[0]
        if not alone.any():
            return False
        alone &= _is_one_of(before, block[:-2])
        alone &= _is_one_of(after, block[2:])
        return bool(alone.any())

    return _any(data, 0, look, beyond=2)


def _is_one_of(some: bytes, block: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say of each byte whether it is one of these."""
    found: NDArray[np.bool_] = block == some[0]
    for each in some[1:]:
        found |= block == each
    return found


def _any(
    data: bytes | mmap.mmap,
    start: int,
    look: Callable[[NDArray[np.uint8]], bool],
    beyond: int = 0,
) -> bool:
    """Say whether ``look`` finds something in a block; the first such block ends the search.

    Each block comes with so many bytes ``beyond`` it, if they are there.
    """
    held = np.frombuffer(data, dtype=np.uint8)[start:]
    found: list[bool] = []

    def among(first: int) -> None:
        last = min(first + _SHARE * _BLOCK, len(held))
        for at in range(first, last, _BLOCK):
            if found:
                return
            if look(held[at : min(at + _BLOCK, last) + beyond]):
                found.append(True)

    shares = [partial(among, first) for first in range(0, len(held), _SHARE * _BLOCK)]
    if len(shares) == 1:
        shares[0]()
    else:
        abreast(shares)
    return bool(found)
