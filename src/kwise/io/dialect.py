"""How a text table is written: where it begins, its delimiter, comments and header."""

from __future__ import annotations

from dataclasses import dataclass

from kwise.exceptions import DataFileError
from kwise.io.cells import CellType, cell_type, column_type
from kwise.io.delimiter import SPOKEN, Split, find_delimiter, split, told_delimiter, usual_width
from kwise.io.header import find_header, names_in_comment
from kwise.io.options import ReadOptions
from kwise.io.preamble import rows_above


@dataclass(frozen=True)
class Dialect:
    """How to read one text table, and the sentences that say so.

    ``skip_lines`` counts the lines before the first row of cells. ``names`` are as written,
    not yet distinct; ``types`` has one entry a column, from the sampled rows.
    """

    delimiter: str
    comment: str | None
    skip_lines: int
    names: tuple[str, ...]
    types: tuple[CellType, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Sample:
    """The first lines of a text table: those of cells, and the comments that precede them."""

    lines: list[str]  # without comments and blank lines
    places: list[int]  # the line of the file, from 0, on which each of them stands
    leading: list[str]  # the comments before the first cells
    comment: str | None


def find_dialect(text: str, options: ReadOptions, *, name: str) -> Dialect:
    """Find out how a table is written from its first lines.

    ``text`` holds whole lines. What ``options`` settles is not detected.
    """
    sample = _sample(text, options.skip_lines or 0, options.comment)
    if not sample.lines:
        raise DataFileError(f"{name}: the file holds no cells, only blank lines or comments")
    delimiter = told_delimiter(options.delimiter)
    others: tuple[str, ...] = ()
    if delimiter is None:
        delimiter, others = find_delimiter(sample.lines)
    sample = _with_header_of_number_sign(sample, text, options, delimiter)
    cut = split(sample.lines, delimiter, name=name)
    first = _first_row(cut, sample, options)
    rows = cut.rows[first:]
    above = tuple(names_in_comment(sample.leading, sample.comment, delimiter))
    header = find_header(rows, options.header, above if first == 0 else ())
    body = rows[header.n_rows :]
    types = [
        column_type(cell_type(row[j]) for row in body if j < len(row))
        for j in range(len(header.names))
    ]
    line = cut.lines[first + header.n_rows] if body else len(sample.lines)
    skip = sample.places[line] if line < len(sample.lines) else text.count("\n") + 1
    notes = (
        *_about(delimiter, len(header.names), sample, options),
        *others,
        *_skipped(cut, first, sample),
        *header.notes,
    )
    return Dialect(delimiter, sample.comment, skip, header.names, tuple(types), notes)


def _sample(text: str, skip: int, comment: str | None) -> _Sample:
    """Set comments and blank lines apart; no line is a comment where ``comment`` is ""."""
    # Not splitlines: it also breaks at form feeds and other marks that stand inside cells.
    everything = [line + "\n" for line in text.split("\n")]
    first = next((line for line in everything[skip:] if line.strip()), "")
    if comment is None and first.startswith("#"):
        comment = "#"
    lines: list[str] = []
    places: list[int] = []
    leading: list[str] = []
    for place, line in enumerate(everything):
        if place < skip or not line.strip():
            continue
        if comment and line.startswith(comment):
            leading += [] if lines else [line]
        else:
            lines.append(line)
            places.append(place)
    return _Sample(lines, places, leading, comment or None)


def _with_header_of_number_sign(
    sample: _Sample, text: str, options: ReadOptions, delimiter: str
) -> _Sample:
    """Take a first line such as "#,name,age" as the header that it is, and no comment."""
    if options.comment is not None or not sample.leading or not sample.lines or delimiter == " ":
        return sample
    try:
        cells = split([sample.leading[0]], delimiter, name="").rows[0]
        rows = split(sample.lines[:50], delimiter, name="").rows
    except DataFileError:  # what is wrong there is said where the cells are read
        return sample
    names_numbers = cells[0].strip() in ("#", "#.") and len(cells) == usual_width(rows) > 1
    if not names_numbers:
        return sample
    return _sample(text, options.skip_lines or 0, "")


def _first_row(cut: Split, sample: _Sample, options: ReadOptions) -> int:
    """Return the first row of the table; those above it are a title and notes."""
    if options.skip_lines is not None or options.header is False:
        return 0
    places = [sample.places[line] for line in cut.lines]
    breaks = [i for i in range(1, len(places)) if places[i] > places[i - 1] + 1]
    return rows_above(cut.rows, usual_width(cut.rows), breaks)


def _about(delimiter: str, width: int, sample: _Sample, options: ReadOptions) -> tuple[str, ...]:
    """Say how cells are separated, and which lines are comments."""
    notes = [f"cells are separated by {SPOKEN.get(delimiter, repr(delimiter))}"]
    if width == 1 and options.delimiter is None:
        notes = ["there is one column: no delimiter was found"]
    if sample.comment is not None:
        notes.append(f"lines that begin with {sample.comment!r} were left out as comments")
    if options.skip_lines:
        notes.append(f"the first {options.skip_lines} lines were skipped, as asked")
    return tuple(notes)


def _skipped(cut: Split, first: int, sample: _Sample) -> tuple[str, ...]:
    """Say which lines above the table were left out."""
    if first == 0:
        return ()
    shown = "; ".join(" ".join(filter(None, map(str.strip, row))) for row in cut.rows[:first])
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    last = sample.places[cut.lines[first]]
    lines = "the first line above the table was" if last == 1 else (
        f"the first {last} lines above the table were"
    )  # fmt: skip
    return (f"{lines} left out: {shown!r}",)
