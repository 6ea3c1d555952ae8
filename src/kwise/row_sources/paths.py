"""Files that a path, a folder or a pattern stands for."""

from __future__ import annotations

import glob
from pathlib import Path

from kwise.exceptions import DataFileError

__all__ = ["expanded"]


def expanded(given: str) -> list[Path]:
    """Return the files that a path, a glob or a folder stands for."""
    path = Path(given).expanduser()
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] not in "._")
    elif path.exists():
        found = [path]
    else:
        found = sorted(Path(each) for each in glob.glob(str(path), recursive=True))  # noqa: PTH207
    if not found:
        raise DataFileError(f"{given}: no such file, and nothing that a pattern of it matches")
    return found
