"""What the caller of ``read_table`` may settle instead of leaving it to detection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kwise._progress import Progress, silent

if TYPE_CHECKING:
    from kwise._cells.numbers import NumberFormat


@dataclass(frozen=True)
class ReadOptions:
    """The settings of one call of ``read_table``; None and "auto" mean: find out.

    ``formats`` says of columns how a model's table wrote their numbers. Without ``totals``, rows
    that sum up others stay: whoever reads a table in parts sees them by all of it.
    """

    delimiter: str | None = None
    encoding: str | None = None
    header: str | bool | int = "auto"
    skip_lines: int | None = None
    decimal: str | None = None
    comment: str | None = None
    sheet: str | int | None = None
    key: str | None = None
    n_rows: int | None = None
    progress: Progress = silent
    formats: Mapping[str, NumberFormat] = field(default_factory=dict)
    totals: bool = True

    def __post_init__(self) -> None:
        """Refuse settings that no reader could follow."""
        object.__setattr__(self, "header", _header(self.header))
        if self.decimal not in (None, ".", ","):
            raise ValueError(f'decimal={self.decimal!r} is unknown; use "." or ","')
        if self.n_rows is not None and self.n_rows < 1:
            raise ValueError(f"n_rows={self.n_rows} is too small; pass at least 1, or None for all")
        if self.skip_lines is not None and self.skip_lines < 0:
            raise ValueError(f"skip_lines={self.skip_lines} is below 0; pass a number of lines")


def _header(wanted: str | bool | int) -> str | bool | int:
    """Return "auto", or whether lines name the columns, or how many do."""
    words: dict[object, str | bool] = {"auto": "auto", "none": False, "first": True}
    found = words.get(wanted, wanted)
    number = int(found) if isinstance(found, str) and found.isdigit() else found
    if number == "auto" or (isinstance(number, (bool, int)) and 0 <= number <= MOST_HEADER_LINES):
        return number
    raise ValueError(
        f'header={wanted!r} is unknown; use "auto", True or False, "none", or the number of '
        f"lines that name the columns, up to {MOST_HEADER_LINES}"
    )


MOST_HEADER_LINES = 5
