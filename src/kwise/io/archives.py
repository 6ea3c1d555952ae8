"""Tables inside ``.zip`` and ``.tar`` archives, read without writing anything to disk."""

from __future__ import annotations

import io
import mmap
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from kwise._registry import unknown_name
from kwise.exceptions import DataFileError

# What may be a table inside an archive; a README beside the data is no reason to ask.
TABLE_SUFFIXES = frozenset(
    {
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".data",
        ".dat",
        ".parquet",
        ".pq",
        ".arrow",
        ".feather",
        ".ipc",
        ".npy",
        ".npz",
        ".xlsx",
        ".xlsm",
        ".ods",
        ".jsonl",
        ".ndjson",
        ".gz",
        ".zst",
        ".bz2",
        ".xz",
    }
)


def is_tar(data: bytes | mmap.mmap) -> bool:
    """Say whether the bytes are a tar archive."""
    return data[257:262] == b"ustar"


def read_member(data: bytes | mmap.mmap, *, name: str, key: str | None) -> tuple[str, bytes, str]:
    """Return the name and the bytes of one member, and a sentence that names it."""
    raw = io.BytesIO(data[:])  # a memory map is not seekable before Python 3.13
    try:
        if is_tar(data):
            with tarfile.open(fileobj=raw) as tar:
                files = [each.name for each in tar.getmembers() if each.isfile()]
                return _chosen(files, lambda member: _tar_bytes(tar, member), name, key)
        with zipfile.ZipFile(raw) as archive:
            files = [each.filename for each in archive.infolist() if not each.is_dir()]
            return _chosen(files, archive.read, name, key)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DataFileError(f"{name}: the archive is damaged or cut off ({error})") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, an unknown method
        raise DataFileError(f"{name}: the archive cannot be unpacked ({error})") from error


def _chosen(
    files: list[str], read: Callable[[str], bytes], name: str, key: str | None
) -> tuple[str, bytes, str]:
    """Pick the member that ``key`` names, or the only table."""
    if key is not None:
        if key not in files:
            raise ValueError(f"{name}: " + unknown_name(key, files, what="member"))
        member = key
    else:
        member = _only_table(files, name)
    return member, read(member), f"{member} was taken from the archive"


def _only_table(files: list[str], name: str) -> str:
    """Return the one member that looks like a table, or ask for a choice."""
    tables = [each for each in files if _may_be_table(PurePosixPath(each))]
    if not tables:
        raise DataFileError(f"{name}: the archive holds no table (members: {_listed(files)})")
    if len(tables) > 1:
        raise DataFileError(
            f"{name}: the archive holds {len(tables)} tables ({_listed(tables)}); "
            f"pass key={tables[0]!r} or another of them"
        )
    return tables[0]


def _may_be_table(path: PurePosixPath) -> bool:
    """Tell a table from documentation, and from what macOS adds to archives."""
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    documentation = path.stem.lower() in {"readme", "license", "licence", "changelog"}
    return not hidden and not documentation and path.suffix.lower() in TABLE_SUFFIXES


def _tar_bytes(tar: tarfile.TarFile, member: str) -> bytes:
    """Read a regular member of a tar archive."""
    file = tar.extractfile(member)
    assert file is not None  # only regular files are listed
    return file.read()


def _listed(names: list[str]) -> str:
    """Join a few names."""
    more = f", ... {len(names) - 5} more" if len(names) > 5 else ""
    return (", ".join(names[:5]) + more) or "none"
