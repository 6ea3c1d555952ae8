"""Whole text files or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.io.atomic import written_whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8; an old file stays as it is until the new one is whole."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder; give a file name")
    with written_whole(path) as file:
        file.write(text.encode("utf-8"))
    return path
