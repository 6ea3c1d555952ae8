"""Safe unpacking: named members only, into names of our own, and never too much."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from kwise._atomic import written_whole
from kwise._damages import ARCHIVE_DAMAGES
from kwise.exceptions import DataFileError
from kwise.io.archives import MemberHeader
from kwise.io.datasets.published import Member

CHUNK = 1 << 20
MOST_MEMBERS = 1000


def unpack(archive: Path, members: tuple[Member, ...], folder: Path) -> dict[str, str]:
    """Take the wanted members out of a tar archive.

    Nothing is written under a name from the archive, so no path in it can escape; links,
    devices and paths that try to are refused all the same, as signs of a hostile archive.

    Parameters
    ----------
    archive : Path
        A tar file, compressed or not.
    members : tuple of Member
        What to take, with size limits and checksums.
    folder : Path
        Where to; it exists.

    Returns
    -------
    dict
        Name of each file to its SHA-256.

    Raises
    ------
    DataFileError
        If a member is missing, too large, not a plain file or not what it should be.
    """
    wanted = {each.path: each for each in members}
    sums: dict[str, str] = {}
    try:
        with tarfile.open(archive, tarinfo=MemberHeader) as tar:
            for number, info in enumerate(tar):
                if number >= MOST_MEMBERS:
                    raise DataFileError(f"{archive}: more than {MOST_MEMBERS} members; refused")
                _refuse_hostile(archive, info)
                member = wanted.get(info.name.removeprefix("./"))
                if member is None or info.isdir():
                    continue
                if member.name in sums:
                    raise DataFileError(f"{archive}: the member {info.name} stands twice; refused")
                sums[member.name] = _unpacked(archive, tar, info, member, folder)
    except ARCHIVE_DAMAGES as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the disk, not the archive
            raise DataFileError(f"{error.filename or archive}: {error.strerror}") from error
        reason = str(error).partition("\n")[0].rstrip(":")
        raise DataFileError(f"{archive}: the archive is damaged or cut off ({reason})") from error
    missing = [each.path for each in members if each.name not in sums]
    if missing:
        raise DataFileError(f"{archive}: the archive has no member {missing[0]}")
    return sums


def _refuse_hostile(archive: Path, info: tarfile.TarInfo) -> None:
    """Raise for paths out of the archive's folder, links and devices."""
    path = PurePosixPath(info.name)
    if path.is_absolute() or ".." in path.parts or "\\" in info.name or ":" in info.name:
        raise DataFileError(f"{archive}: the member {info.name!r} points elsewhere; refused")
    if not (info.isreg() or info.isdir()) or info.issparse():
        raise DataFileError(f"{archive}: the member {info.name!r} is a link or device; refused")


def _unpacked(
    archive: Path, tar: tarfile.TarFile, info: tarfile.TarInfo, member: Member, folder: Path
) -> str:
    """Write one member, and return its checksum."""
    if info.size > member.largest:
        raise DataFileError(
            f"{archive}: the member {info.name} has {info.size:,} bytes, more than the "
            f"{member.largest:,} expected; refused"
        )
    source = tar.extractfile(info)
    assert source is not None  # only plain files get here
    with written_whole(folder / member.name) as file:
        found = _copied(source, file)
        if member.sha256 is not None and found != member.sha256:
            raise DataFileError(
                f"{archive}: {member.name} has the SHA-256 {found}, not {member.sha256}; "
                "it was changed or damaged on its way"
            )
    return found


def _copied(source: IO[bytes], file: IO[bytes]) -> str:
    """Copy, and return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        file.write(chunk)
        digest.update(chunk)
    return digest.hexdigest()
