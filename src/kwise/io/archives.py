"""Tables inside ``.zip`` and ``.tar`` archives, read without writing anything to disk."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, Self

from kwise._damages import ARCHIVE_DAMAGES
from kwise._memory import shortage
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError

LONGEST_HEADER = 1 << 20  # bytes; names and comments of real archives are far shorter
_ANNOUNCED = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip

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


class MemberHeader(tarfile.TarInfo):
    """A header of a tar archive; long names are read, and no more than a name can be.

    What a header announces is read into memory before anyone sees it.
    """

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header, or refuse one that announces too much."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _ANNOUNCED and header.size > LONGEST_HEADER:
            raise DataFileError(f"a header of the archive announces {header.size:,} bytes")
        return header


def is_tar(head: bytes) -> bool:
    """Say whether the first bytes are those of a tar archive."""
    return head[257:262] == b"ustar"


def read_member(raw: IO[bytes], *, name: str, key: str | None) -> tuple[str, bytes, str]:
    """Return the name and the bytes of one member, and a sentence that names it.

    ``raw`` is read where it is needed, again and again: a compressed archive is not unpacked
    as a whole.
    """
    try:
        head = raw.read(512)
        raw.seek(0)
        if is_tar(head):
            with tarfile.open(fileobj=raw, mode="r:", tarinfo=MemberHeader) as tar:
                files = [each.name for each in tar.getmembers() if each.isreg()]
                return _chosen(files, lambda member: _tar_bytes(tar, member), name, key)
        with zipfile.ZipFile(raw) as archive:
            files = [each.filename for each in archive.infolist() if not each.is_dir()]
            return _chosen(files, lambda member: _zip_bytes(archive, member), name, key)
    except DataFileError as error:
        told = str(error)
        raise DataFileError(told if told.startswith(name) else f"{name}: {told}") from error
    except ARCHIVE_DAMAGES as error:
        reason = str(error).partition("\n")[0].rstrip(":") or type(error).__name__
        raise DataFileError(f"{name}: the archive is damaged or cut off ({reason})") from error
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
    info = tar.getmember(member)
    _refuse_too_large(info.size)
    file = tar.extractfile(info)
    assert file is not None  # only regular files are listed
    return file.read()


def _zip_bytes(archive: zipfile.ZipFile, member: str) -> bytes:
    """Read a member of a zip archive."""
    _refuse_too_large(archive.getinfo(member).file_size)
    return archive.read(member)


def _refuse_too_large(size: int) -> None:
    """Raise if a member would not fit into memory."""
    missing = shortage(size)
    if missing:
        raise DataFileError(f"the member is too large: {missing}")


def _listed(names: list[str]) -> str:
    """Join a few names."""
    more = f", ... {len(names) - 5} more" if len(names) > 5 else ""
    return (", ".join(names[:5]) + more) or "none"
