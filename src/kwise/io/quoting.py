"""Cells quoted otherwise than by double quotes around each, written as a reader of CSV has them."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable

__all__ = ["plainly_quoted"]

_SINGLE = re.compile(rb"(?m)(^|[,;\t|])'((?:[^'\r\n]|'')*)'(?=[,;\t|\r]|$)")
_WHOLE_LINE = re.compile(rb'(?m)^"((?:[^"\r\n]|"")*)"(?=\r?$)')
_QUOTED_OR_BLANK = re.compile(rb'("(?:[^"]|"")*")|([,;])[ \t]+(?=")')
_AFTER_BLANK = re.compile(rb'(?:^|[,;])[ \t]*(?:"(?:[^"]|"")*"|[^",;]*)')
_ESCAPED = re.compile(rb"(?m)(?:(?<=,)|^)((?:[^,\\\r\n]|\\.)*\\,(?:[^,\\\r\n]|\\.)*)")
_DELIMITERS = (b",", b";", b"\t", b"|")


def plainly_quoted(data: bytes | mmap.mmap, lines: list[bytes]) -> tuple[bytes, str] | None:
    """Return the text with cells quoted as usual, and the note that says so; None if they are.

    ``lines`` are the first ones of it, without blank ones and line ends.
    """
    if len(lines) < 2:
        return None
    for look, change, note in _WAYS:
        if look(lines, data):
            return change(data[:]), note
    return None


def _is_single(lines: list[bytes], data: bytes | mmap.mmap) -> bool:
    """Cells stand in single quotes, and nowhere is a double one."""
    return all(map(_SINGLE.search, lines[1:])) and data.find(b'"') < 0


def _is_whole_line(lines: list[bytes], data: bytes | mmap.mmap) -> bool:  # noqa: ARG001 - as the others
    """Every line is one quoted cell, with as many delimiters inside."""
    found = [_WHOLE_LINE.fullmatch(line) for line in lines]
    if not all(found):
        return False
    inside = [each[1] for each in found if each is not None]
    counts = ({line.count(delimiter) for line in inside} for delimiter in _DELIMITERS)
    return any(len(each) == 1 and each != {0} for each in counts)


def _is_blank_before(lines: list[bytes], data: bytes | mmap.mmap) -> bool:  # noqa: ARG001 - as the others
    """Blanks stand between delimiters and quotes, and quotes close before the next delimiter."""
    some = [line for line in lines if re.search(rb'[,;][ \t]+"', line)]
    return bool(some) and all(b"".join(_AFTER_BLANK.findall(line)) == line for line in some)


def _is_escaped(lines: list[bytes], data: bytes | mmap.mmap) -> bool:
    """Backslashes before commas keep them from being delimiters."""
    if data.find(b'"') >= 0 or not any(b"\\," in line for line in lines):
        return False
    counts = {line.count(b",") - line.count(b"\\,") for line in lines}
    return len(counts) == 1 and counts != {0}


def _in_double_quotes(cell: re.Match[bytes]) -> bytes:
    """Write a cell in single quotes as one in double quotes."""
    return cell[1] + b'"' + cell[2].replace(b"''", b"'") + b'"'


_Change = tuple[Callable[[list[bytes], bytes | mmap.mmap], bool], Callable[[bytes], bytes], str]
_WAYS: tuple[_Change, ...] = (
    (
        _is_single,
        lambda data: _SINGLE.sub(_in_double_quotes, data),
        "cells stand in single quotes, which were left out",
    ),
    (
        _is_whole_line,
        lambda data: _WHOLE_LINE.sub(lambda line: line[1].replace(b'""', b'"'), data),
        "quotes around whole lines were left out",
    ),
    (
        _is_blank_before,
        lambda data: _QUOTED_OR_BLANK.sub(lambda found: found[1] or found[2], data),
        "blanks before quotes were left out",
    ),
    (
        _is_escaped,
        lambda data: _ESCAPED.sub(lambda cell: b'"' + cell[1].replace(b"\\,", b",") + b'"', data),
        "commas after backslashes stand inside cells",
    ),
)
