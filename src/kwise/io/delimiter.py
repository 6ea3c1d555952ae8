"""Which character separates the cells of a text table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

from kwise.exceptions import DataFileError
from kwise.io.cells import NUMBERS, cell_type

# In order of preference where two fit equally well.
DELIMITERS = ("\t", ";", ",", "|", " ")
CONTROL = ("\x01", "\x1f")  # made for it: where every line has them, nothing else is asked
RARE = ("^", "~", ":")  # only where no other cuts every line
SPOKEN = {
    "\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "white space",
    "^": "carets", "~": "tildes", ":": "colons", "\x01": "the character 1 (start of heading)",
    "\x1f": "the character 31 (unit separator)",
}  # fmt: skip
NAMES = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar", " ": "whitespace"}
SAMPLE_CELLS = 200_000  # looked at to find out what the columns hold
MAX_SAMPLE_ROWS = 200
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?")
LOOKED_AT = 60  # lines that the delimiter is found from


@dataclass(frozen=True)
class Fit:
    """How a delimiter cuts the lines: from the first one of the usual width to the last.

    ``even`` is the share of these lines that have it, ``clean`` the share of numbers among
    their cells, and ``n_beyond`` counts the lines before the first and behind the last.
    """

    width: int
    even: float
    clean: float
    n_beyond: int
    blank: bool

    @property
    def score(self) -> float:
        """Rank: that every line is cut alike counts most, though blanks may do so by chance."""
        score = self.even * (0.3 + 0.7 * self.clean)
        if self.even == 1.0:
            score += (0.7 if self.blank else 1.0) - (0.5 if self.n_beyond else 0.0)
        return score


@dataclass(frozen=True, eq=False)
class Split:
    """Lines as cells; ``lines[i]`` is the place of the first line of row i."""

    rows: list[list[str]]
    lines: list[int]


def told_delimiter(delimiter: str | None) -> str | None:
    """Check the delimiter that the caller named; names and escapes are understood."""
    if delimiter is None:
        return None
    spoken = {"\\t": "\t", "space": " ", **{name: mark for mark, name in NAMES.items()}}
    delimiter = spoken.get(delimiter.lower(), delimiter)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise ValueError(
            f"delimiter={delimiter!r} is not one ASCII character; "
            "pass for example ',', ';', '|', 'tab' or 'whitespace'"
        )
    return delimiter


def find_delimiter(lines: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter that cuts the lines most evenly into the cleanest cells.

    Where another one fits every line as well, a sentence says so.
    """
    made = [each for each in CONTROL if (fit := _fit(lines[:LOOKED_AT], each)) and fit.even == 1.0]
    if made:
        return made[0], ()
    fits = {each: fit for each in DELIMITERS if (fit := _fit(lines[:LOOKED_AT], each)) is not None}
    if _one_column_of_decimal_commas(lines):
        return "\t", ()
    if not any(fit.even == 1.0 for fit in fits.values()):
        rare = {each: _fit(lines[:LOOKED_AT], each) for each in RARE}
        sure = {each: fit for each, fit in rare.items() if fit is not None and _is_sure(fit)}
        if sure:
            return max(sure, key=lambda each: sure[each].score), ()
    if not fits:
        return ",", ()
    best = max(fits, key=lambda each: fits[each].score)  # the first of equal ones
    others = [
        f"{SPOKEN[each]} would make {fit.width} columns (delimiter={NAMES[each]!r})"
        for each, fit in fits.items()
        if each != best and fit.even == 1.0 and fit.n_beyond == 0 and fit.score > 1.5
    ]
    if not others:
        return best, ()
    return best, (f"another delimiter fits every line too: {', '.join(others)}",)


def split(lines: list[str], delimiter: str, *, name: str) -> Split:
    """Split lines into cells, honoring quotes."""
    blank = delimiter == " "
    text = (line.strip().replace("\t", " ") for line in lines) if blank else iter(lines)
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=blank)
    rows: list[list[str]] = []
    places: list[int] = []
    n_cells = line = 0
    try:
        for row in reader:
            rows.append(row)
            places.append(line)
            line = reader.line_num
            n_cells += len(row)
            if n_cells > SAMPLE_CELLS or len(rows) >= MAX_SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise DataFileError(f"{name}, line {reader.line_num}: {error}") from None
    return Split(rows, places)


def usual_width(rows: list[list[str]]) -> int:
    """Return the most frequent number of cells in a row."""
    return Counter(len(row) for row in rows).most_common(1)[0][0]


def _fit(lines: list[str], delimiter: str) -> Fit | None:
    """Say how a delimiter cuts the lines; None if it hardly does."""
    try:
        rows = split(lines, delimiter, name="").rows
    except DataFileError:
        return None
    width = usual_width(rows)
    if width < 2:
        return None
    has_it = [len(row) == width for row in rows]
    first, last = has_it.index(True), len(rows) - has_it[::-1].index(True)
    inside = has_it[first:last]
    cells = [cell for row in rows[first:last][-20:] for cell in row[:200]]
    clean = sum(cell_type(cell) in NUMBERS for cell in cells) / len(cells)
    even = sum(inside) / len(rows) if sum(inside) < 0.5 * len(rows) else sum(inside) / len(inside)
    # White space also cuts prose, names and dates: it must cut evenly to be believed.
    if delimiter == " " and (even < 0.9 or clean == 0.0):
        even *= 0.1
    beyond = first + len(rows) - last
    return Fit(width, even, clean, beyond, blank=delimiter == " ")


def _is_sure(fit: Fit) -> bool:
    """Say whether a delimiter cuts every line into cells of which some are numbers."""
    return fit.even == 1.0 and fit.n_beyond == 0 and fit.width > 2 and fit.clean > 0.0


def _one_column_of_decimal_commas(lines: list[str]) -> bool:
    """Say whether every line below a name without a comma is one number with a comma."""
    head, body = lines[0], [line.strip() for line in lines[1:LOOKED_AT]]
    return (
        bool(body)
        and "," not in head
        and cell_type(head) == "text"
        and all(_DECIMAL_COMMA.fullmatch(line) or cell_type(line) == "missing" for line in body)
    )
