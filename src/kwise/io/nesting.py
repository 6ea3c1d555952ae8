"""How deep JSON lies in itself: beyond all reason it would end the process that reads it."""

from __future__ import annotations

import re

from kwise.exceptions import DataFileError

# A table of objects in objects has a few levels. Compiled readers go one call down for each and
# take time that grows with the cube of them: 600 have ended processes.
DEEPEST = 64

_TO_LISTS = bytes.maketrans(b"{}", b"[]")
_PLAIN = bytes(set(range(256)) - set(b'"[]{}\n'))
_STRING = re.compile(rb'"[^"\n]*"')


def refuse_deep(data: bytes, name: str, *, lines: bool) -> None:
    """Raise DataFileError where lists and objects lie in one another beyond reason."""
    if _is_deep(data, lines):
        raise DataFileError(
            f"{name}: lists or objects lie in one another more than {DEEPEST} levels deep, which "
            "no table does; write one object a row, of numbers and texts"
        )


def _is_deep(data: bytes, lines: bool) -> bool:
    """Whether brackets outside of strings lie too deep, in one line or in the whole."""
    unescaped = data.replace(rb"\\", b"").replace(rb"\"", b"")
    signs = unescaped.translate(_TO_LISTS, _PLAIN)
    signs = _STRING.sub(b"", signs.replace(b'""', b"")).replace(b'"', b"")
    left = signs if lines else signs.replace(b"\n", b"")
    for _ in range(DEEPEST):  # the innermost go, a level at a time
        shorter = left.replace(b"[]", b"")
        if len(shorter) == len(left):  # what is left never closes
            return any(line.count(b"[") > DEEPEST for line in left.split(b"\n"))
        left = shorter
    return b"[" in left
