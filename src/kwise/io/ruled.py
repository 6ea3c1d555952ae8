"""Tables drawn with rules, as databases and data frames print them on a terminal."""

from __future__ import annotations

import mmap
import re

__all__ = ["NOTE", "without_rules"]

SAMPLE_BYTES = 1 << 16
MOST_ABOVE = 6  # lines, the header among them, above the first rule across the table
MOST_BYTES = 256 << 20  # what people print is small; beyond this a table was not printed
_LEFT_OUT = re.compile(r"(…|·|\.\.\.)(\|(…|·|\.\.\.))*")  # where rows are, for short
NOTE = "rules drawn around the cells were left out"
SHORT = "the table was printed for short: rows between those shown are not in the file"
_BOX = str.maketrans({**dict.fromkeys("│┃┆┇║", "|"), **dict.fromkeys("╎╏", "|")})
# psql's, with a plus between columns; mysql's, which begins with one; those of box characters.
_BETWEEN = re.compile(r"\s*-{2,}(\+-{2,})+\s*")
_AROUND = re.compile(r"\s*[+|][-=:+|]*[-=]{2}[-=:+|]*[+|]\s*")
_DRAWN = re.compile(r"\s*[─━═╌┄┈╴╶┌┐└┘├┤┬┴┼╞╡╪╔╗╚╝╠╣╦╩╬╭╮╯╰┏┓┗┛┣┫┳┻╋┡┩╇╈┢┪╧╤╟╢╫]{3,}\s*")


def without_rules(data: bytes | mmap.mmap) -> tuple[bytes, tuple[str, ...]] | None:
    """Return a printed table as lines of cells between bars, and a warning or none; else None.

    Rules become blank lines, so that lines keep their numbers. Bars at both ends of a row go where
    the rules have ends, too.
    """
    head = data[:SAMPLE_BYTES].decode("utf-8", "replace").splitlines()
    first = next((i for i, line in enumerate(head[:MOST_ABOVE]) if _is_rule(line)), None)
    if first is None or len(data) > MOST_BYTES or not _has_bars(head):
        return None
    ends = _BETWEEN.fullmatch(head[first]) is None
    lines = data[:].decode("utf-8", "replace").translate(_BOX).split("\n")
    rows = [_row(line, ends=ends) for line in lines]
    shown = ["" if _LEFT_OUT.fullmatch(row) else row for row in rows]
    return "\n".join(shown).encode(), () if shown == rows else (SHORT,)


def _is_rule(line: str) -> bool:
    """Whether a line is drawn and holds no cell; Markdown's are a row between bars, and stay."""
    if re.fullmatch(r"\s*\|[\s:|-]*\|\s*", line):
        return False
    return any(rule.fullmatch(line) for rule in (_BETWEEN, _AROUND, _DRAWN))


def _has_bars(head: list[str]) -> bool:
    """Whether most lines that are no rules have a bar between their cells."""
    rows = [line.translate(_BOX) for line in head if line.strip() and not _is_rule(line)]
    return bool(rows) and sum("|" in row for row in rows) > 0.6 * len(rows)


def _row(line: str, *, ends: bool) -> str:
    """Return one line without rules, and without the blanks that fill its cells."""
    if _is_rule(line):
        return ""
    cells = [cell.strip() for cell in line.strip(" \t\r" if ends else "\r").split("|")]
    if ends and len(cells) > 2 and not cells[0] and not cells[-1]:
        cells = cells[1:-1]
    return "|".join(cells)
