"""Tables for eyes: by rich, as wide as the terminal (80 columns elsewhere), colored there alone."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

from kwise._formatting import said

__all__ = ["aligned", "in_color", "table_for_eyes", "without_color"]

# Marks around what is bold, until it is known where the table goes: letters that are none.
_ON, _OFF = "\ufdd0\ufdd2\ufdd0", "\ufdd0\ufdd3\ufdd0"
_WIDTH, _NARROW = 80, 40
# Longer tables are set out by a simple rule: rich takes a second for some thousand rows.
_MOST_ROWS = 1_000
_NUMBER = re.compile(r"([<>] )?[-−+]?\d[\d,.]*(e[-+]?\d+)?( ?\S{1,3})?|[-–*]?|nan")
# Letters of a column of words that may be folded, and that it keeps at least.
_WORDS, _LEAST = 30, 20


def table_for_eyes(rows: Sequence[dict[str, object]]) -> str:
    """Set rows of equal keys out in columns, in blocks one under the other where it is too wide."""
    if not rows:
        return ""
    heads = list(rows[0])
    lines = [[_cell(name, value) for name, value in row.items()] for row in rows]
    if len(rows) > _MOST_ROWS:
        return aligned([heads, *lines])
    width = _width()
    flags = [j for j, each in enumerate(rows[0].values()) if isinstance(each, bool)]
    blocks = _blocks(heads, lines, flags, width)
    return "\n\n".join(_block(heads, lines, places, width) for places in blocks)


def aligned(lines: list[list[str]]) -> str:
    """Set columns one under the other, numbers to the right and words to the left."""
    places = range(len(lines[0]))
    widths = [max(len(line[j]) for line in lines) for j in places]
    right = [all(_is_number(line[j]) for line in lines[1:]) for j in places]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right)
        ).rstrip()
        for line in lines
    )


def in_color(text: str) -> str:
    """Return what a terminal may see: what is marked in bold, unless NO_COLOR forbids it."""
    from kwise.cli import printable

    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    shown = {_ON: "", _OFF: ""} if plain else {_ON: "\x1b[1m", _OFF: "\x1b[0m"}
    parts = re.split(f"({_ON}|{_OFF})", text)
    return "".join(shown[part] if part in shown else printable(part) for part in parts)


def without_color(text: str) -> str:
    """Take the marks away."""
    return text.replace(_ON, "").replace(_OFF, "")


def _width() -> int:
    """Return the columns of the terminal that reads along, or 80."""
    if sys.stdout is None or not sys.stdout.isatty():
        return _WIDTH
    return max(shutil.get_terminal_size((_WIDTH, 24)).columns, _NARROW)


def _blocks(
    heads: Sequence[str], lines: Sequence[Sequence[str]], flags: Sequence[int], width: int
) -> Iterator[list[int]]:
    """Yield the columns of each block; of several, each has the first column and the flags."""
    least = [_least(heads[j], [line[j] for line in lines]) for j in range(len(heads))]
    if sum(least) + 2 * (len(least) - 1) <= width:
        yield list(range(len(heads)))
        return
    first = [0, *(j for j in flags if j)]
    begun = sum(least[j] + 2 for j in first) - 2
    places, taken = list(first), begun
    for j in range(len(heads)):
        if j in first:
            continue
        if taken + 2 + least[j] > width and len(places) > len(first):
            yield places
            places, taken = list(first), begun
        places.append(j)
        taken += 2 + least[j]
    yield places


def _least(head: str, cells: Sequence[str]) -> int:
    """Return the letters that a column needs: words may be folded, numbers may not."""
    longest = max((len(cell) for cell in cells), default=0)
    if longest > _WORDS and not all(map(_is_number, cells)):
        longest = _LEAST
    return max(longest, *(len(word) for word in _folded(head, longest)))


def _folded(head: str, width: int) -> list[str]:
    """Return a head in lines of about so many letters, broken between words."""
    least = max(len(word) for word in head.replace("-", "- ").split() or [""])
    return textwrap.wrap(head, max(width, least, 1), break_long_words=False) or [""]


def _block(
    heads: Sequence[str], lines: Sequence[Sequence[str]], places: Sequence[int], width: int
) -> str:
    """Set some columns out by rich, with marks around the heads and what is chosen."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    folded = {j: _folded(heads[j], max(len(line[j]) for line in lines)) for j in places}
    tallest = max(map(len, folded.values()))
    for j in places:
        cells = [line[j] for line in lines]
        longest = max(map(len, cells))
        number = all(map(_is_number, cells))
        table.add_column(
            Text("\n".join([""] * (tallest - len(folded[j])) + folded[j])),  # all end below
            justify="right" if number else "left",
            min_width=_least(heads[j], cells),
            no_wrap=number or longest <= _WORDS,
            overflow="fold",
        )
    for line in lines:
        table.add_row(*(Text(line[j], style="bold" if line[j] == "*" else "") for j in places))
    console = Console(
        width=width, color_system="standard", force_terminal=True, legacy_windows=False
    )
    with console.capture() as captured:
        console.print(table)
    found = captured.get().replace("\x1b[1m", _ON).replace("\x1b[0m", _OFF)
    return "\n".join(_trimmed(line) for line in found.splitlines())


def _trimmed(line: str) -> str:
    """Take blanks from the end of a line, within marks too."""
    line = line.rstrip()
    while line.endswith(_OFF):
        inner = line[: -len(_OFF)].rstrip()
        if inner.endswith(_ON):
            line = inner[: -len(_ON)].rstrip()
        else:
            return inner + _OFF
    return line


def _is_number(cell: str) -> bool:
    """Whether a cell is read as a number: digits with their signs, units and marks."""
    return _NUMBER.fullmatch(cell) is not None


def _cell(name: str, value: object) -> str:
    """Write one cell: what is no text for a terminal is written as codes."""
    from kwise.cli import printable

    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, bool):
        return "*" if value else ""
    text = said(name, value) if isinstance(value, float) else str(value)
    return without_color(printable(text).replace("\n", "\\n"))
