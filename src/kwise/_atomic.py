"""Files that appear whole or not at all, and stay what they were: links, devices, modes, owners."""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# Names of what this process has open already: the file behind one is another's to replace.
_OPEN_FILE = re.compile(r"/(?:dev|proc/(?:self|\d+))/fd/(\d+)")
_CANNOT = (errno.EINVAL, errno.EOPNOTSUPP)  # what a file system does not know
# Libraries in Rust tell a system's error in words; no room for a file is no error of theirs.
_IN_WORDS = re.compile(r"\(os error (\d+)\)")
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


@contextmanager
def written_whole(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file whose content takes the place of that of ``path`` once it is complete.

    New and ordinary files are written beside and renamed: if anything goes wrong, a kill
    included, ``path`` stays as it was, and where the system knows files without names nothing is
    left over. Mode, owner and extended attributes stay; a symbolic link stays one, and what it
    points to is replaced.

    What a rename would break is written through, once the content is complete: devices, pipes,
    files with several names, files of others, files in folders that take no new ones.

    Errors name ``path``.
    """
    target = Path(path)
    with _naming(target):
        place = _place(target)
        old = _status(place)
    if old is None or (stat.S_ISREG(old.st_mode) and _may_be_replaced(place, old)):
        yield from _temporary(target, place, old)
    else:
        content = io.BytesIO()
        yield content
        with _naming(target):
            _pour(content.getvalue(), place)


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8, whole or not at all; what UTF-8 cannot say is written escaped."""
    with written_whole(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    return path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process or thread works in a folder, and keep others out.

    The folder itself is locked; the lock goes with whoever held it, a killed process too.
    """
    if sys.platform == "win32":  # which opens no folders
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _place(target: Path) -> Path:
    """Follow links to what is to be written, and say why nothing can be."""
    if _descriptor(target) is not None:
        return target
    if not target.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target}: there is no folder {target.parent}")
    if target.is_dir():
        raise IsADirectoryError(f"cannot write {target}: it is a folder; give a file name")
    place = Path(os.path.realpath(target))
    if not place.parent.is_dir():
        raise FileNotFoundError(f"cannot write {target}: it is a link to {place}, in no folder")
    if place.is_symlink():
        raise OSError(errno.ELOOP, "is a link that leads to itself")
    if place.exists() and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "may not be written; allow it, or name another file")
    # A pipe may be known by a link that leads nowhere.
    return place if place.exists() or not target.exists() else target


def _status(place: Path) -> os.stat_result | None:
    """Return what a file is, or None where there is none."""
    try:
        return place.stat()
    except FileNotFoundError:
        return None


def _descriptor(target: Path) -> int | None:
    """Return the number of the open file that a name such as /dev/stdout stands for."""
    name = os.path.abspath(target)  # noqa: PTH100 - links are to be followed one by one
    for _ in range(40):
        found = _OPEN_FILE.fullmatch(name)
        if found:
            return int(found[1])
        if not os.path.islink(name):  # noqa: PTH114
            break
        name = os.path.join(os.path.dirname(name), os.readlink(name))  # noqa: PTH115, PTH118, PTH120
    return None


def _may_be_replaced(place: Path, old: os.stat_result) -> bool:
    """Whether a renamed file can be all that the old one is: its only name, its owner's."""
    if _descriptor(place) is not None or old.st_nlink > 1:
        return False
    user = os.geteuid() if hasattr(os, "geteuid") else old.st_uid
    return user in (0, old.st_uid) and os.access(place.parent, os.W_OK | os.X_OK)


def _temporary(target: Path, place: Path, old: os.stat_result | None) -> Iterator[IO[bytes]]:
    """Yield a file beside the place, and put it there."""
    mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
    name = place.with_name(f".kwise-{secrets.token_hex(8)}")  # short: the target's may be the limit
    try:
        with _naming(target):
            handle = _open_new(name, mode)
        with _naming(target), os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            if old is not None:
                _dress(handle, place, old)
            _to_disk(handle)
            if not name.exists():
                # With a folder named for the source, unused here, the link itself is followed.
                os.link(f"/proc/self/fd/{handle}", name, src_dir_fd=handle)
        with _naming(target):
            _rename(name, place)
    finally:
        name.unlink(missing_ok=True)


def _open_new(name: Path, mode: int) -> int:
    """Open a new file, without its name where the system can: then a kill leaves nothing."""
    offered = hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd")  # noqa: PTH112
    if sys.platform == "linux" and offered:
        with suppress(OSError):
            return os.open(name.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, mode)
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
    return os.open(name, flags, mode)


def _dress(handle: int, place: Path, old: os.stat_result) -> None:
    """Give a new file the owner, mode and extended attributes of the old one, where allowed."""
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(handle, old.st_uid, old.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(old.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):
            for attribute in os.listxattr(place):
                os.setxattr(handle, attribute, os.getxattr(place, attribute))


def _to_disk(handle: int) -> None:
    """Let the content be on the disk before the name is; a full disk may say so only now."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def _rename(name: Path, place: Path) -> None:
    """Rename a file into place; one that is mounted there keeps its place and is written."""
    try:
        name.replace(place)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        _pour(name.read_bytes(), place)


def _pour(content: bytes, place: Path) -> None:
    """Write complete content into what is there; a file keeps its own if there is no room."""
    descriptor = _descriptor(place)
    if descriptor is not None:
        handle = os.dup(descriptor)
    else:
        handle = os.open(place, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "wb") as file:
        if descriptor is None and stat.S_ISREG(os.fstat(handle).st_mode):
            _lock(handle)
            _reserve(handle, len(content))
            file.write(content)
            file.truncate()
        else:
            file.write(content)


def _lock(handle: int) -> None:
    """Wait for others who write the same file in place; the lock goes when it is closed."""
    if sys.platform == "win32":
        return
    import fcntl

    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX)


def _reserve(handle: int, size: int) -> None:
    """Make sure of the room for a file before anything in it is changed."""
    had = os.fstat(handle).st_size
    if size <= had or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        os.ftruncate(handle, had)
        if error.errno not in _CANNOT:
            raise


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """Let a system's error name the file that is written, not the one beside it."""
    try:
        yield
    except Exception as error:
        told = _as_of_the_system(error)
        beside = told.filename is None or ".kwise-" in str(told.filename)
        if told.errno is None or not beside:
            raise
        kind = type(told) if told is error else OSError
        raise kind(told.errno, told.strerror, str(target)) from error


def _as_of_the_system(error: Exception) -> OSError:
    """Return a system's error as it is, and the same told in a library's words."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    words = _IN_WORDS.search(str(error))
    number = int(words[1]) if words else None
    return OSError(number, os.strerror(number)) if number in _NO_ROOM else OSError()
