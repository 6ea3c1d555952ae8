"""A row more in a table of plug-ins, for as long as a test lasts."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")


@contextmanager
def row_added(table: Mapping[str, T], name: str, member: T) -> Iterator[None]:
    """Put a row into a table that users can only read, and take it out again."""
    rows = table if isinstance(table, dict) else gc.get_referents(table)[0]
    rows[name] = member
    try:
        yield
    finally:
        del rows[name]
