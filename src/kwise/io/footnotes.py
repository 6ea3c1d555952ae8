"""Lines below a table that are no rows: sources, notes and remarks."""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Sequence

from kwise.io.cells import NUMBERS, CellType, cell_type
from kwise.io.dialect import Dialect

TAIL = 1 << 16  # bytes that are looked at
MOST_LINES = 60
WORDS = 4  # of a line with fewer cells than the table, from which it is a sentence
_MARK = re.compile(
    r"""["'(]*(\*+|\u2020|\u2021|\u00a7|\u00a9|--|==|\[[a-z0-9]\]|\([a-z0-9]\)\s|[a-z0-9]\)\s|\.\.\s|
    (data\s)?(source|note|footnote|remark|legend|key|disclaimer|copyright|license|licence|contact|
    quelle|anmerkung|hinweis|fu\u00dfnote|nota|fuente|remarque)s?\b\s*[:.\-\u2013(]|
    (last\s)?(updated|generated|exported|downloaded|retrieved|accessed|printed|created|report)\b|
    (total\s)?(rows|records|number\sof)\b|\d+\s(rows|records|entries|results)\b|end\sof\b|\(?c\)\s|see\s|n\s?=\s?\d|https?:)""",
    re.IGNORECASE | re.VERBOSE,
)


def without_footnotes(
    data: bytes | mmap.mmap, dialect: Dialect
) -> tuple[bytes | mmap.mmap, tuple[str, ...]]:
    """Leave out what stands below the table, and say what that was."""
    tail = data[max(0, len(data) - TAIL) :]
    lines = tail.split(b"\n")
    if len(dialect.names) < 2 or tail.count(b'"') % 2:
        return data, ()
    n_kept = rows_kept([_cells(line, dialect) for line in lines], dialect.types)
    below = lines[n_kept:]
    shown = [" ".join(filter(None, _cells(line, dialect))) for line in below]
    shown = [each for each in shown if each]
    whole_file = len(tail) == len(data)
    if not shown or n_kept < (dialect.skip_lines + 2 if whole_file else 2):
        return data, ()
    size = len(data) - sum(len(line) for line in below) - len(below)
    said = " / ".join(shown)
    said = said if len(said) <= 80 else said[:77] + "..."
    lines_were = "1 line below the table was" if len(shown) == 1 else (
        f"{len(shown)} lines below the table were"
    )  # fmt: skip
    return data[:size] + b"\n", (f"{lines_were} left out: {said!r}",)


def rows_kept(rows: Sequence[Sequence[str]], types: Sequence[CellType]) -> int:
    """Return how many rows belong to the table, the rest being notes and blank rows.

    A note begins as notes do, is a sentence, or stands below a blank row; and has fewer cells
    than the table, or words where that has numbers.
    """
    kept = last = len(rows)
    found = False
    for i in range(len(rows) - 1, max(-1, len(rows) - 1 - MOST_LINES), -1):
        filled = [cell for cell in rows[i] if cell]
        if not filled:
            last = i if found else last
            kept = i if found else kept
            continue
        words = " ".join(filled)
        marked = _MARK.match(words) is not None and not _has_numbers(rows[i], types)
        short = len(filled) == 1 and (len(rows[i]) < len(types) or len(types) > 2)
        wordy = cell_type(filled[0]) == "text"
        if marked or (short and wordy and len(words.split()) >= WORDS):
            kept = i
        elif not (short and wordy):
            break
        found = True
    return kept


def _cells(line: bytes, dialect: Dialect) -> list[str]:
    """Return the cells of one line."""
    text = line.decode("utf-8", "replace").strip()
    try:
        cells = next(csv.reader([text], delimiter=dialect.delimiter), [])
    except csv.Error:
        return [text]
    return [cell.strip() for cell in cells]


def _has_numbers(row: Sequence[str], types: Sequence[CellType]) -> bool:
    """Say whether a row is as wide as the table and holds numbers where that does."""
    if len(row) != len(types):
        return False
    return any(each in NUMBERS and cell_type(cell) in NUMBERS for cell, each in zip(row, types))
