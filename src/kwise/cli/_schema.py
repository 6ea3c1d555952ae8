"""What a command says on stderr of a table that is not like the fitted one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kwise.cli import printable

if TYPE_CHECKING:
    from kwise.io import Table
    from kwise.io.model import Model

__all__ = ["say_changes"]


def say_changes(fitted: Model, table: Table, quiet: bool) -> None:
    """Say how the columns of a table differ from those of the fit, and what of it was left out."""
    if quiet:
        return
    left_out = (note for note in table.notes if "left out" in note)
    notes = (f"{note[:1].upper()}{note[1:]}." for note in (*table.warnings, *left_out))
    for sentence in (*fitted.schema_changes(table), *notes):
        sys.stderr.write(printable(f"Beware: {sentence}\n"))
