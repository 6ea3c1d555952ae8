"""Look-up in the tables of plug-ins: a name or the object itself."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def resolve(table: Mapping[str, T], name_or_object: str | T, *, what: str) -> T:
    """Return the member of ``table`` with this name; an object is returned as it is."""
    if not isinstance(name_or_object, str):
        return name_or_object
    if name_or_object in table:
        return table[name_or_object]
    raise ValueError(unknown_name(name_or_object, table, what=what))


def unknown_name(name: str, allowed: Mapping[str, object] | list[str], *, what: str) -> str:
    """Say that ``name`` is unknown, which names there are, and which is nearest."""
    names = [str(each) for each in allowed]
    near = difflib.get_close_matches(name, names, n=1)
    if not near:
        lowered = {each.lower(): each for each in names}
        near = [
            lowered[each] for each in difflib.get_close_matches(name.lower(), list(lowered), n=1)
        ]
    hint = f"; did you mean {near[0]!r}?" if near else ""
    written = [f'"{each}"' if "," in each else each for each in names[:20]]  # as options take it
    shown = ", ".join(written) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
    return (
        f"unknown {what} {name!r}{hint} Allowed: {shown}."
        if hint
        else (f"unknown {what} {name!r}. Allowed: {shown}.")
    )
