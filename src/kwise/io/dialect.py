"""How a text table is written: its delimiter, decimal mark, comments and header."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass

from kwise.exceptions import DataFileError
from kwise.io.cells import CellType, cell_type, column_type
from kwise.io.header import find_header
from kwise.io.options import ReadOptions

# In order of preference where two fit equally well.
DELIMITERS = ("\t", ";", ",", "|", " ")
SPOKEN = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "white space"}
SAMPLE_CELLS = 200_000  # looked at to find out what the columns hold
MAX_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """How to read one text table, and the sentences that say so.

    ``skip_lines`` counts the lines before the first row of cells. ``names`` are as written,
    not yet distinct; ``types`` has one entry a column, from the sampled rows.
    """

    delimiter: str
    decimal: str
    comment: str | None
    skip_lines: int
    names: tuple[str, ...]
    types: tuple[CellType, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """The first lines of a text table: those of cells, and the comments that precede them."""

    lines: list[str]  # without comments and blank lines
    leading: list[str]  # the comments before the first cells
    first: int  # lines of the file before the first line of cells
    comment: str | None


def find_dialect(text: str, options: ReadOptions, *, name: str) -> Dialect:
    """Find out how a table is written from its first lines.

    ``text`` holds whole lines. What ``options`` settles is not detected.
    """
    sample = _sample(text, options.comment)
    if not sample.lines:
        raise DataFileError(f"{name}: the file holds no cells, only blank lines or comments")
    delimiter = _told_delimiter(options.delimiter) or _find_delimiter(sample.lines)
    rows = split(sample.lines, delimiter, name=name)
    decimal = options.decimal or _find_decimal(rows)
    header = find_header(rows, sample.leading, sample.comment, options.header, delimiter, decimal)
    body = rows[header.n_rows :]
    width = len(header.names)
    types = tuple(
        column_type(cell_type(row[j], decimal) for row in body if j < len(row))
        for j in range(width)
    )
    notes = [f"cells are separated by {SPOKEN.get(delimiter, repr(delimiter))}"]
    if width == 1 and options.delimiter is None:
        notes = ["there is one column: no delimiter was found"]
    if decimal == ",":
        notes.append("numbers are written with a decimal comma")
    if sample.comment is not None:
        notes.append(f"lines that begin with {sample.comment!r} were left out as comments")
    notes.extend(header.notes)
    skip = sample.first + header.n_lines
    return Dialect(delimiter, decimal, sample.comment, skip, header.names, types, tuple(notes))


def split(lines: list[str], delimiter: str, *, name: str) -> list[list[str]]:
    """Split lines into cells, honoring quotes."""
    blank = delimiter == " "
    text = (line.strip().replace("\t", " ") for line in lines) if blank else iter(lines)
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=blank)
    rows: list[list[str]] = []
    n_cells = 0
    try:
        for row in reader:
            rows.append(row)
            n_cells += len(row)
            if n_cells > SAMPLE_CELLS or len(rows) >= MAX_SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise DataFileError(f"{name}, line {reader.line_num}: {error}") from None
    return rows


def _sample(text: str, comment: str | None) -> Sample:
    """Set comments and blank lines apart."""
    # Not splitlines: it also breaks at form feeds and other marks that stand inside cells.
    everything = [line + "\n" for line in text.split("\n")]
    filled = [line for line in everything if line.strip()]
    if comment is None and filled and filled[0].startswith("#"):
        comment = "#"
    first = 0
    leading: list[str] = []
    for line in everything:
        if comment is not None and line.startswith(comment):
            leading.append(line)
        elif line.strip():
            break
        first += 1
    lines = [
        line
        for line in everything[first:]
        if line.strip() and not (comment and line.startswith(comment))
    ]
    return Sample(lines, leading, first, comment)


def _told_delimiter(delimiter: str | None) -> str | None:
    """Check the delimiter that the caller named; names and escapes are understood."""
    if delimiter is None:
        return None
    spoken = {"\\t": "\t", "tab": "\t", "whitespace": " ", "space": " ", "comma": ",",
              "semicolon": ";", "bar": "|"}  # fmt: skip
    delimiter = spoken.get(delimiter.lower(), delimiter)
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise ValueError(
            f"delimiter={delimiter!r} is not one ASCII character; "
            "pass for example ',', ';', '|', 'tab' or 'whitespace'"
        )
    return delimiter


def _find_delimiter(lines: list[str]) -> str:
    """Return the delimiter that cuts the lines most evenly into the cleanest cells."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _evenness(lines[:50], delimiter)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _evenness(lines: list[str], delimiter: str) -> float:
    """Score a delimiter in [0, 1]: share of lines of the usual width, times clean cells."""
    try:
        rows = split(lines, delimiter, name="")
    except DataFileError:
        return 0.0
    widths = Counter(len(row) for row in rows)
    width, n_usual = widths.most_common(1)[0]
    if width < 2:
        return 0.0
    cells = [cell for row in rows[-20:] for cell in row[:200]]
    decimal = "." if delimiter == "," else ","
    clean = sum(cell_type(cell, decimal) in ("whole", "number") for cell in cells) / len(cells)
    # White space also cuts prose and dates: it must cut evenly to be believed.
    even = n_usual / len(rows)
    if delimiter == " " and even < 0.9:
        return 0.1 * even * clean
    return even * (0.5 + 0.5 * clean)


def _find_decimal(rows: list[list[str]]) -> str:
    """Return the decimal mark; a comma only where no cell speaks for the point."""
    commas = sum(_is_decimal_comma(cell) for row in rows for cell in row[:500])
    points = sum(cell_type(cell) == "number" and "." in cell for row in rows for cell in row[:500])
    return "," if commas > points else "."


def _is_decimal_comma(cell: str) -> bool:
    """Say whether a cell is a number with one comma and no point."""
    return "." not in cell and cell_type(cell) == "text" and cell_type(cell, ",") == "number"
