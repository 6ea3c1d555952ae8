"""Files that a path, a folder or a pattern stands for, and columns that their folders name."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from kwise.exceptions import DataFileError

__all__ = ["expanded", "partition_names"]

# What programs that write folders leave beside the parts: _SUCCESS, .part-0.crc, _temporary/.
_MARKS = "._"


def expanded(given: str) -> list[Path]:
    """Return the files that a path, a glob or a folder stands for; of folders, no hidden ones."""
    path = Path(given).expanduser()
    if path.is_dir():
        found = _files_in(path)
    elif path.exists():
        found = [path]
    else:
        asks_for_hidden = path.name[:1] in _MARKS
        matches = sorted(Path(each) for each in glob.glob(str(path), recursive=True))  # noqa: PTH207
        first = len(_literal(path))
        found = []
        for match in matches:
            if not asks_for_hidden and _is_hidden(match.parts[first:]):
                continue
            found += _files_in(match) if match.is_dir() and path.name != "**" else [match]
        found = [each for each in dict.fromkeys(found) if each.is_file()]
    if not found:
        raise DataFileError(f"{given}: no such file, and nothing that a pattern of it matches")
    return found


def partition_names(given: str, paths: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Return the columns that folders below the given one name (``year=2024/``), and those above.

    Hive, Spark and pyarrow write so; a path that leads there may look alike, and names nothing.
    """
    start = len(_literal(Path(given).expanduser()))
    below = {name for path in paths for name in _names(path.parent.parts[start:])}
    above = {name for path in paths for name in _names(path.parent.parts[:start])}
    return sorted(below), sorted(above - below)


def _names(folders: Sequence[str]) -> list[str]:
    return [each.partition("=")[0] for each in folders if "=" in each[1:]]


def _literal(path: Path) -> tuple[str, ...]:
    """Return the parts of a path before the first that is a pattern."""
    if path.exists():
        return path.parts
    first = next((i for i, part in enumerate(path.parts) if glob.has_magic(part)), len(path.parts))
    return path.parts[:first]


def _files_in(folder: Path) -> list[Path]:
    """Return the files of a folder and of the folders in it."""
    within = len(folder.parts)
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not _is_hidden(path.parts[within:])
    )


def _is_hidden(parts: Sequence[str]) -> bool:
    """Tell what programs pass over; a column's name may begin with a mark, in ``_year=2024``."""
    return any(part[:1] in _MARKS and "=" not in part for part in parts)
