"""Column names: every column has one, no two are the same, and unknown ones are refused."""

from __future__ import annotations

from collections.abc import Sequence

from kwise._registry import unknown_name


def distinct_names(names: Sequence[object]) -> tuple[list[str], tuple[str, ...]]:
    """Return distinct, non-empty names, and the sentences that say what was changed."""
    wanted = [_one_line(str(each)) for each in names]
    taken = set(wanted)
    last: dict[str, int] = {}
    seen: set[str] = set()
    distinct: list[str] = []
    unnamed: list[str] = []
    renamed: list[str] = []
    for j, name in enumerate(wanted):
        new = name
        if not name:
            new = _free(f"column {j + 1}", taken, last)
            unnamed.append(new)
        elif name in seen:
            new = _free(name, taken, last)
            renamed.append(f"{name!r} is now {new!r}")
        seen.add(name)
        taken.add(new)
        distinct.append(new)
    notes = []
    if unnamed:
        notes.append(f"columns without a name were named by position: {_listed(unnamed)}")
    if renamed:
        notes.append(f"names that stood more than once were numbered: {_listed(renamed)}")
    return distinct, tuple(notes)


def check_columns(names: Sequence[str] | str, allowed: Sequence[str]) -> list[str]:
    """Return the names, once each; one that is not allowed raises with the nearest that is."""
    wanted = [names] if isinstance(names, str) else list(names)
    known = set(allowed)
    for name in wanted:
        if name not in known:
            raise ValueError(unknown_name(str(name), list(allowed), what="column"))
    return list(dict.fromkeys(wanted))


def _one_line(name: str) -> str:
    """Return a name without surrounding blanks, and with its line ends as blanks."""
    return " ".join(name.split()) if "\n" in name or "\r" in name else name.strip()


def _free(name: str, taken: set[str], last: dict[str, int]) -> str:
    """Return the name, numbered if it is taken; ``last`` keeps the last number of each name."""
    if name not in taken:
        return name
    number = last.get(name, 1) + 1
    while f"{name} ({number})" in taken:
        number += 1
    last[name] = number
    return f"{name} ({number})"


def _listed(names: list[str]) -> str:
    """Join a few names."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
