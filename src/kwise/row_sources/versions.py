"""What tells one version of a file from another, here and on other machines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kwise.exceptions import DataFileError

__all__ = ["Version", "changed_since", "check_still", "size_and_time", "unchanged", "version_of"]

# Of a file, its ends (Parquet has its footer there) and so many blocks between are looked at.
_END, _BLOCK, _N_BLOCKS = 65_536, 4096, 64


class Version(NamedTuple):
    """A file's size, and a digest of parts of it."""

    size: int
    digest: str


def version_of(path: Path) -> Version:
    """Return the version of a file by what is in it: all machines that see it agree."""
    told = path.stat()
    return _looked_at(path, told.st_size, (told.st_mtime_ns, told.st_ctime_ns, told.st_ino))


@lru_cache(maxsize=2**16)
def _looked_at(path: Path, size: int, _: tuple[int, int, int]) -> Version:
    """Look at a file; once for each time that it was written at."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        found.update(file.read(_END))
        if size > 2 * _END:
            for start in np.linspace(_END, size - _END, _N_BLOCKS, dtype=int).tolist():
                file.seek(start)
                found.update(file.read(_BLOCK))
        file.seek(max(0, size - _END))
        found.update(file.read())
    return Version(size, found.hexdigest())


def unchanged(path: Path, version: Version) -> None:
    """Refuse a file that is gone, or of another version than when the rows were described."""
    try:
        found = version_of(path)
    except OSError as error:
        raise DataFileError(f"{path}: {error.strerror}; it was there before") from None
    if found != version:
        how = "other bytes"
        if found.size != version.size:
            how = f"{found.size:,} bytes where {version.size:,} were before"
        raise DataFileError(
            f"{path}: the file has changed since: {how}. Begin anew with rows that stay as they "
            "are."
        )


def size_and_time(path: Path) -> tuple[str, int, int]:
    """Return name, size and time of a file."""
    told = path.stat()
    return (path.name, told.st_size, told.st_mtime_ns)


def check_still(name: str, still: Callable[[], object], described: object) -> None:
    """Refuse files of another size or time than when they were described."""
    changed = changed_since(still, described)
    if changed:
        raise DataFileError(f"{name}{changed}")


def changed_since(still: Callable[[], object], described: object) -> str:
    """Say that files are of another size or time than when they were described, if they are."""
    try:
        same = still() == described
    except OSError as error:
        return f": {error.strerror}; it was there before"
    if same:
        return ""
    return (
        ": the file has changed since it was described. Begin anew with rows that stay as they are."
    )
