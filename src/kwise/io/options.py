"""What the caller of ``read_table`` may settle instead of leaving it to detection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kwise._progress import Progress, silent


@dataclass(frozen=True)
class ReadOptions:
    """The settings of one call of ``read_table``; None and "auto" mean: find out."""

    delimiter: str | None = None
    encoding: str | None = None
    header: Literal["auto"] | bool = "auto"
    decimal: str | None = None
    comment: str | None = None
    sheet: str | int | None = None
    key: str | None = None
    n_rows: int | None = None
    progress: Progress = silent

    def __post_init__(self) -> None:
        """Refuse settings that no reader could follow."""
        if self.header not in ("auto", True, False):
            raise ValueError(f'header={self.header!r} is unknown; use "auto", True or False')
        if self.decimal not in (None, ".", ","):
            raise ValueError(f'decimal={self.decimal!r} is unknown; use "." or ","')
        if self.n_rows is not None and self.n_rows < 1:
            raise ValueError(f"n_rows={self.n_rows} is too small; pass at least 1, or None for all")
