"""From what the caller names (a path, standard input, a stream) to plain bytes and a suffix."""

from __future__ import annotations

import difflib
import io
import os
import re
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO

from kwise._formatting import legible
from kwise._memory import shortage
from kwise.exceptions import DataFileError
from kwise.io.archives import TABLE_SUFFIXES, is_tar, read_member
from kwise.io.compression import COMPRESSIONS, decompress, first_bytes
from kwise.io.compression import opened as compressed_stream
from kwise.io.options import ReadOptions
from kwise.io.signatures import ARCHIVES, identify, unreadable, zip_format
from kwise.io.whole_file import read_whole

# Zip archives with these suffixes are file formats of their own, not folders in a file.
ZIP_FORMATS = {".npz", ".xlsx", ".xlsm", ".ods"}


# How an address begins, as pathlib leaves it.
ADDRESS = re.compile(r"(https?|ftp|s3|gs):/")


@dataclass(frozen=True, eq=False)
class Source:
    """The bytes of one table file, unpacked; ``suffix`` says the format ("" where nothing does)."""

    name: str
    label: str
    suffix: str
    data: bytes
    notes: tuple[str, ...] = ()


def open_source(source: str | Path | BinaryIO, options: ReadOptions) -> Source:
    """Open a path, ``-`` or a binary stream, and unpack what is compressed or archived."""
    if isinstance(source, (str, Path)) and str(source) != "-":
        opened = _from_path(Path(source).expanduser())
    else:
        stream = _standard_input() if isinstance(source, (str, Path)) else source
        opened = Source("standard input", "standard input", "", _all_of(stream))
    if len(opened.data) == 0:
        raise DataFileError(f"{opened.name}: the file is empty (0 bytes)")
    return _unpack(opened, options)


def _standard_input() -> BinaryIO:
    """Return the stream of bytes behind ``-``."""
    if sys.stdin is None:
        raise DataFileError("standard input is closed; name a file, or send the table in")
    return sys.stdin.buffer


def _all_of(stream: BinaryIO) -> bytes:
    """Read a stream to its end."""
    try:
        data = stream.read()
    except OSError as error:
        raise DataFileError(
            f"standard input: cannot be read ({error.strerror or error})"
        ) from error
    if not isinstance(data, bytes):
        raise TypeError("the stream yields text; open it in binary mode, open(path, 'rb')")
    return data


def _from_path(path: Path) -> Source:
    """Read a file, or say why it cannot be read.

    It is not mapped: a page of a file that was cut meanwhile would end the process.
    """
    if ADDRESS.match(str(path)):
        raise DataFileError(
            f"{path}: this is an address, and kwise reads files; download it first, or send it "
            "in: curl -s ADDRESS | kwise report -"
        )
    try:
        if path.is_dir():
            raise DataFileError(f"{path}: this is a folder; name one file in it{_inside(path)}")
        if not path.exists():
            raise DataFileError(f"{path}: no such file{_nearest(path)}")
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            missing = shortage(before.st_size)
            if missing:
                raise DataFileError(f"{path}: the file is too large: {missing}")
            data = read_whole(file)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror or error})") from error
    changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
    if changed and stat.S_ISREG(before.st_mode):
        raise DataFileError(
            f"{path}: the file changed while it was read; try again once it is whole"
        )
    return Source(str(path), _stem(path.name), path.suffix.lower(), data)


def _unpack(opened: Source, options: ReadOptions) -> Source:
    """Undo compression and archives, layer by layer, until the bytes are a table."""
    for _ in range(4):
        kind = identify(opened.data)
        if kind == ".zip" and opened.suffix not in ZIP_FORMATS:
            opened = replace(opened, suffix=zip_format(opened.data) or opened.suffix)
        if kind is not None and kind in COMPRESSIONS:
            if kind != ".zst" and is_tar(first_bytes(opened.data, kind, name=opened.name)):
                opened = _member(opened, compressed_stream(opened.data, kind), options)
            else:
                opened = _decompressed(opened, kind, options)
        elif (kind == ".zip" and opened.suffix not in ZIP_FORMATS) or is_tar(opened.data[:512]):
            opened = _member(opened, io.BytesIO(opened.data), options)
        else:
            break
        if len(opened.data) == 0:
            raise DataFileError(f"{opened.name}: the file is empty once it is unpacked")
    reason = unreadable(opened.data, opened.suffix)
    if reason:
        raise DataFileError(f"{opened.name}: {reason}")
    return opened


def _decompressed(opened: Source, kind: str, options: ReadOptions) -> Source:
    """Decompress once; the suffix before ``.gz`` and its like tells the format."""
    data = decompress(opened.data, kind, name=opened.name, progress=options.progress)
    name = opened.name
    stem = Path(name)
    if stem.suffix.lower() in {kind, *COMPRESSIONS[kind].suffixes}:
        stem = stem.with_suffix("")
    suffix = ".tar" if opened.suffix in ARCHIVES else stem.suffix.lower()
    return replace(opened, data=data, suffix=suffix)


def _member(opened: Source, raw: IO[bytes], options: ReadOptions) -> Source:
    """Take one table out of an archive, whose plain bytes are those of ``raw``."""
    member, data, note = read_member(raw, name=opened.name, key=options.key)
    return replace(
        opened,
        name=f"{opened.name}, member {member}",
        label=_stem(Path(member).name),
        suffix=Path(member).suffix.lower(),
        data=data,
        notes=(*opened.notes, note),
    )


def _stem(filename: str) -> str:
    """Return ``housing`` for ``housing.csv.gz``."""
    stem = Path(legible(filename))
    suffixes = {each for one in COMPRESSIONS.values() for each in one.suffixes} | ARCHIVES
    if stem.suffix.lower() in suffixes:
        stem = stem.with_suffix("")
    return stem.with_suffix("").name if stem.suffix else stem.name


def _nearest(path: Path) -> str:
    """Offer the nearest name in the same folder, or say that the folder is missing."""
    folder = path.parent
    if not folder.is_dir():
        return f"; the folder {folder} does not exist either"
    names = [each.name for each in folder.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean {folder / near[0]}?" if near else "; its folder holds no similar name"


def _inside(path: Path) -> str:
    """Name a few files of a folder."""
    names = sorted(each.name for each in path.iterdir() if each.is_file())
    tables = [name for name in names if Path(name).suffix.lower() in TABLE_SUFFIXES]
    shown = (tables or names)[:3]
    return f", such as {', '.join(shown)}" if shown else " (it holds no files)"
